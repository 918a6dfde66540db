import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { waiters, whileHeld } from '../support/held.ts';
import { type MutationName, type MutationResult, mutationText } from '../support/mutation.ts';
import { post, useService } from '../support/service.ts';

const database = useDatabase();
const service = useService(database);

beforeEach(() => writeBlog(database));

async function send(name: MutationName, args: object): Promise<MutationResult> {
  const { data, errors } = await post<{ result: MutationResult }>(
    service.url,
    mutationText(name),
    args,
  );
  expect(errors).toBeUndefined();
  return data.result;
}

const cast = (...entries: object[]) => ({ comments: { cast: { entries } } });

test.each([
  ['a cast on post 3', 'updatePost', '3', cast({ body: 'New' })],
  [
    'a put of tags that post 1 has too',
    'updatePost',
    '3',
    { tags: { put: { refs: [{ name: 'ecto' }] } } },
  ],
  ['an edit of a comment of post 1', 'updateComment', '13', { body: 'New' }],
  [
    'a cast on a post of another author',
    'updateAuthor',
    '2',
    { posts: { cast: { entries: [{ id: '3', ...cast({ body: 'New' }) }] } } },
  ],
] as const)('%s ends while another transaction holds post 1', async (_what, name, id, input) => {
  await whileHeld(database, 'SELECT FROM posts WHERE id = 1 FOR UPDATE', async () => {
    const { __typename } = await send(name, { id, input });
    expect(__typename).toMatch(/Success$/);
  });
});

test('a cast ends while another transaction holds a comment that it leaves as it is', async () => {
  const entries = [{ id: '11' }, { id: '12', body: 'New' }, { id: '13' }];
  await whileHeld(database, 'SELECT FROM comments WHERE id IN (11, 13) FOR UPDATE', async () => {
    const input = cast(...entries);
    const { __typename } = await send('updatePost', { id: '1', input });
    expect(__typename).toBe('UpdatePostSuccess');
  });
});

describe('twenty mutations that wait for one row take half of the connections:', () => {
  const held = 'SELECT FROM posts WHERE id = 1 FOR UPDATE';
  const HALF = 5;

  test.each<[string, MutationName, object]>([
    ['updates of it', 'updatePost', { id: '1', input: { title: 'New' } }],
    ['new rows below it', 'buildPostComment', { postId: '1', input: { body: 'New' } }],
    ['updates of a row below it', 'updateComment', { id: '13', input: { postId: '3' } }],
    [
      'casts of the row above it',
      'updateAuthor',
      {
        id: '1',
        input: { posts: { cast: { entries: [{ id: '1', title: 'New' }, { id: '2' }] } } },
      },
    ],
  ])('%s, and others go on', async (_what, name, args) => {
    const { waiting } = await whileHeld(database, held, async () => {
      const waiting = Array.from({ length: 20 }, () => send(name, args));
      await waiters(database, HALF);
      await othersGoOn();
      // One may be between two statements.
      expect(await waiters(database, HALF)).toHaveLength(HALF);
      return { waiting };
    });
    for (const { __typename } of await Promise.all(waiting)) expect(__typename).toMatch(/Success$/);
  });

  test('those sent again under one idempotency key, and others go on', async () => {
    const text = `mutation {
      updatePost(id: 1, input: { title: "New" }, options: { idempotencyKey: "k" }) {
        ... on UpdatePostSuccess { post { lockVersion } }
      }
    }`;
    const { waiting } = await whileHeld(database, held, async () => {
      const waiting = Array.from({ length: 20 }, () => service.sendText(text));
      await waiters(database, HALF);
      await othersGoOn();
      // One may be between two statements.
      expect(await waiters(database, HALF)).toHaveLength(HALF);
      return { waiting };
    });
    for (const { data } of await Promise.all(waiting)) {
      expect(data).toEqual({ updatePost: { post: { lockVersion: 2 } } });
    }
  });

  async function othersGoOn(): Promise<void> {
    expect((await fetch(`${service.url}/ready`)).status).toBe(200);
    const { data } = await service.sendText('{ posts { totalCount } }');
    expect(data).toEqual({ posts: { totalCount: 4 } });
    const other = await send('updatePost', { id: '4', input: { title: 'New' } });
    expect(other.__typename).toBe('UpdatePostSuccess');
  }
});

/**
 * The answer to a request that has read everything when another transaction, kept then, lets it go
 * on.
 */
async function sendMeanwhile(sql: string, name: MutationName, args: object) {
  const waiting = await whileHeld(
    database,
    sql,
    async () => {
      const answer = send(name, args);
      await waiters(database);
      return { answer };
    },
    'COMMIT',
  );
  return waiting.answer;
}

function castMeanwhile(sql: string, input: object) {
  return sendMeanwhile(sql, 'updatePost', { id: '1', input });
}

test.each([
  [
    'another version of a row that is written',
    'UPDATE comments SET lock_version = 2 WHERE id = 13',
    { id: '13', body: 'New', lockVersion: 1 },
  ],
  [
    'another version of a row that stays as it is',
    'UPDATE comments SET lock_version = 2 WHERE id = 13',
    { id: '13', lockVersion: 1 },
  ],
  ['a row that has gone', 'DELETE FROM comments WHERE id = 13', { id: '13', body: 'New' }],
  [
    'a row that has moved',
    'UPDATE comments SET post_id = 3 WHERE id = 13',
    { id: '13', body: 'New' },
  ],
])('%s is StaleEntry, though it was read before', async (_what, sql, entry) => {
  const input = cast({ id: '11' }, { id: '12' }, entry);
  const result = await castMeanwhile(sql, input);
  expect(result.__typename).toBe('StaleEntry');
});

test('expectedIds are compared under the lock', async () => {
  const entries = ['11', '12', '13'].map((id) => ({ id }));
  const result = await castMeanwhile(
    `SELECT FROM posts WHERE id = 1 FOR UPDATE; INSERT INTO comments (post_id, body) VALUES (1, 'New')`,
    { comments: { cast: { entries, expectedIds: ['11', '12', '13'] } } },
  );
  expect(result.__typename).toBe('StaleEntry');
});

test('a comment that was edited meanwhile is written over, as if it had been edited before', async () => {
  const input = cast({ id: '11' }, { id: '12' }, { id: '13', body: 'New' });
  const result = await castMeanwhile(
    `UPDATE comments SET body = 'Edited', lock_version = 2 WHERE id = 13`,
    input,
  );
  const [update] = result.changeset?.operations ?? [];
  expect(update).toMatchObject({
    action: 'UPDATE',
    recordId: '13',
    changes: [{ field: 'body', from: 'Edited', to: 'New' }],
  });
});

const related = { comments: { cast: { entries: [{ id: '31' }], onUnknown: 'RELATE' } } };

test.each([1, 3])('a cast that relates a comment waits for post %i, of both', async (id) => {
  const result = await castMeanwhile(`SELECT FROM posts WHERE id = ${id} FOR UPDATE`, related);
  expect(result.__typename).toBe('UpdatePostSuccess');
});

test('a comment that moves on meanwhile is related from where it is then', async () => {
  const result = await castMeanwhile('UPDATE comments SET post_id = 2 WHERE id = 31', related);
  expect(result.changeset?.operations).toContainEqual(
    expect.objectContaining({
      action: 'UPDATE',
      recordId: '31',
      changes: [{ field: 'postId', from: '2', to: '1' }],
    }),
  );
});

test('a comment that goes meanwhile is not there to be related', async () => {
  const result = await castMeanwhile('DELETE FROM comments WHERE id = 31', related);
  expect(result.issues).toMatchObject([{ code: 'NOT_IN_ASSOCIATION' }]);
});

test.each([
  ['a post that is deleted', 'deletePost', { id: '1' }],
  [
    'a post that a list leaves out',
    'updateAuthor',
    {
      id: '1',
      input: { posts: { cast: { entries: [], onReplace: 'DELETE' } } },
    },
  ],
] as const)('%s takes a comment with it as it was last', async (_what, name, args) => {
  const result = await sendMeanwhile(
    `UPDATE comments SET body = 'Edited', lock_version = 2 WHERE id = 13`,
    name,
    args,
  );
  expect(result.changeset?.operations).toContainEqual(
    expect.objectContaining({
      action: 'DELETE',
      recordId: '13',
      changes: expect.arrayContaining([{ field: 'body', from: 'Edited', to: null }]),
    }),
  );
});

test('names made meanwhile are linked, however many, one after the other', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const refs = names.map((name) => ({ name }));
  const input = { tags: { put: { refs, create: true } } };
  // Each name is made by a transaction that has not ended when the put comes to it.
  const makers = await Promise.all(
    names.map(async (name) => {
      const maker = new pg.Client({ connectionString: database.url });
      await maker.connect();
      await maker.query('BEGIN');
      await maker.query('INSERT INTO tags (name) VALUES ($1)', [name]);
      return maker;
    }),
  );
  const answer = send('updatePost', { id: '1', input });
  for (const maker of makers) {
    await waiters(database);
    await maker.query('COMMIT');
    await maker.end();
  }
  expect((await answer).__typename).toBe('UpdatePostSuccess');
  const linked = await database.sql(
    'SELECT name FROM tags JOIN posts_tags ON tag_id = id WHERE post_id = 1 ORDER BY name',
  );
  expect(linked).toEqual(refs);
});
