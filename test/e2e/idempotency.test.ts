import { beforeEach, describe, expect, test } from 'vitest';
import { dropExpiredKeys } from '../../src/mutation/idempotency/keys.ts';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { endSession, waiters, whileHeld } from '../support/held.ts';
import { type MutationName, type MutationResult, mutationText } from '../support/mutation.ts';
import { readTables } from '../support/rows.ts';
import { type Answer, post, useService } from '../support/service.ts';

const database = useDatabase();
const service = useService(database);
// Knows of keys only what is in the database, as a service that has started anew.
const another = useService(database);

beforeEach(() => writeBlog(database));

const send = (
  name: MutationName,
  args: object,
  key: string | null = 'k1',
  { url } = service,
): Promise<Answer<{ result: MutationResult }>> =>
  post(url, mutationText(name), { ...args, options: { idempotencyKey: key } });

const entries = [
  { id: '12' },
  { id: '13', body: 'Thank you for the post' },
  { body: 'Interesting' },
];
const castComments = { id: '1', input: { comments: { cast: { entries } } } };
const retitle = { id: '1', input: { title: 'New' } };

describe('the same request under the same key', () => {
  test('gives the first outcome again, and writes nothing twice', async () => {
    const first = await send('updatePost', castComments);
    const rows = await readTables(database);
    const second = await send('updatePost', castComments);
    expect(first.data.result.__typename).toBe('UpdatePostSuccess');
    expect(second).toEqual(first);
    expect(await readTables(database)).toEqual(rows);
  });

  test('does so after a restart of the service, and however the answer is asked for', async () => {
    const first = await send('updatePost', castComments);
    const second = await send('updatePost', castComments, 'k1', another);
    expect(second).toEqual(first);
    const less = await post<{ updatePost: unknown }>(
      another.url,
      `mutation ($entries: [CastComment!]!) {
        updatePost(
          options: { idempotencyKey: "k1", dryRun: false }
          input: { comments: { cast: { onReplace: DELETE, entries: $entries } } }
          id: 1
        ) { ... on UpdatePostSuccess { changeset { counts { inserted deleted } } } }
      }`,
      { entries },
    );
    expect(less.data.updatePost).toEqual({
      changeset: { counts: { inserted: 1, deleted: 1 } },
    });
  });

  test('is written once where both arrive at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        send(
          'buildPostComment',
          { postId: '1', input: { body: 'Once' } },
          'k2',
          index % 2 === 0 ? service : another,
        ),
      ),
    );
    expect(answers.map(({ data }) => data)).toEqual(answers.map(() => answers[0]?.data));
    expect(answers[0]?.data.result.__typename).toMatch(/Success$/);
    const { comments } = await readTables(database);
    expect(comments.filter(({ body }) => body === 'Once')).toHaveLength(1);
  });

  test('shows the record as it is now', async () => {
    const text = `mutation ($options: WriteOptions) {
      updatePost(id: 1, input: { body: "New" }, options: $options) {
        ... on UpdatePostSuccess { post { title body comments { id } } changeset { operations { recordId changes { field to } } } }
      }
    }`;
    const options = { idempotencyKey: 'k3' };
    const changeset = {
      operations: [{ recordId: '1', changes: [{ field: 'body', to: 'New' }] }],
    };
    await post(service.url, text, { options });
    await database.sql(`UPDATE posts SET title = 'Since' WHERE id = 1`);
    await database.sql('DELETE FROM comments WHERE id = 12');
    const { data } = await post<{ updatePost: unknown }>(service.url, text, {
      options,
    });
    expect(data.updatePost).toEqual({
      post: {
        title: 'Since',
        body: 'New',
        comments: [{ id: '11' }, { id: '13' }],
      },
      changeset,
    });
  });

  test('gives a deleted record as it was last, and one deleted since as well', async () => {
    const first = await send('deleteComment', { id: '11' });
    expect(await send('deleteComment', { id: '11' })).toEqual(first);
    expect(first.data.result.record).toEqual({ id: '11' });
    const created = { postId: '1', input: { body: 'Short-lived' } };
    const built = await send('buildPostComment', created, 'k2');
    await database.sql('DELETE FROM comments WHERE id > 100');
    expect(await send('buildPostComment', created, 'k2')).toEqual(built);
  });

  test('waits for the one under way, and writes where that one is killed', async () => {
    const holds = `INSERT INTO idempotency_keys (key, request, expires_at) VALUES ('k4', '', now() + interval '1 day')`;
    const answer = await whileHeld(database, holds, async () => {
      const waiting = send('updatePost', retitle, 'k4');
      await waiters(database);
      const [holder] = await database.sql<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`,
      );
      await endSession(database, holder?.pid);
      return waiting;
    });
    expect(answer.data.result.__typename).toBe('UpdatePostSuccess');
  });
});

describe('another request under the same key', () => {
  test.each([
    ['other arguments', 'updatePost', { id: '1', input: { title: 'Other' } }],
    ['another mutation', 'deletePost', { id: '1' }],
    ['a record that is not there', 'updatePost', { ...retitle, id: '9' }],
    ['invalid input', 'updatePost', { id: '1', input: { title: '' } }],
  ] as const)('is IdempotencyConflict (%s)', async (_what, name, args) => {
    await send('updatePost', retitle);
    const rows = await readTables(database);
    const { data } = await send(name, args);
    expect(data.result).toEqual({
      __typename: 'IdempotencyConflict',
      message: 'Nothing was written: the idempotency key belongs to another request.',
    });
    expect(await readTables(database)).toEqual(rows);
  });

  test('is LimitExceeded first', async () => {
    await send('updatePost', retitle);
    const many = Array.from({ length: 1_001 }, () => ({ body: 'x' }));
    const { data } = await send('updatePost', {
      id: '1',
      input: { comments: { build: many } },
    });
    expect(data.result.__typename).toBe('LimitExceeded');
  });
});

describe('a key stays free', () => {
  test.each([
    ['InvalidChangeset', 'updatePost', { id: '1', input: { title: '' } }],
    ['NotFound', 'updatePost', { ...retitle, id: '9' }],
    ['StaleEntry', 'updatePost', { id: '1', input: { title: 'x', lockVersion: 5 } }],
    ['InvalidChangeset', 'deleteAuthor', { id: '1' }],
  ] as const)('where the answer is %s', async (kind, name, args) => {
    const { data } = await send(name, args);
    expect(data.result.__typename).toBe(kind);
    const { data: next } = await send('updatePost', retitle);
    expect(next.result.__typename).toBe('UpdatePostSuccess');
  });

  test('on a dry run, which does not look at it either', async () => {
    const dryRun = { dryRun: true, idempotencyKey: 'k1' };
    const text = mutationText('updatePost');
    const answers = [
      await post<{ result: MutationResult }>(service.url, text, {
        ...retitle,
        options: dryRun,
      }),
      await send('updatePost', retitle),
      await post<{ result: MutationResult }>(service.url, text, {
        ...castComments,
        options: dryRun,
      }),
    ];
    expect(answers.map(({ data }) => data.result.__typename)).toEqual([
      'DryRun',
      'UpdatePostSuccess',
      'DryRun',
    ]);
  });

  test('once its time is over, and is then deleted', async () => {
    await send('updatePost', retitle, 'k1');
    await send('updatePost', retitle, 'k2');
    await database.sql(`UPDATE idempotency_keys SET expires_at = now() - interval '1 s'`);
    const { data } = await send('deleteComment', { id: '11' }, 'k1');
    expect(data.result.__typename).toBe('DeleteCommentSuccess');
    expect(await dropExpiredKeys(database.client, 'idempotency_keys')).toBe(1);
    const kept = await database.sql(
      `SELECT key, expires_at - now() > interval '23 h' AS lives FROM idempotency_keys`,
    );
    expect(kept).toEqual([{ key: 'k1', lives: true }]);
  });
});

test.each([
  ['blank', ' \t', "options.idempotencyKey can't be blank"],
  ['too long', 'k'.repeat(256), 'options.idempotencyKey should be at most 255 character(s)'],
  ['with NUL', 'a\0', 'options.idempotencyKey is no Unicode text'],
  ['half a pair', 'a\ud800', 'options.idempotencyKey is no Unicode text'],
])('a key that is %s is BAD_USER_INPUT', async (_what, key, message) => {
  const rows = await readTables(database);
  const { errors } = await send('updatePost', retitle, key);
  expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(await readTables(database)).toEqual(rows);
});

test('a key of 255 characters of any script is taken, null is none', async () => {
  const long = '🔑'.repeat(255);
  const keys = [long, long, null, null];
  const answers = [];
  for (const key of keys) {
    const { data } = await send('updatePost', retitle, key);
    answers.push(data.result.changeset?.operations.length);
  }
  expect(answers).toEqual([1, 1, 0, 0]);
});
