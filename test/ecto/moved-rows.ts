import type { Has } from '../../src/model/model.ts';
import type { Value } from '../../src/model/value.ts';
import type { Rows } from './case.ts';
import { canonical, textOf } from './json.ts';
import type { Seen } from './seen.ts';

/** A row that another session gave to another owner. */
export interface MovedRow {
  readonly model: string;
  readonly table: string;
  readonly id: Value;
  /** What Ecto did to it. */
  readonly verb: 'update' | 'delete';
}

/** Rule 8: the rows that Ecto writes although they are no longer their loaded owner's. */
export function movedRows({ expected, observed, ...seen }: Seen): MovedRow[] {
  if (expected.status !== 'ok' || !expected.rows) return [];
  const after = expected.rows;
  const owners = observed.actions ?? [];
  return hasAssociations(seen).flatMap(({ owner, related, relatedKey }) =>
    rowsOf(observed.loaded, related.table).flatMap((row) => {
      const [key = ''] = relatedKey;
      const id = row['id'] ?? null;
      const now = rowById(observed.before, related.table, id);
      const left = rowById(after, related.table, id);
      const isOwned = owners.some(
        (action) => action.model === owner.name && action.id === row[key],
      );
      if (!isOwned || !now || now[key] === row[key]) return [];
      if (canonical(left) === canonical(now)) return [];
      const verb = left ? ('update' as const) : ('delete' as const);
      return [{ model: related.name, table: related.table, id, verb }];
    }),
  );
}

/** Such a row is stale; where stale rows are passed over, it stays as the other session left it. */
export function staleInstead(seen: Seen): Partial<Seen> {
  const { expected, observed, recorded } = seen;
  const moved = movedRows(seen);
  if (recorded.operation.repo_opts?.allow_stale) {
    const writes = [...(expected.writes ?? [])];
    let { rows = {} } = expected;
    for (const { table, id, verb } of moved) {
      const write = `${verb.toUpperCase()},${table}`;
      const at = writes.findIndex((other) => other.join() === write);
      if (at >= 0) writes.splice(at, 1);
      const others = rowsOf(rows, table).filter((row) => row['id'] !== id);
      const now = rowById(observed.before, table, id);
      rows = { ...rows, [table]: now ? [...others, now] : others };
    }
    return { expected: { ...expected, writes, rows } };
  }
  // Which of several is met first is not compared.
  const said = String(observed.thrown?.error);
  const [first] = moved;
  const { model, id, verb } = moved.find((row) =>
    said.includes(`${row.model} ${textOf(row.id)}:`),
  ) ??
    first ?? { model: '', id: null, verb: 'update' };
  return {
    expected: {
      status: 'raises',
      exception: 'Ecto.StaleEntryError',
      message: `attempted to ${verb} a stale struct: %${model}{id: ${textOf(id)}}`,
      raisedIn: 'repo',
      rows: observed.before,
    },
  };
}

function hasAssociations({ models }: Pick<Seen, 'models'>): readonly Has[] {
  return [...models.values()].flatMap(({ associations }) =>
    [...associations.values()].flatMap((association) =>
      association.kind === 'hasOne' || association.kind === 'hasMany' ? [association] : [],
    ),
  );
}

function rowsOf(rows: Rows, table: string): Rows[string] {
  return rows[table] ?? [];
}

function rowById(rows: Rows, table: string, id: Value) {
  return rowsOf(rows, table).find((row) => row['id'] === id);
}
