import { beforeEach, onTestFinished } from 'vitest';
import type { GraphQLError } from 'graphql';
import pg from 'pg';
import { type ServiceDatabase, type TestDatabase, useDatabase } from './database.ts';
import type { Asker } from '../../src/blog/asker.ts';
import { execute, type Response } from './execute.ts';
import type { Statement } from './statement-log.ts';
import { type Outcome, type Variables, writeDocument } from './write.ts';

/** A small blog, and its schema in this process. Before each test its rows are those of `ROWS`. */
export type Blog = {
  readonly database: ServiceDatabase;
  /** Runs one mutation and selects all of its answer. A request error throws. */
  readonly write: (mutation: string, variables: Variables) => Promise<Outcome>;
  /** As `write`, as one person; of the record only the id. */
  readonly writeAs: (asker: Asker, mutation: string, variables: Variables) => Promise<Outcome>;
  /** As `write`, also where it ends with a request error: the code of the first. */
  readonly attempt: (
    mutation: string,
    variables: Variables,
  ) => Promise<
    | { readonly data: Outcome; readonly errors?: undefined }
    | { readonly data?: undefined; readonly errors: string }
  >;
  /** Executes a document. A request error throws. The type is the test's claim. */
  readonly read: <Data>(document: string, variables?: Variables) => Promise<Data>;
  /** What differs from the rows at the start: `- comment 11 great, post 1, v1`, then `+ …`. */
  readonly changes: () => Promise<string[]>;
  /** Makes the rows again what they are at the start. */
  readonly reset: () => Promise<void>;
  /** The statements of a task, those on tables of models aside that were added to the blog. */
  readonly statementsOf: (task: () => Promise<unknown>) => Promise<Statement[]>;
  /** A session of its own beside the service, as another writer has it. */
  readonly session: () => Promise<pg.Client>;
};

/** What is there before each test. Each id tells its type; `v` is the lockVersion. */
const ROWS = [
  'author 1 Ann, v1',
  'author 2 Bob, v1',
  'author 3 Cid, v1',
  'post 1 One, body first, author 1, v1',
  'post 2 Two, body null, author 1, v1',
  'post 3 Three, body third, author 2, v1',
  'post 4 Four, body null, author null, v1',
  'comment 11 great, post 1, v1',
  'comment 12 more, post 1, v1',
  'comment 13 thanks, post 1, v1',
  'comment 21 short, post 2, v1',
  'comment 31 long, post 3, v1',
  'tag 41 ecto',
  'tag 42 elixir',
  'tag 43 prisma',
  'link post 1 tag 41',
  'link post 1 tag 42',
  'link post 3 tag 43',
  'permalink 51 /one, post 1',
  'permalink 53 /three, post 3',
  'permalink 59 /loose, post null',
];

/** Gives a test file the blog. Call it at the top of the file. */
export function useBlog(): Blog {
  const database = useDatabase();
  beforeEach(() => writeBlog(database));
  const send = (document: string, variables: Variables, asker?: Asker) =>
    execute<{ result: Outcome } | null>(database.client, document, variables, asker);
  return {
    database,
    async write(mutation, variables) {
      return dataOf(await send(writeDocument(mutation), variables)).result;
    },
    async writeAs(asker, mutation, variables) {
      return dataOf(await send(writeDocument(mutation, 'id'), variables, asker)).result;
    },
    async attempt(mutation, variables) {
      const response = await send(writeDocument(mutation), variables);
      const [error] = response.errors;
      if (error) return { errors: codeOf(error) };
      return { data: dataOf(response).result };
    },
    async read<Data>(document: string, variables: Variables = {}) {
      return dataOf(await execute<Data>(database.client, document, variables));
    },
    async changes() {
      const rows = await readRows(database);
      const gone = ROWS.filter((row) => !rows.includes(row));
      const come = rows.filter((row) => !ROWS.includes(row));
      return [...gone.map((row) => `- ${row}`), ...come.map((row) => `+ ${row}`)];
    },
    async reset() {
      await database.empty();
      await writeBlog(database);
    },
    async statementsOf(task) {
      const statements = await database.statementsOf(task);
      return statements.filter(({ sql }) => isOfBlog(sql));
    },
    async session() {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      onTestFinished(() => client.end());
      return client;
    },
  };
}

/** The code of a request error; what the types refuse gets its code from the HTTP endpoint only. */
function codeOf({ extensions: { code = 'BAD_USER_INPUT' } }: GraphQLError): string {
  return typeof code === 'string' ? code : JSON.stringify(code);
}

const tables = ['authors', 'posts', 'comments', 'tags', 'posts_tags', 'permalinks'];

/** Whether a statement is of the blog, not on a table of a model that was added to it. */
export function isOfBlog(sql: string): boolean {
  const named = [...sql.matchAll(/\b(?:FROM|INTO|UPDATE) (?:"public"\.)?"(\w+)"/g)];
  return named.length === 0 || named.some(([, table = '']) => tables.includes(table));
}

function dataOf<Data>({ data, errors }: Response<Data>): NonNullable<Data> {
  if (errors.length > 0 || data === null || data === undefined) {
    throw new AggregateError(errors, errors.join('\n'));
  }
  return data;
}

/**
 * Writes the rows of `ROWS` into an empty database, as of long ago. New ids begin with 101, 201 and
 * so on.
 */
export async function writeBlog(database: TestDatabase): Promise<void> {
  const old = `'2026-01-01', '2026-01-01'`;
  await database.sql(`
    INSERT INTO authors (id, name, inserted_at, updated_at) VALUES
      (1, 'Ann', ${old}), (2, 'Bob', ${old}), (3, 'Cid', ${old});
    INSERT INTO posts (id, title, body, author_id, inserted_at, updated_at) VALUES
      (1, 'One', 'first', 1, ${old}), (2, 'Two', NULL, 1, ${old}),
      (3, 'Three', 'third', 2, ${old}), (4, 'Four', NULL, NULL, ${old});
    INSERT INTO comments (id, body, post_id, inserted_at, updated_at) VALUES
      (11, 'great', 1, ${old}), (12, 'more', 1, ${old}), (13, 'thanks', 1, ${old}),
      (21, 'short', 2, ${old}), (31, 'long', 3, ${old});
    INSERT INTO tags (id, name) VALUES (41, 'ecto'), (42, 'elixir'), (43, 'prisma');
    INSERT INTO posts_tags (post_id, tag_id) VALUES (1, 41), (1, 42), (3, 43);
    INSERT INTO permalinks (id, url, post_id) VALUES (51, '/one', 1), (53, '/three', 3), (59, '/loose', NULL);
    SELECT setval(pg_get_serial_sequence(name, 'id'), top) FROM (VALUES
      ('authors', 100), ('posts', 200), ('comments', 300), ('tags', 400), ('permalinks', 500)) AS tops (name, top);
  `);
}

async function readRows(database: TestDatabase): Promise<string[]> {
  const rows = await database.sql<{ row: string }>(`
    SELECT row FROM (
      SELECT 1 AS place, id, format('author %s %s, v%s', id, name, lock_version) AS row FROM authors
      UNION ALL SELECT 2, id, format('post %s %s, body %s, author %s, v%s',
        id, title, coalesce(body, 'null'), coalesce(author_id::text, 'null'), lock_version) FROM posts
      UNION ALL SELECT 3, id, format('comment %s %s, post %s, v%s', id, body, post_id, lock_version) FROM comments
      UNION ALL SELECT 4, id, format('tag %s %s', id, name) FROM tags
      UNION ALL SELECT 5, post_id * 1000 + tag_id, format('link post %s tag %s', post_id, tag_id) FROM posts_tags
      UNION ALL SELECT 6, id, format('permalink %s %s, post %s', id, url, coalesce(post_id::text, 'null')) FROM permalinks
    ) AS rows ORDER BY place, id`);
  return rows.map(({ row }) => row);
}
