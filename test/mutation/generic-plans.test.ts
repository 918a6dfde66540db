import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { execute } from '../support/execute.ts';

/*
 * PostgreSQL keeps the plan of a prepared statement until it learns anew how large the tables are. One
 * that was made while a table was small must not read the whole of it later.
 */

const blog = useBlog();

/** How PostgreSQL runs a statement on comments, of whose number it knows nothing, whatever its values. */
async function planOf(sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: blog.database.directUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`SET plan_cache_mode = force_generic_plan;
    CREATE TEMP TABLE comments (LIKE public.comments INCLUDING ALL)`);
  await client.query(`PREPARE kept AS ${sql.replaceAll('"public".', '')}`);
  const count = Math.max(...[...sql.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place)));
  const values = Array.from({ length: count }, () => 'NULL').join(', ');
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE kept(${values})`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

test('statements of rows by their keys find them by an index, whatever the size of the table', async () => {
  const document = `mutation ($entries: [CastComment!]!) {
    updatePost(id: 1, input: { comments: { cast: { entries: $entries } } }) {
      __typename ... on UpdatePostSuccess { post { comments { body } } }
    }
  }`;
  const entries = [{ id: '11', body: 'a' }, { id: '12', body: 'b' }, { body: 'c' }];
  const statements = await blog.statementsOf(() =>
    execute(blog.database.client, document, { entries }, { kind: 'open' }, { writeWay: 'set' }),
  );
  const ofComments = statements.filter(
    ({ sql }) => sql.includes('"comments"') && !sql.startsWith('INSERT'),
  );
  // They are read and locked, some deleted, some changed, and read for the answer.
  expect(ofComments.length, statements.map(({ sql }) => sql).join('\n')).toBe(4);
  for (const { sql } of ofComments) {
    const plan = await planOf(sql);
    expect(plan).not.toContain('Seq Scan on comments');
    // In the order of the keys the whole table would be read.
    expect(plan).not.toMatch(/using comments_pkey on comments[^\n]*\n *Filter/);
  }
});
