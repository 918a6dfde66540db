import { setImmediate } from 'node:timers/promises';

/**
 * Lets other requests run between two steps that each take long for much data: they are not stalled
 * for the sum of the steps.
 */
export function giveWay(): Promise<void> {
  return setImmediate();
}

/** Makes what a long step awaits before each of its parts: it gives way now and then. */
export function makePace(): () => Promise<void> | null {
  let parts = 0;
  return () => (++parts % PARTS_AT_ONCE === 0 ? giveWay() : null);
}

const PARTS_AT_ONCE = 250;
