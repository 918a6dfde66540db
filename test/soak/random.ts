/** Random choices that a seed repeats. */
export type Random = {
  /** From 0 up to but without `end`. */
  readonly below: (end: number) => number;
  readonly chance: (probability: number) => boolean;
  /** One of a list; undefined of an empty one. */
  readonly pick: <T>(list: readonly T[]) => T | undefined;
  /** Those of a list that a coin falls for. */
  readonly some: <T>(list: readonly T[], probability?: number) => readonly T[];
};

/** Makes random choices; as mulberry32. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  const chance = (probability: number) => next() < probability;
  return {
    below,
    chance,
    pick: (list) => list[below(list.length)],
    some: (list, probability = 0.5) => list.filter(() => chance(probability)),
  };
}
