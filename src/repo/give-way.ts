import { setImmediate } from 'node:timers/promises';

/**
 * Lets other requests run between two steps that each take long for many records: they are not
 * stalled for the sum of the steps.
 */
export async function giveWay(records: number): Promise<void> {
  if (records >= RECORDS_AT_ONCE) await setImmediate();
}

/** Runs a function on each item of a list, one after the other; mostly it gives its result at once. */
export type Pace = <Item, Done>(
  items: readonly Item[],
  run: (item: Item, index: number) => Done | Promise<Done>,
) => Promise<readonly Done[]>;

/** Makes the pace of a long step: it gives way after so many items, of all its lists together. */
export function makePace(): Pace {
  let count = 0;
  return async <Item, Done>(
    items: readonly Item[],
    run: (item: Item, index: number) => Done | Promise<Done>,
  ) => {
    const all: Done[] = [];
    for (const [index, item] of items.entries()) {
      if (++count % RECORDS_AT_ONCE === 0) await setImmediate();
      const done = run(item, index);
      all.push(done instanceof Promise ? await done : done);
    }
    return all;
  };
}

/** Makes the queue of what would all go on at once: each waits until those before it have gone on. */
export function makeQueue(): () => Promise<void> {
  let count = 0;
  let turn: Promise<void> = Promise.resolve();
  return () => {
    if (++count % RECORDS_AT_ONCE === 0) turn = turn.then(() => setImmediate());
    return turn;
  };
}

const RECORDS_AT_ONCE = 250;
