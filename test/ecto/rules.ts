import { errorsAsCounted } from './changesets.ts';
import { canonical } from './json.ts';
import { keptParents, leftAsTheyWere } from './kept-parents.ts';
import { movedRows, staleInstead } from './moved-rows.ts';
import { changedTwice, keysInstead, keysLost, uncastable } from './own-refusals.ts';
import { besideRefusal, errorsBeside } from './refused-lists.ts';
import {
  invalidWithoutError,
  otherFault,
  refusedByOrder,
  refusedInSwap,
  rowsDecide,
} from './rows-decide.ts';
import { refused, type Seen } from './seen.ts';

/** A difference from Ecto by design: where it shows, and what is compared there instead. */
export interface Rule {
  /**
   * Its number in the design's list of differences; 0 where two faults meet and another one is
   * reported.
   */
  readonly rule: number;
  readonly reason: string;
  readonly touches: (seen: Seen) => boolean;
  /** What is compared, as everything else is; or what is wrong. */
  readonly instead: (seen: Seen) => Partial<Seen> | string;
}

/**
 * The differences that can show in a replay, in the order in which they are applied: what is
 * refused before any SQL comes before what is written. The others are options that default to
 * Ecto's behaviour, or concern what a case does not record.
 */
export const rules: readonly Rule[] = [
  {
    rule: 3,
    reason:
      'paths of errors count the entries that were sent (in Ecto, an entry that is ignored shifts those after it)',
    touches: ({ observed: { errors, end } }) => isOther(errorsAsCounted(end), errors),
    instead: ({ observed }) => ({
      observed: { ...observed, errors: [...errorsAsCounted(observed.end)] },
    }),
  },
  {
    rule: 3,
    reason:
      "an association's own error stands beside its children's (Ecto drops a refused list with the errors in it)",
    touches: (seen) => errorsBeside(seen).length > 0,
    instead: besideRefusal,
  },
  {
    rule: 1,
    reason:
      'what no column of its type can hold "is invalid" (Ecto casts any integer and text, and the database raises)',
    touches: (seen) => uncastable(seen).length > 0,
    instead: (seen) => ({ expected: refused(seen, uncastable(seen)) }),
  },
  {
    rule: 11,
    reason:
      'nilify of a NOT NULL key "can\'t be blank", before any SQL (in Ecto the database refuses it)',
    touches: (seen) => keysLost(seen).length > 0,
    instead: keysInstead,
  },
  {
    rule: 13,
    reason: 'a row is changed in one place of a request only (Ecto writes it in each)',
    touches: (seen) => changedTwice(seen).length > 0,
    instead: (seen) => ({ expected: refused(seen, changedTwice(seen)) }),
  },
  {
    rule: 8,
    reason:
      'a row that left the association after the preload is stale and never written (Ecto writes it by its id alone)',
    touches: (seen) => movedRows(seen).length > 0,
    instead: staleInstead,
  },
  {
    rule: 10,
    reason:
      'a belongs_to record that stays the same does not rewrite its owner (Ecto sends an UPDATE of the key it has)',
    touches: (seen) => keptParents(seen).length > 0,
    instead: leftAsTheyWere,
  },
  {
    rule: 14,
    reason: 'valid is what the changeset holds now (in Ecto it stays invalid, without an error)',
    touches: invalidWithoutError,
    instead: rowsDecide,
  },
  {
    rule: 15,
    reason: 'rows that swap unique values are swapped (in Ecto the database refuses it)',
    touches: refusedInSwap,
    instead: rowsDecide,
  },
  {
    rule: 5,
    reason:
      'writes are ordered so that keys hold (Ecto writes in the order that was given, a replaced parent first)',
    touches: refusedByOrder,
    instead: rowsDecide,
  },
  {
    rule: 0,
    reason:
      'of two faults that the database finds, another is met first (the writes are in another order)',
    touches: otherFault,
    instead: rowsDecide,
  },
];

/** What a case comes to after every rule that touches it, and these rules. */
export function applyRules(seen: Seen): {
  readonly seen: Seen;
  readonly applied: readonly Rule[];
  readonly problems: readonly string[];
} {
  const applied: Rule[] = [];
  const problems: string[] = [];
  let now = seen;
  for (const rule of rules) {
    if (!rule.touches(now)) continue;
    const instead = rule.instead(now);
    applied.push(rule);
    if (typeof instead === 'string') problems.push(instead);
    else now = { ...now, ...instead };
  }
  return { seen: now, applied, problems };
}

function isOther(a: readonly unknown[], b: readonly unknown[]): boolean {
  const sorted = (list: readonly unknown[]) => list.map(canonical).toSorted();
  return canonical(sorted(a)) !== canonical(sorted(b));
}
