import { graphql } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../src/graphql/context.ts';
import { schema } from '../../src/graphql/schema.ts';
import { standardMutationLimits } from '../../src/mutation/mutate.ts';
import { readConfig } from '../../src/server/config.ts';
import { requestError } from '../../src/pothos/request-error.ts';
import { TooManyRowsError } from '../../src/repo/read/row-budget.ts';
import { useDatabase } from '../support/database.ts';
import { read } from '../support/execute.ts';
import { readTables } from '../support/rows.ts';
import { useService } from '../support/service.ts';

const database = useDatabase();

/** As `execute`, of a request that may read so many rows, and of whose mutations each may. */
async function executeWithin(maxRows: number, source: string) {
  const contextValue: Context = {
    client: database.client,
    limits: { ...standardMutationLimits, maxRows },
    asker: { kind: 'open' },
    progress: { written: false },
    signal: new AbortController().signal,
    requestId: 'test',
    log: { info() {}, warn() {}, error() {} },
  };
  const { data, errors = [] } = await graphql({ schema, source, contextValue });
  return { data, errors };
}

const inCircles = (levels: number): string =>
  levels === 0 ? 'id' : `id comments { id post { ${inCircles(levels - 1)} } }`;

describe('a request that takes too many rows', () => {
  beforeEach(() =>
    database.sql(`
      INSERT INTO authors (name) SELECT 'author ' || i FROM generate_series(1, 10) AS i;
      INSERT INTO posts (title, author_id)
        SELECT 'post ' || i, 1 + i % 10 FROM generate_series(1, 100) AS i;
      INSERT INTO comments (body, post_id)
        SELECT 'comment ' || i, 1 + i % 100 FROM generate_series(1, 2000) AS i;
    `),
  );

  // 100 posts + 2,000 comments + 2,000 posts + 40,000 comments.
  test('ends in few statements and little memory, however deep it goes in circles', async () => {
    await read(database.client, '{ posts { edges { node { comments { post { id } } } } } }');
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const statements = await database.statementsOf(async () => {
      const { data, errors } = await executeWithin(
        standardMutationLimits.maxRows,
        `{ posts(first: 100) { edges { node { ${inCircles(5)} } } } }`,
      );
      expect(data).toBeNull();
      expect(errors).toHaveLength(1);
      expect(errors[0]?.originalError).toBeInstanceOf(TooManyRowsError);
      expect(errors[0]?.originalError).toMatchObject({ limit: 20_000 });
    });
    expect(statements).toHaveLength(3);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150_000_000);
  });

  test.each([
    ['posts', '{ posts(first: 100) { edges { node { id } } } }', 100],
    ['whole lists', '{ posts(first: 50) { edges { node { comments { id } } } } }', 50 + 1_000],
    [
      'pages',
      '{ posts(first: 50) { edges { node { commentsConnection(first: 3) { edges { node { id } } } } } } }',
      50 + 150,
    ],
    [
      'the same page twice',
      '{ posts(first: 50) { edges { node { a: commentsConnection(first: 3) { edges { node { id } } pageInfo { endCursor } } } } } }',
      50 + 150,
    ],
    ['parents, each time', '{ posts(first: 50) { edges { node { author { id } } } } }', 50 + 50],
    [
      'counts',
      '{ posts(first: 50) { edges { node { commentCount commentsConnection { totalCount } } } } }',
      50,
    ],
  ])('is one with more rows than the limit: %s', async (_, source, rows) => {
    expect((await executeWithin(rows, source)).errors).toEqual([]);
    const { errors } = await executeWithin(rows - 1, source);
    expect(errors[0]?.originalError).toBeInstanceOf(TooManyRowsError);
  });

  test.each([
    [
      'a cast',
      'updatePost(id: 7, input: { comments: { cast: { entries: [] } } })',
      'Post.comments',
    ],
    [
      'a put',
      'updatePost(id: 7, input: { comments: { put: { refs: [], onReplace: DELETE } } })',
      'Post.comments',
    ],
    [
      'a level below',
      'updateAuthor(id: 1, input: { posts: { cast: { entries: [], onReplace: NILIFY } } })',
      'Author.posts',
    ],
    ['what goes with a deleted row', 'deletePost(id: 7)', 'Post.comments'],
  ])('is a mutation that must load them for %s', async (_, mutation, subject) => {
    const rows = subject === 'Author.posts' ? 10 : 20;
    const before = await readTables(database);
    const source = `mutation { result: ${mutation} { __typename } }`;
    const { errors } = await executeWithin(rows - 1, source);
    expect(errors[0]?.originalError).toBeInstanceOf(TooManyRowsError);
    expect(errors[0]?.originalError).toMatchObject({ subject, limit: rows - 1 });
    expect(await readTables(database)).toEqual(before);
    expect((await executeWithin(rows, source)).errors).toEqual([]);
  });

  test('counts what a mutation and its payload read apart', async () => {
    const { errors } = await executeWithin(
      22,
      `mutation { updatePost(id: 7, input: { comments: { cast: { entries: [] } } }) {
          ... on UpdatePostSuccess { post { comments { id } } changeset { counts { deleted } } }
      } }`,
    );
    expect(errors).toEqual([]);
  });
});

test('its error has a code for the client', () => {
  const error = requestError({
    error: new TooManyRowsError('Post.comments', 20_000),
    depth: 3,
    isWritten: false,
  });
  expect(error?.extensions).toEqual({ code: 'TOO_MANY_ROWS' });
  expect(error?.message).toBe(
    'With Post.comments the request takes more than 20000 rows: ask for fewer at a time, page by page.',
  );
});

describe('over HTTP', () => {
  const service = useService(database, {
    limits: { ...readConfig({}).limits, maxRows: 30 },
  });

  beforeEach(() =>
    database.sql(`
      INSERT INTO authors (name) VALUES ('Ann');
      INSERT INTO posts (title, author_id) SELECT 'post', 1 FROM generate_series(1, 20);
    `),
  );

  test('a query that takes too many rows has one error, however many fields it has', async () => {
    const answer = await service.sendText('{ posts { edges { node { author { id } } } } }');
    expect(answer.data).toBeNull();
    expect(answer.errors).toMatchObject([{ extensions: { code: 'TOO_MANY_ROWS' } }]);
    expect(answer.errors).toHaveLength(1);
  });

  test('a mutation whose payload does stands, with one error', async () => {
    const answer = await service.sendText(`mutation { updatePost(id: 1, input: { title: "new" }) {
      ... on UpdatePostSuccess { post { id author { posts { id author { id } } } } }
    } }`);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'TOO_MANY_ROWS' } }]);
    expect(answer.errors).toHaveLength(1);
    expect(await database.sql('SELECT title FROM posts WHERE id = 1')).toEqual([{ title: 'new' }]);
  });
});
