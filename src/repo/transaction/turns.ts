/** Turns of which so many are taken at once at most. */
export interface Turns {
  /**
   * Waits for a turn, the first who came the first to have it, and gives what ends it; null where
   * none is free within `patience` ms.
   */
  take(patience: number): Promise<(() => void) | null>;
}

/** Makes turns of which `size` are taken at once at most. Default half of a pool of ten connections. */
export function makeTurns(size = 5): Turns {
  let free = size;
  const waiting = new Set<() => void>();
  const end = () => {
    const [next] = waiting;
    if (next) next();
    else free += 1;
  };
  return {
    take(patience) {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(end);
      }
      return new Promise((resolve) => {
        const begin = () => {
          clearTimeout(timer);
          waiting.delete(begin);
          resolve(end);
        };
        const timer = setTimeout(() => {
          waiting.delete(begin);
          resolve(null);
        }, patience);
        waiting.add(begin);
      });
    },
  };
}
