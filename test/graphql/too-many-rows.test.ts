import { graphql } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { requestError } from '../../src/pothos/request-error.ts';
import { TooManyRowsError } from '../../src/repo/read/row-budget.ts';
import { useDatabase } from '../support/database.ts';
import { read } from '../support/execute.ts';

const database = useDatabase();

/** As `execute`, of a request that may read so many rows. */
async function executeWithin(maxRows: number | undefined, source: string) {
  const contextValue = {
    client: database.client,
    progress: { written: false },
    requestId: 'test',
    log: { info() {}, warn() {}, error() {} },
    ...(maxRows !== undefined && { maxRows }),
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
        undefined,
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
