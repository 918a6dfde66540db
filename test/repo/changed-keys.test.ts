import { describe, expect, test } from 'vitest';
import { putAssoc } from '../../src/changeset/assoc/assoc.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { change } from '../../src/changeset/changeset.ts';
import type { Struct } from '../../src/model/struct.ts';
import { listOf } from '../../src/model/struct.ts';
import type { Value } from '../../src/model/value.ts';
import type { Preload } from '../../src/repo/read/preload.ts';
import { load, modelOf, modelsWith, repoOf, useCore } from '../support/core.ts';

/*
 * A row that changes its primary key in the same write as what refers to it. Post 9 has nothing
 * below it, post 7 a row of each kind.
 */

const database = useCore();

const models = modelsWith({
  'Author.posts': { onReplace: 'nilify' },
  'Post.comments': { onReplace: 'delete' },
  'Post.notes': { onReplace: 'nilify' },
  'Post.permalink': { onReplace: 'delete' },
  'Post.tags': { onReplace: 'delete' },
  'Tag.posts': { onReplace: 'delete' },
  'Category.countries': { onReplace: 'delete' },
});
const repo = () => repoOf(database, models);
const below = ['comments', 'notes', 'permalink', 'tags'];

const loaded = (name: string, id: Value, preloads: readonly Preload[] = []) =>
  load(repo(), modelOf(models, name), id, preloads);

async function seed(): Promise<void> {
  await database.sql(
    `INSERT INTO authors (id, name) VALUES (1, 'Ann');
     INSERT INTO posts (id, title, author_id) VALUES (7, 'A', 1), (9, 'B', 1);
     INSERT INTO comments (id, body, post_id) VALUES (10, 'c', 7);
     INSERT INTO notes (id, body, post_id) VALUES (30, 'n', 7), (40, 'free', NULL);
     INSERT INTO permalinks (id, url, post_id) VALUES (5, 'u', 7);
     INSERT INTO tags (id, name) VALUES (1, 'x'), (2, 'y');
     INSERT INTO posts_tags VALUES (7, 1);
     SELECT setval(pg_get_serial_sequence(name, 'id'), 100)
       FROM unnest(ARRAY['comments', 'notes', 'permalinks', 'tags']) AS name`,
  );
}

/** What refers to the post that is 56 now. */
async function referring(): Promise<Record<string, unknown>> {
  const tables = ['comments', 'notes', 'permalinks', 'posts_tags'];
  const counts = tables.map(
    (table) => `(SELECT count(*)::int FROM ${table} WHERE post_id = 56) AS ${table}`,
  );
  const [row] = await database.sql<Record<string, unknown>>(`SELECT ${counts.join(', ')}`);
  return Object.fromEntries(Object.entries(row ?? {}).filter(([, count]) => count !== 0));
}

async function update(changeset: Changeset): Promise<Struct> {
  const outcome = await repo().update(changeset);
  if (outcome.ok) return outcome.struct;
  throw new Error(JSON.stringify(outcome.changeset.errors));
}

/**
 * Post 9 as the root, or as one of its author's posts, which changes its key to 56 and is changed
 * otherwise too.
 */
const places = {
  'the root': async (also: (post: Changeset) => Changeset) =>
    update(also(change(await loaded('Post', 9n, below), { id: 56n }))),
  'a child': async (also: (post: Changeset) => Changeset) => {
    const assoc = { assoc: 'posts', preload: below };
    const author = await loaded('Author', 1n, [assoc]);
    const posts = listOf(author.assocs['posts'] ?? null).map((post) =>
      post.fields['id'] === 9n ? also(change(post, { id: 56n })) : post,
    );
    return update(putAssoc(change(author), 'posts', posts));
  },
  'a parent': async (also: (post: Changeset) => Changeset) => {
    const note = await loaded('Note', 40n, ['post']);
    const post = also(change(await loaded('Post', 9n, below), { id: 56n }));
    return update(putAssoc(change(note), 'post', post));
  },
  'a far record': async (also: (post: Changeset) => Changeset) => {
    const tag = await loaded('Tag', 2n, ['posts']);
    const post = also(change(await loaded('Post', 9n, below), { id: 56n }));
    return update(putAssoc(change(tag), 'posts', [post]));
  },
};
const refers: Readonly<Record<string, Record<string, unknown>>> = {
  'a parent': { notes: 1 },
  'a far record': { posts_tags: 1 },
};

describe.each(Object.entries(places))('where %s changes its key', (what, write) => {
  test.each([
    ['comments', 'comments', [{ body: 'new' }]],
    ['notes', 'notes', [{ body: 'new' }]],
    ['permalink', 'permalinks', { url: 'new' }],
    ['tags', 'posts_tags', [{ name: 'new' }]],
  ])('new %s take it', async (name, table, value) => {
    await seed();
    await write((post) => putAssoc(post, name, value));
    const before = refers[what] ?? {};
    const added = Number(before[table] ?? 0) + 1;
    expect(await referring()).toEqual({ ...before, [table]: added });
  });

  test('stored records that come to it take it', async () => {
    await seed();
    const tag = await loaded('Tag', 1n);
    const note = await loaded('Note', 30n);
    await write((post) => putAssoc(putAssoc(post, 'tags', [tag]), 'notes', [note]));
    const { notes = 0, posts_tags: links = 0 } = refers[what] ?? {};
    expect(await referring()).toEqual({
      notes: Number(notes) + 1,
      posts_tags: Number(links) + 1,
    });
  });
});

test('what leaves a child goes before the child changes its key', async () => {
  await seed();
  const author = await loaded('Author', 1n, [{ assoc: 'posts', preload: below }]);
  const posts = listOf(author.assocs['posts'] ?? null).map((post) =>
    post.fields['id'] === 7n
      ? below.reduce(
          (done, name) => putAssoc(done, name, name === 'permalink' ? null : []),
          change(post, { id: 56n }),
        )
      : post,
  );
  await update(putAssoc(change(author), 'posts', posts));
  expect(await referring()).toEqual({});
  expect(await database.sql('SELECT id FROM posts ORDER BY id')).toEqual([
    { id: '9' },
    { id: '56' },
  ]);
});

test('a row that refers to a root is not passed over where that changes its key', async () => {
  await seed();
  const post = await loaded('Post', 7n, below);
  const changeset = putAssoc(change(post, { id: 56n }), 'tags', []);
  await expect(repo().update(changeset)).rejects.toThrow(
    'cannot update Post: the database refuses it',
  );
});

test("Prisma's own join rows take the keys of both sides", async () => {
  await database.sql(
    `INSERT INTO categories (id, name) VALUES (1, 'one');
     INSERT INTO countries VALUES ('BE', 'Belgium'), ('NL', 'Netherlands'), ('PL', 'Poland');
     INSERT INTO "_CategoryToCountry" VALUES (1, 'BE'), (1, 'NL')`,
  );
  const category = await loaded('Category', 1, ['countries']);
  const countries = [
    await loaded('Country', 'NL'),
    change(await loaded('Country', 'PL'), { code: 'PX' }),
  ];
  await update(putAssoc(change(category, { id: 60 }), 'countries', countries));
  expect(await database.sql('SELECT * FROM "_CategoryToCountry" ORDER BY 2')).toEqual([
    { A: 60, B: 'NL' },
    { A: 60, B: 'PX' },
  ]);
});
