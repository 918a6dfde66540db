import { beforeEach, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import { valueText } from '../../src/model/value.ts';
import type { PlannedOperation } from '../../src/plan/planned-operation.ts';
import type { Policy } from '../../src/mutation/authorize.ts';
import { useDatabase } from '../support/database.ts';
import { type Asked, runMutation, writesOf } from '../support/run-mutation.ts';

/* `authorize`: it is asked about all that is planned, before the first write. */

const database = useDatabase();

let asked: (readonly PlannedOperation[])[];
let isDenied: (operation: PlannedOperation) => boolean;

const policy: Policy<unknown> = {
  authorize(operations) {
    asked.push(operations);
    return operations.filter(isDenied);
  },
};

const run = (request: Asked, options = {}, setup: object = policy) =>
  runMutation({ client: database.client, domain: blog, ...setup }, request, options);

beforeEach(() => {
  asked = [];
  isDenied = () => false;
  return database.sql(
    `INSERT INTO authors (id, name) VALUES (1, 'Ann'), (2, 'Bob');
     INSERT INTO posts (id, title, author_id) VALUES (7, 'A', 1), (8, 'B', 2);
     INSERT INTO comments (id, body, post_id) VALUES (10, 'a', 7), (11, 'b', 7), (20, 'c', 8);
     INSERT INTO tags (id, name) VALUES (1, 'x'), (2, 'y');
     INSERT INTO posts_tags (post_id, tag_id) VALUES (7, 1), (8, 1);
     INSERT INTO permalinks (id, url, post_id) VALUES (1, '/a', 7)`,
  );
});

const post = (input: object): Asked => ({
  kind: 'update',
  model: 'Post',
  id: '7',
  input: { ...input },
});

const shown = (row: PlannedOperation['before'], names: readonly string[]) =>
  row && names.map((name) => `${name} ${valueText(row[name] ?? null)}`).join(' ');

const columns: Readonly<Record<string, readonly string[]>> = {
  Comment: ['id', 'body', 'postId'],
  Post: ['id', 'title', 'authorId'],
  Tag: ['postId', 'tagId'],
  Permalink: ['id', 'url'],
  Author: ['id', 'name'],
};

/** The operations of the last call in short. */
const lines = () =>
  (asked.at(-1) ?? []).map(({ action, model, before, after, path, origin, via }) => {
    const rows = [before, after].map((row) => shown(row, columns[model] ?? []) ?? '–');
    const through = via ? ` via ${via.model}.${via.association}` : '';
    return `${action} ${model} ${rows.join(' → ')}${through}, ${origin} ${path.join('.')}`;
  });

test('it is asked once about all rows, as they are stored and as they will be', async () => {
  const entries = [{ id: '11', body: 'B' }, { body: 'new' }];
  const result = await run(post({ title: 'T', comments: { cast: { entries } } }));
  expect(result.kind).toBe('success');
  expect(asked).toHaveLength(1);
  const id = valueText(asked[0]?.find(({ action }) => action === 'insert')?.key['id'] ?? null);
  expect(lines()).toEqual([
    'update Post id 7 title A authorId 1 → id 7 title T authorId 1, given ',
    'delete Comment id 10 body a postId 7 → – via Post.comments, replaced comments',
    'update Comment id 11 body b postId 7 → id 11 body B postId 7 via Post.comments, given comments.cast.entries.0',
    `insert Comment – → id ${id} body new postId 7 via Post.comments, given comments.cast.entries.1`,
  ]);
  expect(await database.sql(`SELECT id FROM comments WHERE body = 'new'`)).toEqual([{ id }]);
});

test('a record that a list takes in from another owner has moved', async () => {
  await run(post({ comments: { put: { refs: [{ id: '10' }, { id: '11' }, { id: '20' }] } } }));
  expect(lines()).toEqual([
    'update Comment id 20 body c postId 8 → id 20 body c postId 7 via Post.comments, moved comments.put.refs.2',
  ]);
});

test('so has one that a cast relates', async () => {
  const entries = [{ id: '10' }, { id: '11' }, { id: '20', body: 'C' }];
  await run(post({ comments: { cast: { entries, onUnknown: 'relate' } } }));
  expect(lines()).toEqual([
    'update Comment id 20 body c postId 8 → id 20 body C postId 7 via Post.comments, moved comments.cast.entries.2',
  ]);
});

test('links are shown as join rows, from either side', async () => {
  await run(post({ tags: { put: { refs: [{ id: '2' }] } } }));
  expect(lines()).toEqual([
    'unlink Tag postId 7 tagId 1 → – via Post.tags, replaced tags',
    'link Tag – → postId 7 tagId 2 via Post.tags, given tags.put.refs.0',
  ]);
  await run({ kind: 'delete', model: 'Tag', id: '1' });
  expect(asked.at(-1)?.map(({ model, before }) => [model, before])).toEqual([
    ['Post', { postId: 8n, tagId: 1n }],
    ['Tag', { id: 1n, name: 'x' }],
  ]);
});

test('what goes with a deleted record is asked about too', async () => {
  await run({ kind: 'delete', model: 'Post', id: '7' });
  expect(lines()).toEqual([
    'delete Comment id 10 body a postId 7 → – via Post.comments, cascaded comments',
    'delete Comment id 11 body b postId 7 → – via Post.comments, cascaded comments',
    'delete Permalink id 1 url /a → – via Post.permalink, cascaded permalink',
    'unlink Tag postId 7 tagId 1 → – via Post.tags, cascaded tags',
    'delete Post id 7 title A authorId 1 → –, given ',
  ]);
});

test('new rows refer to each other by the keys that they will have', async () => {
  const posts = { build: [{ title: 'P', comments: { build: [{ body: 'c' }] } }] };
  await run({ kind: 'create', model: 'Author', input: { name: 'Eve', posts } });
  const [author, first, comment] = asked[0] ?? [];
  expect(author?.key['id']).toBeTypeOf('bigint');
  expect(first?.after?.['authorId']).toBe(author?.key['id']);
  expect(comment?.after?.['postId']).toBe(first?.key['id']);
});

test.each([
  ['a row of the root', post({ title: 'T', body: 'x' }), 'update Post', []],
  [
    'a nested row',
    post({ title: 'T', comments: { build: [{ body: 'x' }] } }),
    'insert Comment',
    ['comments', 'build', 0],
  ],
  ['a replaced row', post({ comments: { cast: { entries: [] } } }), 'delete Comment', ['comments']],
  [
    'a link',
    post({ tags: { put: { refs: [{ id: '1' }, { id: '2' }] } } }),
    'link Tag',
    ['tags', 'put', 'refs', 1],
  ],
  ['a cascade', { kind: 'delete', model: 'Post', id: '7' } as const, 'unlink Tag', ['tags']],
])('one denial of %s refuses all of it, at its path', async (_what, request, denied, path) => {
  const before = await stored();
  isDenied = ({ action, model }) => `${action} ${model}` === denied;
  expect(await run(request)).toEqual({ kind: 'forbidden', path });
  expect(await run(request, { dryRun: true })).toEqual({ kind: 'forbidden', path });
  expect(asked).toHaveLength(2);
  expect(await stored()).toEqual(before);
});

const stored = () =>
  Promise.all(
    ['posts', 'comments', 'posts_tags', 'permalinks'].map((table) =>
      database.sql(`SELECT * FROM ${table} ORDER BY 1, 2`),
    ),
  );

test('nothing is asked about what writes nothing, nor about what is refused before', async () => {
  expect((await run(post({ title: 'A' }))).kind).toBe('success');
  expect((await run(post({ title: '' }))).kind).toBe('invalid');
  expect((await run({ kind: 'delete', model: 'Post', id: '70' })).kind).toBe('notFound');
  expect(asked).toEqual([]);
});

test('it reads in the transaction, and gets the context', async () => {
  const seen: unknown[] = [];
  const context = { asker: { kind: 'open' }, viewer: 'Ann' };
  const reads = {
    context,
    async authorize(_: unknown, tx: Prisma.TransactionClient, given: unknown) {
      seen.push(given, await tx.comment.count(), await tx.$queryRaw`SELECT 1 AS one`);
      return [];
    },
  };
  await run(post({ title: 'T' }), {}, reads);
  expect(seen).toEqual([context, 3, [{ one: 1 }]]);
});

test('what it throws ends the mutation, and so does no answer', async () => {
  const failing = () => Promise.reject(new Error('no answer'));
  await expect(run(post({ title: 'T' }), {}, { authorize: failing })).rejects.toThrow('no answer');
  expect((await run(post({ title: 'T' }), {}, { authorize: () => undefined })).kind).toBe(
    'forbidden',
  );
  expect(await database.sql('SELECT title FROM posts WHERE id = 7')).toEqual([{ title: 'A' }]);
});

test('a replay asks again about what was written then', async () => {
  const keyed = { idempotencyKey: 'k' };
  const request = post({ title: 'T', comments: { build: [{ body: 'x' }] } });
  await run(request, keyed);
  const first = asked[0];
  expect(writesOf(await run(request, keyed))).toHaveLength(2);
  expect(asked[1]).toEqual(first);
  isDenied = ({ model }) => model === 'Comment';
  expect(await run(request, keyed)).toEqual({ kind: 'forbidden', path: ['comments', 'build', 0] });
});

test('a replay of what was kept without a policy is refused once there is one', async () => {
  const keyed = { idempotencyKey: 'k' };
  await run(post({ title: 'T' }), keyed, {});
  expect((await run(post({ title: 'T' }), keyed, {})).kind).toBe('success');
  expect(await run(post({ title: 'T' }), keyed)).toEqual({ kind: 'forbidden', path: [] });
});

test('a key is another one for each owner', async () => {
  const keyed = { idempotencyKey: 'k' };
  const comment = { kind: 'build', model: 'Post', id: '7', association: 'comments' } as const;
  const by = (idempotencyOwner: string | null, body: string) =>
    run({ ...comment, input: { body } }, keyed, { idempotencyOwner });
  expect((await by('ann', 'x')).kind).toBe('success');
  expect((await by('bob', 'y')).kind).toBe('success');
  expect((await by(null, 'z')).kind).toBe('success');
  expect((await by('ann', 'x')).kind).toBe('success');
  expect((await by('ann', 'y')).kind).toBe('idempotencyConflict');
  expect(await database.sql('SELECT FROM comments WHERE id NOT IN (10, 11, 20)')).toHaveLength(3);
});
