import type { Value } from '../../src/model/value.ts';
import { valueText } from '../../src/model/value.ts';
import type { CoreDatabase } from '../support/core.ts';
import type { LawRows } from './rows.ts';

const tables = [
  'authors',
  'posts',
  'comments',
  'notes',
  'permalinks',
  'tags',
  'posts_tags',
] as const;

/** Rows by `table id`, as JSON; `xmin` is the transaction that wrote the row last. */
export type RowsNow = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/**
 * Empties the tables, puts rows in, and lets new ids begin at 100. Foreign keys are not checked
 * meanwhile.
 */
export async function fill(database: CoreDatabase, rows: LawRows): Promise<void> {
  const inserts = Object.entries(rows).flatMap(([table, list]) =>
    list.map((row) => {
      const columns = Object.keys(row).join(', ');
      const values = Object.values(row).map(literal).join(', ');
      return `INSERT INTO ${table} (${columns}) VALUES (${values});`;
    }),
  );
  await database.sql(
    [
      'BEGIN; SET LOCAL session_replication_role = replica;',
      ...tables.map((table) => `DELETE FROM ${table};`),
      ...tables
        .filter((table) => table !== 'posts_tags')
        .map((table) => `SELECT setval('${table}_id_seq', 100, false);`),
      ...inserts,
      'COMMIT;',
    ].join('\n'),
  );
}

/** Every row of every table. */
export async function readRows(database: CoreDatabase): Promise<RowsNow> {
  const parts = tables.map((table) => {
    const key = table === 'posts_tags' ? `post_id || '-' || tag_id` : 'id::text';
    return `SELECT '${table} ' || ${key} AS key, to_jsonb(t) || jsonb_build_object('xmin', xmin::text) AS row FROM ${table} AS t`;
  });
  const rows = await database.sql<{
    key: string;
    row: Record<string, unknown>;
  }>(parts.join(' UNION ALL '));
  return new Map(rows.map(({ key, row }) => [key, row]));
}

/** The rows as they are, whoever wrote them. */
export function withoutWriters(rows: RowsNow): Record<string, unknown> {
  return Object.fromEntries(
    [...rows]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { xmin: _xmin, ...row }]) => [key, row]),
  );
}

function literal(value: Value): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? `'${value}'` : valueText(value);
}
