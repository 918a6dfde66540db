import type { Case, Expectation } from '../case.ts';
import { readCaseModels } from '../models.ts';
import type { Observed } from '../replay.ts';
import type { Difference } from './difference.ts';
import { besideRefusal } from './beside-refusal.ts';
import { inputPositions } from './input-positions.ts';
import { invalidId } from './invalid-id.ts';
import { leftAssociation } from './left-association.ts';
import { notNullable } from './not-nullable.ts';
import { onePlace } from './one-place.ts';
import { orderOfWrites } from './order-of-writes.ts';
import { parentDeletedLast } from './parent-deleted-last.ts';
import { sameParent } from './same-parent.ts';

/**
 * The design's differences that can show in a replay. The others are options that default to Ecto's
 * behaviour, or concern what a case does not record.
 */
export const differences: readonly Difference[] = [
  invalidId,
  inputPositions,
  besideRefusal,
  orderOfWrites,
  parentDeletedLast,
  leftAssociation,
  sameParent,
  notNullable,
  onePlace,
];

/** What is expected of a case, and the rules that changed it from what Ecto did. */
export function applyDifferences(
  recorded: Case,
  { loaded, before }: Pick<Observed, 'loaded' | 'before'>,
): {
  readonly expected: Expectation;
  readonly applied: readonly Difference[];
} {
  const models = readCaseModels(recorded.associations);
  let expected = recorded.expect;
  const applied: Difference[] = [];
  for (const difference of differences) {
    const facts = { recorded, models, expected, loaded, before };
    const changed = difference.instead(facts);
    if (changed === null) continue;
    expected = changed;
    applied.push(difference);
  }
  return { expected, applied };
}
