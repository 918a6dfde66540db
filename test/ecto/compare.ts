import type { Value } from '../../src/model/value.ts';
import type { Case, Expectation, Rows } from './case.ts';
import type { CasePreload } from './operation.ts';
import { compareThrown, describeError } from './exceptions.ts';
import { canonical } from './json.ts';
import { associationOfKey, readCaseModels, wholeSchema } from './models.ts';
import type { Observed } from './replay.ts';
import { canonicalResult, canonicalRows, type Comparison, namesOf } from './renaming.ts';
import { countReads, isSameWrites, writesOf } from './statements.ts';

/**
 * What differs between what is expected of a case and what our side did; empty where nothing does.
 */
export function compare(
  recorded: Case,
  expected: Expectation,
  observed: Observed,
): readonly string[] {
  if (expected.status !== observed.status) {
    return [`status: expected ${expected.status}, got ${shown(observed)}`];
  }
  return [
    ...compareErrors(expected, observed),
    ...compareActions(recorded, expected, observed),
    ...compareRows(recorded, expected, observed),
    ...compareStatements(recorded, expected, observed),
    ...compareRaised(expected, observed),
  ];
}

function shown({ status, thrown, errors }: Observed): string {
  if (thrown) return `raises (${describeError(thrown.error)})`;
  return status === 'invalid' ? `invalid ${canonical(errors)}` : status;
}

function compareErrors({ errors }: Expectation, observed: Observed): readonly string[] {
  if (errors === undefined) return [];
  return differing('errors', sorted(errors), sorted(observed.errors));
}

function compareActions(
  recorded: Case,
  { actions }: Expectation,
  observed: Observed,
): readonly string[] {
  if (actions === undefined) return [];
  const theirs = inKnownOrder(recorded, actions);
  const ours = inKnownOrder(recorded, observed.actions ?? []);
  const at = theirs.findIndex((action, i) => !same(action, ours[i]));
  if (at >= 0) return differing(`actions[${at}]`, theirs[at], ours[at]);
  return differing('number of actions', theirs.length, ours.length);
}

type Actions = NonNullable<Expectation['actions']>;

/**
 * Replaced records stand in the order in which they were loaded; in Ecto, in that of their ids.
 * Where the two are not known to be the same they are compared as a set.
 */
function inKnownOrder(recorded: Case, actions: Actions): Actions {
  const done = [...actions];
  for (let start = 0; start < done.length;) {
    const first = done[start];
    let end = start + 1;
    while (first && isReplacedBeside(first, done[end])) end += 1;
    if (first && end > start + 1 && !isLoadedById(recorded, first)) {
      const group = done.slice(start, end);
      done.splice(start, end - start, ...sorted(group));
    }
    start = end;
  }
  return done;
}

function isReplacedBeside(first: Actions[number], other: Actions[number] | undefined): boolean {
  return first.action === 'replace' && other?.action === 'replace' && same(first.path, other.path);
}

function isLoadedById(recorded: Case, { model, path }: Actions[number]): boolean {
  const assoc = path.findLast((part) => typeof part === 'string');
  if (comparisonOf(recorded).isOrdered(String(assoc))) return false;
  const table = wholeSchema.get(model)?.table ?? '';
  const ids = (recorded.rows[table] ?? []).map((row) => Number(row['id']));
  const ascending = ids.every((id, i) => i === 0 || id > (ids[i - 1] ?? 0));
  return ascending && (recorded.operation.before_sql ?? []).length === 0;
}

function compareRows(
  recorded: Case,
  { status, result, raisedIn, ...expected }: Expectation,
  observed: Observed,
): readonly string[] {
  const comparison = comparisonOf(recorded);
  // What is refused sooner than in Ecto never meets the other session.
  const { thrown } = observed;
  const isSooner = raisedIn === 'repo' && thrown && thrown.phase !== 'repo';
  const { rows = observed.rows } = isSooner ? { rows: observed.loaded } : expected;
  const theirs = namesOf(comparison, rows);
  const ours = namesOf(comparison, observed.rows);
  const tables = new Set([...Object.keys(rows), ...Object.keys(observed.rows)]);
  const different = [...tables].filter(
    (table) =>
      canonicalRows(comparison, table, rows[table] ?? [], theirs) !==
      canonicalRows(comparison, table, observed.rows[table] ?? [], ours),
  );
  // Only the tables that differ, which are enough to see why.
  const pick = (all: Rows): Rows =>
    Object.fromEntries(different.map((table) => [table, all[table] ?? []]));
  if (different.length > 0) {
    return [`rows: expected ${canonical(pick(rows))}, got ${canonical(pick(observed.rows))}`];
  }
  if (status !== 'ok' || result === undefined) return [];
  const isSame =
    canonicalResult(comparison, result, theirs) ===
    canonicalResult(comparison, observed.result, ours);
  return isSame ? [] : differing('result', result, observed.result);
}

function compareStatements(
  recorded: Case,
  expected: Expectation,
  observed: Observed,
): readonly string[] {
  const { status, writes = [], reads } = expected;
  const models = readCaseModels(recorded.associations);
  const counted = status === 'ok' && expected.writes !== undefined;
  const writesDiffer = counted && !isSameWrites(expected, observed, models);
  const read = countReads(observed);
  return [
    ...(writesDiffer
      ? differing(
          'writes',
          writes.map((write) => write.join(' ')),
          writesOf(observed),
        )
      : []),
    ...(reads !== undefined && read > reads ? differing('reads', reads, read) : []),
  ];
}

function compareRaised(expected: Expectation, { thrown }: Observed): readonly string[] {
  const problem = thrown && compareThrown(expected, thrown);
  return problem === null ? [] : [`error: ${problem}`];
}

/** Ids of 100 and more are of new rows, unless the case itself names them. */
function comparisonOf({ rows, operation, associations }: Case): Comparison {
  const named = new Set(canonical([rows, operation]).match(/\d{3,}/g) ?? []);
  const ordered = new Set<string>();
  const note = (preload: CasePreload): void => {
    if (typeof preload === 'string') return;
    if (preload.query?.order_by?.length) ordered.add(preload.assoc);
    preload.preload?.forEach(note);
    preload.query?.preload?.forEach(note);
  };
  operation.preload?.forEach(note);
  if ('preload' in operation.root) operation.root.preload?.forEach(note);
  for (const [key, rules] of Object.entries(associations)) {
    if (typeof rules !== 'object' || !rules.preloadOrder?.length) continue;
    ordered.add(associationOfKey(key).name);
  }
  return {
    isNew: (id: Value) => typeof id === 'number' && id >= 100 && !named.has(String(id)),
    isOrdered: (assoc) => ordered.has(assoc),
  };
}

function sorted<T>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function differing(what: string, a: unknown, b: unknown): readonly string[] {
  if (same(a, b)) return [];
  return [`${what}: expected ${canonical(a)}, got ${canonical(b)}`];
}
