import type { Path } from '../../changeset/issue.ts';

/** How much the input of a mutation may hold. */
export interface InputLimits {
  /** The most items of one list: entries, references, new records or expected ids. */
  readonly maxEntries: number;
  /** The most entries, references and new records of a whole mutation, and again expected ids. */
  readonly maxTotalEntries: number;
}

/** What a mutation takes more of than it may, and where. */
export interface ExceededLimit {
  /** The path of the root for all of its lists. */
  readonly path: Path;
  readonly counted: 'entries' | 'rows';
  readonly limit: number;
  /** How many there are, as far as they were counted: it ends where the limit is exceeded. */
  readonly actual: number;
}

/** A mutation takes more than it may. */
export class LimitExceededError extends Error {
  override readonly name = 'LimitExceededError';
  readonly exceeded: ExceededLimit;

  constructor(exceeded: ExceededLimit) {
    super(`${exceeded.actual} ${exceeded.counted}, at most ${exceeded.limit} are taken`);
    this.exceeded = exceeded;
  }
}

/**
 * Counts what an input holds before it is read: a variable that stands in many places holds a
 * multiple of what was sent. Each throws LimitExceededError.
 */
export interface InputMeter {
  /** Counts a list of entries, references or new records; of a to-one, the one or none. */
  entries(path: Path, list: unknown): void;
  expectedIds(path: Path, list: unknown): void;
}

/** Makes the meter of one mutation. */
export function makeInputMeter(limits: InputLimits): InputMeter {
  const { maxEntries, maxTotalEntries } = limits;
  const totals = { entries: 0, expectedIds: 0 };
  const take = (kind: keyof typeof totals, path: Path, list: unknown) => {
    const actual = Array.isArray(list) ? list.length : Number((list ?? null) !== null);
    assertWithin({ path, counted: 'entries', limit: maxEntries, actual });
    totals[kind] += actual;
    const total = { path: [], counted: 'entries', limit: maxTotalEntries } as const;
    assertWithin({ ...total, actual: totals[kind] });
  };
  return {
    entries: (path, list) => take('entries', path, list),
    expectedIds: (path, list) => take('expectedIds', path, list),
  };
}

function assertWithin(count: ExceededLimit): void {
  if (count.actual > count.limit) throw new LimitExceededError(count);
}
