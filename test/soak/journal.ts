import type pg from 'pg';

/*
 * What the database itself knows of the writes: every row that a transaction wrote, in its own
 * journal, which is kept or lost with the transaction.
 */

/** One row written. `from` and `to` are its columns before and after. */
export type JournalRow = {
  readonly transaction: string;
  readonly table: string;
  readonly from: Columns | null;
  readonly to: Columns | null;
};

/** A row as JSON: ids as numbers. */
export type Columns = Readonly<Record<string, unknown>>;

/** The tables that writers write. */
const tables = ['authors', 'posts', 'comments', 'tags', 'posts_tags', 'permalinks'] as const;

/** Begins the journal. */
export async function startJournal(client: pg.ClientBase): Promise<void> {
  const triggers = tables.map(
    (table) =>
      `CREATE TRIGGER journal AFTER INSERT OR UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION note();`,
  );
  await client.query(`
    CREATE TABLE journal (
      place bigserial PRIMARY KEY,
      transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
      name text NOT NULL,
      old jsonb,
      new jsonb);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO journal (name, old, new) VALUES (TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW));
        RETURN NULL;
      END $$;
    ${triggers.join('\n')}`);
}

/** Reads the journal: the rows of one table and key are in the order in which they were written. */
export async function readJournal(client: pg.ClientBase): Promise<readonly JournalRow[]> {
  const { rows } = await client.query<JournalRow>(
    `SELECT transaction::text, name AS "table", old AS "from", new AS "to" FROM journal ORDER BY place`,
  );
  return rows;
}

/** Every row of the tables, by table and key. */
export async function readRows(client: pg.ClientBase): Promise<Map<string, Columns>> {
  const found = new Map<string, Columns>();
  for (const table of tables) {
    const { rows } = await client.query<{ row: Columns }>(
      `SELECT to_jsonb(t) AS row FROM ${table} AS t`,
    );
    for (const { row } of rows) found.set(rowName(table, row), row);
  }
  return found;
}

/** A row by table and key. */
export function rowName(table: string, row: Columns): string {
  const key = table === 'posts_tags' ? [row['post_id'], row['tag_id']] : [row['id']];
  return `${table} ${key.join('-')}`;
}
