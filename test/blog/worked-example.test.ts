import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeClient } from '../../src/server/database/client.ts';
import { seed } from '../../src/server/database/seed.ts';
import { isOfBlog } from '../support/blog.ts';
import { useDatabase, writesOf } from '../support/database.ts';
import { wideLimits } from '../support/limits.ts';
import { useProxy } from '../support/proxy.ts';
import { readTables, rowOf } from '../support/rows.ts';
import { root } from '../readme/readme.ts';
import { execute, read } from '../support/execute.ts';
import { type Outcome, writeDocument } from '../support/write.ts';

const database = useDatabase();
const proxy = useProxy(database);

const entries = [
  { id: '11', body: 'What happened next?' },
  { id: '12', body: 'Thank you for the post' },
  { body: 'Interesting' },
];

const document = writeDocument(
  'updatePost',
  'id title body lockVersion author { id name } comments { id body lockVersion }',
);
const variables = { id: '7', input: { comments: { cast: { entries } } } };
const castComments = () => read<{ result: Outcome }>(database.client, document, variables);

test('the worked example writes exactly DELETE 10, UPDATE 12 and INSERT one', async () => {
  await seed(database.client);
  const statements = await database.statementsOf(castComments);
  expect(writesOf(statements)).toEqual(['DELETE comments', 'UPDATE comments', 'INSERT comments']);
  const [deleted, updated, inserted] = statements
    .filter(({ kind }) => kind === 'write')
    .map(({ parameters }) => parameters);
  // A value, or an array of one.
  expect(deleted).toMatch(/^\$1 = '\{?10\}?'/);
  expect(updated).toMatch(/'\{?12\}?'/);
  expect(updated).toContain('Thank you for the post');
  expect(inserted).toContain('Interesting');
});

test.each(['nested', 'set'] as const)(
  'the worked example, written as %s, takes the round trips that README.md states',
  async (writeWay) => {
    await seed(database.client);
    const client = makeClient({ ...wideLimits, url: proxy.url, poolSize: 1 });
    await client.$queryRaw`SELECT 1`;
    let trips = 0;
    let isAnswered = true;
    let isCommitted = false;
    proxy.toService = () => {
      isAnswered = true;
      return 'pass';
    };
    proxy.toDatabase = (bytes) => {
      // A model of one's own below the comments is read as well.
      if (isAnswered && !isCommitted && isOfBlog(String(bytes))) trips += 1;
      isAnswered = false;
      // Reading the record that is selected comes after the transaction.
      isCommitted ||= bytes.includes('COMMIT');
      return 'pass';
    };
    const asker = { kind: 'open' } as const;
    const { errors } = await execute(client, document, variables, asker, { writeWay });
    await client.$disconnect();
    expect(errors).toEqual([]);
    expect(isCommitted).toBe(true);
    expect(trips).toBe(statedRoundTrips()[writeWay]);
  },
);

function statedRoundTrips() {
  const text = readFileSync(join(root, 'README.md'), 'utf8').replaceAll(/\s+/g, ' ');
  const [, nested, set] =
    /worked example takes (\d+) of them as a nested write.*? As `set` it takes (\d+)\./.exec(
      text,
    ) ?? [];
  return { nested: Number(nested), set: Number(set) };
}

test('the worked example leaves comment 11 and post 7 as they are', async () => {
  await seed(database.client);
  const before = await readTables(database);
  await castComments();
  const after = await readTables(database);
  const { comments: _before, ...restBefore } = before;
  const { comments, ...rest } = after;
  expect(rest).toEqual(restBefore);
  expect(rowOf(after, 'comments', 11)).toEqual(rowOf(before, 'comments', 11));
  expect(comments).toMatchObject([
    { id: 11, body: 'What happened next?', post_id: 7, lock_version: 1 },
    { id: 12, body: 'Thank you for the post', post_id: 7, lock_version: 2 },
    { id: 13, body: 'Interesting', post_id: 7, lock_version: 1 },
  ]);
});

test('the worked example answers with three operations, one row unchanged, and the post as it is now', async () => {
  await seed(database.client);
  const { result } = await castComments();
  expect(result).toEqual({
    __typename: 'UpdatePostSuccess',
    record: {
      id: '7',
      title: 'A story...',
      body: 'Once upon a time...',
      lockVersion: 1,
      author: { id: '1', name: 'Ann' },
      comments: [
        { id: '11', body: 'What happened next?', lockVersion: 1 },
        { id: '12', body: 'Thank you for the post', lockVersion: 2 },
        { id: '13', body: 'Interesting', lockVersion: 1 },
      ],
    },
    changeset: {
      operations: [
        {
          action: 'DELETE',
          type: 'Comment',
          recordId: '10',
          path: ['input', 'comments'],
          reason: 'REPLACED',
          changes: [
            { field: 'body', from: 'Great story!', to: null },
            { field: 'postId', from: '7', to: null },
          ],
        },
        {
          action: 'UPDATE',
          type: 'Comment',
          recordId: '12',
          path: ['input', 'comments', 'cast', 'entries', '1'],
          reason: 'GIVEN',
          changes: [
            {
              field: 'body',
              from: 'Thanks for the article',
              to: 'Thank you for the post',
            },
          ],
        },
        {
          action: 'INSERT',
          type: 'Comment',
          recordId: '13',
          path: ['input', 'comments', 'cast', 'entries', '2'],
          reason: 'GIVEN',
          changes: [
            { field: 'body', from: null, to: 'Interesting' },
            { field: 'postId', from: null, to: '7' },
          ],
        },
        {
          action: 'UNCHANGED',
          type: 'Comment',
          recordId: '11',
          path: ['input', 'comments', 'cast', 'entries', '0'],
          reason: 'GIVEN',
          changes: [],
        },
      ],
      counts: {
        inserted: 1,
        updated: 1,
        deleted: 1,
        linked: 0,
        unlinked: 0,
        unchanged: 1,
      },
    },
  });
});
