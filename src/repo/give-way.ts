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

/** What would all go on at once, in a queue. */
export interface Queue {
  /** Resolves when as many records as are done at once are before these at most. */
  readonly turn: (records: number) => Promise<void>;
  /** Resolves when nobody waits any more. */
  readonly end: () => Promise<void>;
}

/** Makes a queue with nobody in it. */
export function makeQueue(): Queue {
  let count = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    turn(records) {
      const turn = last;
      // One asks at least.
      count += Math.max(records, 1);
      if (count >= RECORDS_AT_ONCE) {
        count = 0;
        last = last.then(() => setImmediate());
      }
      return turn;
    },
    async end() {
      for (let seen = null; seen !== last; await seen) seen = last;
    },
  };
}

const RECORDS_AT_ONCE = 250;
