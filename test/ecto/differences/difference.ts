import type { Models } from '../../../src/model/model.ts';
import type { Case, Expectation, Rows } from '../case.ts';

/**
 * What a rule may look at: the case, its models, and its rows as they were loaded and as another
 * session left them.
 */
export interface Facts {
  readonly recorded: Case;
  readonly models: Models;
  /** What is expected so far. */
  readonly expected: Expectation;
  readonly loaded: Rows;
  readonly before: Rows;
}

/** A rule of the design by which we differ from Ecto on purpose. */
export interface Difference {
  /** Its number in the design's list of differences. */
  readonly rule: number;
  readonly reason: string;
  /** What is expected instead, or null where the rule does not apply. */
  readonly instead: (facts: Facts) => Expectation | null;
}

/** Recorded errors. */
export type Errors = NonNullable<Expectation['errors']>;

/** A changeset with errors, of which nothing is written. */
export function invalid({ before }: Facts, errors: Errors): Expectation {
  return { status: 'invalid', errors, rows: before, writes: [] };
}

/** Whether a path leads to a place or below it. */
export function isAtOrBelow(
  path: readonly (string | number)[],
  place: readonly (string | number)[],
): boolean {
  return place.every((step, i) => path[i] === step);
}
