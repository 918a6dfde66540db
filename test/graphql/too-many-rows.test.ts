import { graphql } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Context, makeProgress } from '../../src/graphql/context.ts';
import { schema } from '../../src/graphql/schema.ts';
import { standardMutationLimits } from '../../src/mutation/mutate.ts';
import { readConfig } from '../../src/server/config.ts';
import { requestError } from '../../src/pothos/request-error.ts';
import { TooManyRowsError } from '../../src/repo/read/row-budget.ts';
import { useDatabase } from '../support/database.ts';
import { read } from '../support/execute.ts';
import { heapUsed } from '../support/heap.ts';
import { readTables } from '../support/rows.ts';
import { useService } from '../support/service.ts';

const database = useDatabase();

/** As `execute`, of a request that may read so many rows, and of whose mutations each may. */
async function executeWithin(maxRows: number, source: string) {
  const contextValue: Context = {
    client: database.client,
    limits: { ...standardMutationLimits, maxRows },
    asker: { kind: 'open' },
    progress: makeProgress(),
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
    const before = heapUsed();
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
    expect(heapUsed() - before).toBeLessThan(150_000_000);
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
      20,
      'updatePost(id: 7, input: { comments: { cast: { entries: [] } } })',
      'input.comments',
    ],
    [
      'a put',
      20,
      'updatePost(id: 7, input: { comments: { put: { refs: [], onReplace: DELETE } } })',
      'input.comments',
    ],
    [
      'references',
      3,
      'updatePost(id: 7, input: { tags: { put: { refs: [{ id: 1 }, { id: 2 }, { id: 3 }] } } })',
      'input.tags',
    ],
    [
      'the root of a level below',
      10,
      'updateAuthor(id: 1, input: { posts: { cast: { entries: [], onReplace: NILIFY } } })',
      'input.posts',
    ],
    [
      'an entry of it',
      50,
      `updateAuthor(id: 1, input: { posts: { cast: { onReplace: NILIFY, entries: [
        { title: "new" } { id: 10, comments: { cast: { entries: [] } } } { id: 20, comments: { cast: { entries: [] } } }
      ] } } })`,
      'input.posts.cast.entries.1.comments',
    ],
    ['what goes with a deleted row', 20, 'deletePost(id: 7)', 'comments'],
    [
      'what goes with a row that a list leaves out',
      200,
      'updateAuthor(id: 1, input: { posts: { cast: { entries: [], onReplace: DELETE } } })',
      'input.posts.comments',
    ],
    [
      'what goes with a row that an entry deletes',
      20,
      'updateAuthor(id: 1, input: { posts: { cast: { onReplace: NILIFY, entries: [{ id: 10, delete: true }] } } })',
      'input.posts.cast.entries.0.comments',
    ],
    ['the links of a deleted tag', 30, 'deleteTag(id: 4)', 'posts'],
  ])('is a mutation that must read them: %s', async (_, rows, mutation, path) => {
    await database.sql(`
      INSERT INTO tags (name) VALUES ('a'), ('b'), ('c'), ('d');
      INSERT INTO posts_tags (post_id, tag_id) SELECT i, 4 FROM generate_series(31, 63) AS i WHERE i % 10 > 0;
    `);
    const before = await readTables(database);
    const source = `mutation { result: ${mutation} {
      __typename ... on LimitExceeded { path limit actual message }
    } }`;
    const { data, errors } = await executeWithin(rows - 1, source);
    expect(errors).toEqual([]);
    expect(data?.['result']).toEqual({
      __typename: 'LimitExceeded',
      path: path.split('.'),
      limit: rows - 1,
      actual: rows,
      message: `Nothing was written: ${rows} rows, at most ${rows - 1} are taken.`,
    });
    expect(await readTables(database)).toEqual(before);
    const { data: within } = await executeWithin(rows, source);
    expect(within?.['result']).toMatchObject({ __typename: expect.stringMatching(/Success$/) });
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
