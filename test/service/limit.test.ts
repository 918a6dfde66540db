import { beforeAll, describe, expect, test } from 'vitest';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { useService } from '../support/service.ts';
import { createPost, updatePost } from './documents.ts';

const database = useDatabase('once');
const service = useService(database);
beforeAll(() => writeBlog(database));

const many = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item);

describe('a list of 5,000 is LimitExceeded before any SQL', () => {
  test.each([
    ['cast', { cast: { entries: many(5_000, { body: 'b' }) } }, 'cast.entries'],
    ['put', { put: { refs: many(5_000, { id: '10' }) } }, 'put.refs'],
    ['build', { build: many(5_000, { body: 'b' }) }, 'build'],
    [
      'expectedIds',
      { cast: { entries: [], expectedIds: many(5_000, 'no id') } },
      'cast.expectedIds',
    ],
  ])('%s', async (_name, comments, path) => {
    const statements = await database.statementsOf(async () => {
      // An unknown id would be NotFound, and an empty title InvalidChangeset: the limit comes
      // first.
      const { data } = await service.send(updatePost, {
        id: '999',
        input: { title: '', comments },
      });
      expect(data.updatePost).toEqual({
        __typename: 'LimitExceeded',
        message: 'Nothing was written: 5000 entries, at most 1000 are taken.',
        path: ['input', 'comments', ...path.split('.')],
        limit: 1000,
        actual: 5000,
      });
    });
    expect(statements).toEqual([]);
  });
});

test.each([
  ['posts', { build: many(5_000, { title: 't' }) }, 'build'],
  [
    'tags of a post of an author',
    {
      build: [{ title: 'a' }, { title: 'b', tags: { build: many(5_000, { name: 'n' }) } }],
    },
    'build.1.tags.build',
  ],
  [
    'comments of a post of an author',
    {
      cast: {
        entries: [{ id: 'x', comments: { put: { refs: many(5_000, { id: 'x' }) } } }],
      },
    },
    'cast.entries.0.comments.put.refs',
  ],
])('so are 5,000 %s, at their path', async (_name, posts, path) => {
  const statements = await database.statementsOf(async () => {
    const { data } = await service.sendText(
      `mutation ($posts: AuthorPostsInput!) { answer: updateAuthor(id: 999, input: { name: "", posts: $posts }) {
        __typename ... on LimitExceeded { path limit actual }
      } }`,
      { posts },
    );
    expect(data).toEqual({
      answer: {
        __typename: 'LimitExceeded',
        path: ['input', 'posts', ...path.split('.')],
        limit: 1000,
        actual: 5000,
      },
    });
  });
  expect(statements).toEqual([]);
});

test('a list of 1,000 is taken, one of 1,001 is not', async () => {
  const create = (count: number) =>
    service.send(createPost, {
      input: {
        title: 't',
        comments: { build: many(count, { body: 'b' }) },
      },
    });
  const refused = await create(1_001);
  expect(refused.data.createPost).toMatchObject({ actual: 1_001 });
  const { data } = await create(1_000);
  expect(data.createPost).toMatchObject({
    changeset: { counts: { inserted: 1_001 } },
  });
});
