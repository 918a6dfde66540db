import type { TestDatabase } from './database.ts';

/** A row by column, and in `xmin` the transaction that wrote it last. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** Every row of the service's tables, by table, in the order of their ids. */
export type Tables = Readonly<Record<(typeof tables)[number], StoredRow[]>>;

const tables = ['authors', 'posts', 'comments', 'tags', 'posts_tags', 'permalinks'] as const;

/** Reads every row: two readings are equal exactly where nothing was written between them. */
export async function readTables(database: TestDatabase): Promise<Tables> {
  const columns = tables.map(
    (table) =>
      `(SELECT coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object('xmin', xmin::text) ORDER BY t), '[]')
          FROM ${table} AS t) AS ${table}`,
  );
  const [row] = await database.sql<Record<keyof Tables, StoredRow[]>>(
    `SELECT ${columns.join(', ')}`,
  );
  if (!row) throw new Error('the tables cannot be read');
  return row;
}

/** A row by its id. */
export function rowOf(read: Tables, table: keyof Tables, id: number): StoredRow | undefined {
  return read[table].find((row) => row['id'] === id);
}
