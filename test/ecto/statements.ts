import type { Models } from '../../src/model/model.ts';
import type { Expectation, Rows } from './case.ts';
import { canonical } from './json.ts';
import type { Observed } from './replay.ts';

/**
 * Whether the writes that were sent are those of Ecto: none but its own, each verb of a table at
 * least once and at most as often. What writes no row needs no statement.
 */
export function isSameWrites(expected: Expectation, observed: Observed, models: Models): boolean {
  const theirs = (expected.writes ?? []).map((write) => write.join(' '));
  const ours = writesOf(observed);
  return [...new Set([...theirs, ...ours])].every((write) => {
    const asked = count(theirs, write);
    const sent = count(ours, write);
    const [verb = '', table = ''] = write.split(' ');
    const idle = writesNothing(verb, table, { expected, observed, models })
      ? asked
      : stale(expected, observed, table);
    return sent >= Math.min(1, asked - idle) && sent <= asked;
  });
}

/** The writes that the server ran, as `UPDATE posts`. */
export function writesOf({ statements }: Observed): readonly string[] {
  return statements.flatMap(({ kind, verb, table = '' }) =>
    kind === 'write' ? [`${verb} ${table}`] : [],
  );
}

/** How many statements were reads. */
export function countReads({ statements }: Observed): number {
  return statements.filter(({ kind }) => kind === 'read').length;
}

interface Scope {
  readonly expected: Expectation;
  readonly observed: Observed;
  readonly models: Models;
}

/** Whether Ecto's deletes of a table deleted nothing, or its nilifyAll found nothing. */
function writesNothing(verb: string, table: string, scope: Scope): boolean {
  const before = rowsOf(scope.observed.before, table);
  const after = rowsOf(scope.expected.rows ?? {}, table);
  if (verb === 'DELETE') {
    const ids = new Set(after.map(keyOf));
    return before.every((row) => ids.has(keyOf(row)));
  }
  if (verb !== 'UPDATE' || !isNilified(scope.models, table)) return false;
  const left = new Set(after.map(canonical));
  return before.every((row) => left.has(canonical(row)));
}

function isNilified(models: Models, table: string): boolean {
  return [...models.values()].some(({ associations }) =>
    [...associations.values()].some(
      ({ related, rules }) => related.table === table && rules.onDelete === 'nilifyAll',
    ),
  );
}

/**
 * How many rows of a table another session deleted after the load, or changed so that Ecto's write
 * passes over them.
 */
function stale(expected: Expectation, { loaded, before }: Observed, table: string): number {
  const now = new Map(rowsOf(before, table).map((row) => [keyOf(row), canonical(row)]));
  const after = new Set(rowsOf(expected.rows ?? {}, table).map(canonical));
  return rowsOf(loaded, table).filter((row) => {
    const there = now.get(keyOf(row));
    if (there === undefined) return true;
    return there !== canonical(row) && after.has(there);
  }).length;
}

function rowsOf(rows: Rows, table: string) {
  return rows[table] ?? [];
}

/** A join row has no id: it is its own key. */
function keyOf(row: Rows[string][number]): string {
  return canonical(row['id'] ?? row);
}

function count(list: readonly string[], item: string): number {
  return list.filter((other) => other === item).length;
}
