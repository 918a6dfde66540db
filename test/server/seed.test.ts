import { expect, test } from 'vitest';
import { seed } from '../../src/server/database/seed.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();

test('the seed is the worked example: post 7 with three comments, its author and tags', async () => {
  expect(await seed(database.client)).toBe(true);
  const post = await database.client.post.findUnique({
    where: { id: 7n },
    include: {
      author: true,
      comments: true,
      postTags: { select: { tag: true } },
    },
  });
  expect(post).toMatchObject({
    title: 'A story...',
    author: { name: 'Ann' },
    comments: [
      { id: 10n, body: 'Great story!' },
      { id: 11n, body: 'What happened next?' },
      { id: 12n, body: 'Thanks for the article' },
    ],
  });
  expect(post?.postTags).toHaveLength(2);
});

test('every sequence stands past the highest id', async () => {
  await seed(database.client);
  const author = await database.client.author.create({ data: { name: 'Bob' } });
  const tag = await database.client.tag.create({ data: { name: 'sql' } });
  const post = await database.client.post.create({
    data: { title: 'Another', comments: { create: { body: 'First' } } },
    include: { comments: true },
  });
  const permalink = await database.client.permalink.create({
    data: { url: 'another' },
  });
  expect(author.id).toBeGreaterThan(1n);
  expect(tag.id).toBeGreaterThan(2n);
  expect(post.id).toBeGreaterThan(7n);
  expect(post.comments[0]?.id).toBeGreaterThan(12n);
  expect(permalink.id).toBeGreaterThan(0n);
});

test.each([
  ['an author', `INSERT INTO authors (name) VALUES ('Bob')`],
  ['a tag', `INSERT INTO tags (name) VALUES ('sql')`],
  ['a permalink', `INSERT INTO permalinks (url) VALUES ('x')`],
])('nothing is seeded where there is %s already', async (_what, insert) => {
  await database.sql(insert);
  expect(await seed(database.client)).toBe(false);
  expect(await database.sql('SELECT FROM posts')).toEqual([]);
});

test('two seeds at once write the example once', async () => {
  const written = await Promise.all([seed(database.client), seed(database.client)]);
  expect(written.sort()).toEqual([false, true]);
  expect(await database.sql('SELECT FROM comments')).toHaveLength(3);
});

test('a reset deletes what is there, and then new rows have the ids that README shows', async () => {
  await seed(database.client);
  await database.sql(`INSERT INTO comments (post_id, body) VALUES (7, 'Later')`);
  await database.sql(`INSERT INTO permalinks (url, post_id) VALUES ('later', 7)`);
  expect(await seed(database.client, { reset: true })).toBe(true);
  expect(await database.sql('SELECT FROM permalinks')).toEqual([]);
  const [next] = await database.sql(
    `INSERT INTO comments (post_id, body) VALUES (7, 'Next') RETURNING id::text`,
  );
  expect(next).toEqual({ id: '13' });
});
