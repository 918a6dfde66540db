import type { Family } from './stock.ts';

/** Runs SQL, one statement or several; gives the rows of one. */
export type RunSql = (text: string) => Promise<readonly unknown[]>;

const FAMILIES = 60;

/** Ids from here up are of rows out of reach: no request names them, nor a row that leads to them. */
const OUT_OF_REACH = 7_000_000_000;

/**
 * The rows that requests may name. Those of one family: an author with a post, its three comments,
 * two tags and a permalink. In every sixth family the post has no author, so that one can be deleted.
 */
export const families: readonly Family[] = Array.from({ length: FAMILIES }, (_, at) => {
  const first = 10 * (at + 1);
  const id = (more = 0) => String(first + more);
  return {
    Author: [{ id: id() }],
    Post: [{ id: id() }],
    Comment: [{ id: id() }, { id: id(1) }, { id: id(2) }],
    Tag: [
      { id: id(), name: `tag ${id()}` },
      { id: id(1), name: `tag ${id(1)}` },
    ],
    Permalink: [{ id: id(), url: `/${id()}` }],
  };
});

const tables = ['posts_tags', 'permalinks', 'comments', 'posts', 'tags', 'authors'];
const columns: Readonly<Record<string, string>> = { posts_tags: 'post_id' };
const idOf = (table: string) => columns[table] ?? 'id';

/** Writes the rows out of reach, once. */
export async function writeOutOfReach(run: RunSql): Promise<void> {
  await run(rowsFrom(`SELECT ${OUT_OF_REACH}::bigint AS first`, `'far '`));
}

/** Writes the rows within reach as they are at the beginning. New ids begin with 1,001. */
export async function writeWithinReach(run: RunSql): Promise<void> {
  const removals = tables.map(
    (table) => `DELETE FROM ${table} WHERE ${idOf(table)} < ${OUT_OF_REACH}`,
  );
  const withIds = tables.filter((table) => idOf(table) === 'id');
  await run(`
    BEGIN;
    ${removals.join('; ')};
    DELETE FROM idempotency_keys;
    ${rowsFrom(`SELECT 10 * n::bigint AS first FROM generate_series(1, ${FAMILIES}) AS n`, `''`)}
    ${withIds.map((table) => `SELECT setval(pg_get_serial_sequence('${table}', 'id'), 1000);`).join(' ')}
    COMMIT`);
}

/** Every row out of reach, with what wrote it last: two readings are equal if none was written. */
export async function readOutOfReach(run: RunSql): Promise<string> {
  const parts = tables.map(
    (table) =>
      `SELECT '${table}' || t::text || xmin::text AS row FROM ${table} AS t WHERE ${idOf(table)} >= ${OUT_OF_REACH}`,
  );
  return JSON.stringify(await run(`${parts.join(' UNION ALL ')} ORDER BY 1`));
}

/** Statements that write a family for each `first` of a query. */
function rowsFrom(source: string, prefix: string): string {
  const from = `(${source}) AS f`;
  return `
    INSERT INTO authors (id, name) SELECT first, ${prefix} || 'author ' || first FROM ${from};
    INSERT INTO posts (id, title, body, author_id)
      SELECT first, ${prefix} || 'post ' || first, 'body', CASE WHEN first % 60 > 0 THEN first END FROM ${from};
    INSERT INTO comments (id, body, post_id)
      SELECT first + i, ${prefix} || 'comment ' || first + i, first FROM ${from}, generate_series(0, 2) AS i;
    INSERT INTO tags (id, name)
      SELECT first + i, ${prefix} || 'tag ' || first + i FROM ${from}, generate_series(0, 1) AS i;
    INSERT INTO posts_tags (post_id, tag_id) SELECT first, first + i FROM ${from}, generate_series(0, 1) AS i;
    INSERT INTO permalinks (id, url, post_id) SELECT first, ${prefix} || '/' || first, first FROM ${from};`;
}
