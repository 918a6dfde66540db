import type { Value, Values } from '../../src/model/value.ts';
import { constraintsOf } from './asked-rows.ts';
import type { Rows } from './case.ts';
import { canonical } from './json.ts';
import { breaks, refusalsOfEcto, refusalsOfOurs } from './refusals.ts';
import type { Seen } from './seen.ts';

/*
 * Where Ecto is refused by the order of its writes, or never comes to write, the rows that the
 * changeset asks for decide: they are written if they break nothing, else they are refused for
 * something that they break.
 */

/** What the database refused Ecto for, unless a rule has us expect something else. */
function refusals({ recorded, expected, observed }: Seen) {
  const { status } = recorded.expect;
  return expected.status === status ? refusalsOfEcto(expected, observed.given) : null;
}

/** Rule 5: Ecto was refused on the way, for what the rows asked for do not break. */
export function refusedByOrder(seen: Seen): boolean {
  const { asked } = seen;
  const names = refusals(seen);
  if (!asked || !names) return false;
  return !names.some((name) => breaks(asked.broken, name) || !isOnTheWay(seen, name));
}

/** Whether rows are written that a constraint concerns. */
function isOnTheWay({ models, observed, asked }: Seen, name: string): boolean {
  const isWritten = (table: string) =>
    canonical(asked?.rows[table] ?? []) !== canonical(observed.before[table] ?? []);
  const constraints = [...models.values()].flatMap(constraintsOf);
  return (
    name === 'stale' ||
    constraints.some(
      (constraint) => breaks(new Set([constraint.name]), name) && constraint.tables.some(isWritten),
    )
  );
}

/** Rule 15: the same where rows pass unique values round, which no order allows. */
export function refusedInSwap(seen: Seen): boolean {
  return refusedByOrder(seen) && swaps(seen);
}

/** Rule 14: Ecto calls a changeset invalid that holds no error. */
export function invalidWithoutError({ expected }: Seen): boolean {
  const { status, errors, transaction } = expected;
  return status === 'invalid' && errors?.length === 0 && !transaction;
}

/**
 * Two faults: the rows break what Ecto was refused for, and something else for which our side was.
 */
export function otherFault(seen: Seen): boolean {
  const { expected, observed, asked } = seen;
  const theirs = refusals(seen);
  const ours = refusalsOfOurs(observed);
  if (!asked || !theirs?.some((name) => breaks(asked.broken, name))) return false;
  if (ours === null || ours.length === 0) return false;
  if (asked.broken.size > 1) return canonical(ours) !== canonical(theirs);
  // Of one constraint another row is met first.
  const where = ({ path, message }: Seen['observed']['errors'][number]) =>
    canonical([path.at(-1), message]);
  const [first, second] = [expected.errors ?? [], observed.errors];
  return (
    first.length === 1 &&
    canonical(first.map(where)) === canonical(second.map(where)) &&
    canonical(first) !== canonical(second)
  );
}

/** What the rows that are asked for make of a case. */
export function rowsDecide(seen: Seen): Partial<Seen> | string {
  const { asked, observed, expected } = seen;
  const { actions } = expected;
  const rest = actions && { actions };
  if (!asked) {
    return { expected: { status: 'ok', rows: observed.before, ...rest } };
  }
  if (asked.broken.size === 0) {
    const rows = withoutStamps(asked.rows);
    return {
      expected: { status: 'ok', rows, ...rest },
      observed: { ...observed, rows: withoutStamps(observed.rows) },
    };
  }
  const ours = refusalsOfOurs(observed) ?? [];
  const isTrue = ours.length > 0 && ours.every((name) => breaks(asked.broken, name));
  if (!isTrue) return `refused for one of ${[...asked.broken].join(', ')}`;
  const { status, errors } = observed;
  return {
    expected: { status, errors, rows: observed.before, ...rest },
    observed: { ...observed, thrown: null },
  };
}

/** Rows without the columns that a write sets by itself. */
function withoutStamps(rows: Rows): Rows {
  const stamps = new Set(['updated_at', 'lock_version']);
  const strip = (row: Values): Values =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !stamps.has(name)));
  return Object.fromEntries(Object.entries(rows).map(([table, list]) => [table, list.map(strip)]));
}

/** Whether stored rows pass the values of a unique column round. */
function swaps({ models, observed, asked }: Seen): boolean {
  return [...models.values()].some(({ table, uniqueKeys }) =>
    uniqueKeys.some(([field = '', ...others]) => {
      const before = observed.before[table] ?? [];
      const after = asked?.rows[table] ?? [];
      /** The row that had what a row has afterwards. */
      const donor = (row: Values): Values | undefined => {
        const now = after.find((item) => item['id'] === row['id'])?.[field];
        const taken: Value = now ?? null;
        if (taken === null || taken === row[field]) return undefined;
        return before.find((other) => other[field] === taken);
      };
      return others.length === 0 && before.some((row) => isInCycle(row, donor));
    }),
  );
}

function isInCycle<T>(start: T, next: (item: T) => T | undefined): boolean {
  const seen = new Set<T>();
  for (let item = next(start); item && !seen.has(item); item = next(item)) {
    if (item === start) return true;
    seen.add(item);
  }
  return false;
}
