import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';

const blog = useBlog();

const many = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item);

describe('a list of 5,000 is LimitExceeded before any SQL:', () => {
  test.each<[string, string, object, string]>([
    [
      'a cast',
      'updatePost',
      { comments: { cast: { entries: many(5_000, {}) } } },
      'comments.cast.entries',
    ],
    [
      'a put',
      'updatePost',
      { comments: { put: { refs: many(5_000, { id: '11' }) } } },
      'comments.put.refs',
    ],
    [
      'expected ids',
      'updatePost',
      { comments: { cast: { entries: [], expectedIds: many(5_000, 'no id') } } },
      'comments.cast.expectedIds',
    ],
    [
      'a build',
      'updatePost',
      { comments: { build: many(5_000, { body: 'b' }) } },
      'comments.build',
    ],
    [
      'of two levels',
      'updateAuthor',
      { posts: { build: many(5_000, { title: 't' }) } },
      'posts.build',
    ],
    [
      'a level down',
      'updateAuthor',
      {
        posts: {
          build: [{ title: 'a' }, { title: 'b', tags: { build: many(5_000, { name: 'n' }) } }],
        },
      },
      'posts.build.1.tags.build',
    ],
    [
      'below an entry that is wrong',
      'updateAuthor',
      {
        posts: {
          cast: { entries: [{ id: 'x', comments: { put: { refs: many(5_000, { id: 'x' }) } } }] },
        },
      },
      'posts.cast.entries.0.comments.put.refs',
    ],
  ])('%s', async (_name, mutation, input, path) => {
    const statements = await blog.database.statementsOf(async () => {
      expect(await blog.write(mutation, { id: '999', input })).toEqual({
        __typename: 'LimitExceeded',
        message: 'Nothing was written: 5000 entries, at most 1000 are taken.',
        path: ['input', ...path.split('.')],
        limit: 1000,
        actual: 5000,
      });
    });
    expect(statements).toEqual([]);
  });
});

test('a list of 1,000 is taken, one of 1,001 is not', async () => {
  const create = (count: number) =>
    blog.write('createPost', {
      input: { title: 't', comments: { build: many(count, { body: 'b' }) } },
    });
  expect(await create(1_001)).toMatchObject({ actual: 1_001 });
  expect((await create(1_000)).changeset?.counts).toMatchObject({ inserted: 1_001 });
});
