import {
  addError,
  defineDomain,
  getField,
  owned,
  putChange,
  uniqueConstraint,
} from 'prisma-assoc/changeset';
import { beforeEach, expect, test } from 'vitest';
import { valueText } from '../../src/model/value.ts';
import { datamodel } from '../../src/generated/datamodel.ts';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import { useDatabase } from '../support/database.ts';
import { type Asked, issuesOf, runMutation, writesOf } from '../support/run-mutation.ts';

/* `prepare` of a declaration: it runs in the transaction, before the writes are planned. */

const database = useDatabase();

interface Context {
  readonly viewer: string;
  readonly prepared: string[];
}

const domain = defineDomain(datamodel, {
  Author: { cast: ['name'], associations: { posts: owned() } },
  Post: {
    cast: ['title', 'authorId'],
    validate: (post) =>
      post.changes['title'] === 'bad' ? addError(post, 'title', 'is bad') : post,
    async prepare(post, tx: Prisma.TransactionClient, { viewer, prepared }: Context) {
      prepared.push(`Post ${valueText(getField(post, 'title'))}`);
      if (post.changes['title'] === 'worse') return addError(post, 'title', 'is worse');
      const { id } = post.data.fields;
      const stored = typeof id === 'bigint' ? await tx.comment.count({ where: { postId: id } }) : 0;
      const sent = post.assocs['comments']?.entries.filter(({ current }) => current === null) ?? [];
      return putChange(post, 'body', `${stored} + ${sent.length} by ${viewer}`);
    },
    associations: {
      comments: owned(),
    },
    manyToMany: {
      tags: {
        joinThrough: ['postTags', 'tag'],
        put: { by: ['name'], create: true },
      },
    },
  },
  Comment: { cast: ['body'] },
  Tag: {
    cast: ['name'],
    validate: (tag) => uniqueConstraint(tag, 'name'),
    prepare(tag, _tx, { prepared }: Context) {
      prepared.push(`Tag ${valueText(getField(tag, 'name'))}`);
      return putChange(tag, 'name', valueText(getField(tag, 'name')).toUpperCase());
    },
  },
});

let prepared: string[];

const run = (asked: Asked, options = {}) =>
  runMutation(
    { client: database.client, domain, context: { viewer: 'Ann', prepared } },
    asked,
    options,
  );

beforeEach(() => {
  prepared = [];
  return database.sql(
    `INSERT INTO authors (id, name) VALUES (1, 'Ann');
     INSERT INTO posts (id, title, author_id) VALUES (7, 'A', 1);
     INSERT INTO comments (id, body, post_id) VALUES (10, 'a', 7), (11, 'b', 7);
     SELECT setval('authors_id_seq', 100), setval('posts_id_seq', 100)`,
  );
});

const post = (input: Asked['input'] = {}): Asked => ({
  kind: 'update',
  model: 'Post',
  id: '7',
  input,
});

test('what it puts is planned and written, of a record whose associations alone change too', async () => {
  const result = await run(post({ comments: { build: [{ body: 'c' }] } }));
  expect(writesOf(result)).toEqual(['update Post body: 2 + 1 by Ann', 'insert Comment body: c']);
  expect(await database.sql('SELECT body FROM posts')).toEqual([{ body: '2 + 1 by Ann' }]);
});

test('a dry run shows what it puts, and keeps none of it', async () => {
  const result = await run(post({ title: 'B' }), { dryRun: true });
  expect(writesOf(result)).toEqual(['update Post title: B body: 2 + 0 by Ann']);
  expect(await database.sql('SELECT title, body FROM posts')).toEqual([{ title: 'A', body: null }]);
});

test('it runs for a record that is written below another', async () => {
  const posts = { build: [{ title: 'B' }, { title: 'C', comments: { build: [{ body: 'x' }] } }] };
  const result = await run({ kind: 'create', model: 'Author', input: { name: 'Bob', posts } });
  expect(result.kind).toBe('success');
  expect(prepared).toEqual(['Post B', 'Post C']);
  expect(await database.sql(`SELECT title, body FROM posts WHERE id > 7 ORDER BY id`)).toEqual([
    { title: 'B', body: '0 + 0 by Ann' },
    { title: 'C', body: '0 + 1 by Ann' },
  ]);
});

test('it runs once for a new record that several lists name, and that is one row', async () => {
  const tags = { put: { refs: [{ name: 'ecto' }], create: true } };
  const posts = {
    build: [
      { title: 'B', tags },
      { title: 'C', tags },
    ],
  };
  const result = await run({ kind: 'update', model: 'Author', id: '1', input: { posts } });
  expect(result.kind).toBe('success');
  expect(prepared).toEqual(['Post B', 'Tag ecto', 'Post C']);
  expect(await database.sql('SELECT name FROM tags')).toEqual([{ name: 'ECTO' }]);
  expect(await database.sql('SELECT FROM posts_tags')).toHaveLength(2);
});

test('an error that it adds is an issue where the record was sent, and nothing is written', async () => {
  const posts = { build: [{ title: 'B' }, { title: 'worse' }] };
  const result = await run({ kind: 'update', model: 'Author', id: '1', input: { posts } });
  expect(issuesOf(result)).toEqual(['INVALID posts.build.1.title']);
  expect(await database.sql('SELECT FROM posts')).toHaveLength(1);
});

test.each([
  ['is invalid', post({ title: 'bad' }), 'invalid'],
  [
    'stays as it is',
    post({ title: 'A', comments: { cast: { entries: [{ id: '10' }, { id: '11' }] } } }),
    'success',
  ],
  [
    'is only linked',
    {
      kind: 'update',
      model: 'Author',
      id: '1',
      input: { posts: { put: { refs: [{ id: '7' }] } } },
    },
    'success',
  ],
] as const)('it does not run for a record that %s', async (_what, asked, kind) => {
  expect((await run(asked)).kind).toBe(kind);
  expect(prepared).toEqual([]);
});

test('it does not run for a record that is deleted', async () => {
  await database.sql('DELETE FROM comments');
  expect((await run({ kind: 'delete', model: 'Post', id: '7' })).kind).toBe('success');
  expect(prepared).toEqual([]);
});

test('a row that it makes the record refer to is locked in the order of all locks', async () => {
  const own = defineDomain(datamodel, {
    Author: { cast: ['name'] },
    Post: { cast: ['title'], prepare: (changeset) => putChange(changeset, 'authorId', 1n) },
  });
  const create: Asked = { kind: 'create', model: 'Post', input: { title: 'New' } };
  const result = await runMutation({ client: database.client, domain: own }, create);
  expect(result).toMatchObject({ kind: 'success', record: { authorId: 1n } });
});
