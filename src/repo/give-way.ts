import { setImmediate } from 'node:timers/promises';

/**
 * Lets other requests run between two steps that each take long for much data: they are not stalled
 * for the sum of the steps.
 */
export function giveWay(): Promise<void> {
  return setImmediate();
}
