import { beforeAll, describe, expect, test } from 'vitest';
import type { PostCommentsInput, UpdatePostInput } from '../generated/graphql.ts';
import { writeBlog } from '../support/old-blog.ts';
import { useDatabase } from '../support/database.ts';
import { readTables } from '../support/rows.ts';
import { type Answer, useService } from '../support/service.ts';
import { createPost, deleteComment, deletePost, updateComment, updatePost } from './documents.ts';

const database = useDatabase('once');
const service = useService(database);
beforeAll(() => writeBlog(database));

type Request = () => Promise<Answer<object>>;

const on7 =
  (input: UpdatePostInput): Request =>
  () =>
    service.send(updatePost, { id: '7', input });
const list = (comments: PostCommentsInput): Request => on7({ comments });
const entries = 'input.comments.cast.entries';

describe('what is not as the client believes is StaleEntry, and nothing is written', () => {
  test.each<[string, Request, path: string, type: string, id: string | null]>([
    [
      'the version of the post',
      on7({ title: 'x', lockVersion: 2 }),
      'input.lockVersion',
      'Post',
      '7',
    ],
    [
      'the version of the post, where nothing changes',
      on7({ lockVersion: 0 }),
      'input.lockVersion',
      'Post',
      '7',
    ],
    [
      'the version of the post, before mistakes',
      on7({ title: '', lockVersion: 2 }),
      'input.lockVersion',
      'Post',
      '7',
    ],
    [
      'the version of a post to be deleted',
      () => service.send(deletePost, { id: '7', lockVersion: 2 }),
      'lockVersion',
      'Post',
      '7',
    ],
    [
      'the version of a comment',
      () =>
        service.send(updateComment, {
          id: '12',
          input: { body: 'x', lockVersion: 2 },
        }),
      'input.lockVersion',
      'Comment',
      '12',
    ],
    [
      'the version of a comment to be deleted',
      () => service.send(deleteComment, { id: '12', lockVersion: 2 }),
      'lockVersion',
      'Comment',
      '12',
    ],
    [
      'the version of an entry',
      list({
        cast: {
          entries: [{ id: '10' }, { id: '11', body: 'x', lockVersion: 2 }],
        },
      }),
      `${entries}.1.lockVersion`,
      'Comment',
      '11',
    ],
    [
      'the version of an entry that changes nothing',
      list({ cast: { entries: [{ id: '11', lockVersion: 2 }] } }),
      `${entries}.0.lockVersion`,
      'Comment',
      '11',
    ],
    [
      'the version of an entry to be deleted',
      list({ cast: { entries: [{ id: '11', delete: true, lockVersion: 2 }] } }),
      `${entries}.0.lockVersion`,
      'Comment',
      '11',
    ],
    [
      'the version of the author',
      on7({ author: { cast: { entry: { id: '1', lockVersion: 2 } } } }),
      'input.author.cast.entry.lockVersion',
      'Author',
      '1',
    ],
    [
      'the version of the author under UPDATE',
      on7({
        author: {
          cast: { entry: { name: 'x', lockVersion: 2 }, onReplace: 'UPDATE' },
        },
      }),
      'input.author.cast.entry.lockVersion',
      'Author',
      '1',
    ],
    [
      'an entry with a version that is gone',
      list({ cast: { entries: [{ id: '999', body: 'x', lockVersion: 1 }] } }),
      `${entries}.0`,
      'Comment',
      '999',
    ],
    [
      'an entry with a version that is elsewhere',
      list({
        cast: {
          entries: [{ id: '10' }, { id: '20', delete: true, lockVersion: 1 }],
        },
      }),
      `${entries}.1`,
      'Comment',
      '20',
    ],
    [
      'expectedIds with one too few',
      list({ cast: { entries: [{ body: 'x' }], expectedIds: ['10', '11'] } }),
      'input.comments.cast.expectedIds',
      'Post',
      '7',
    ],
    [
      'expectedIds with one too many',
      list({
        put: {
          refs: [],
          onReplace: 'DELETE',
          expectedIds: ['10', '11', '12', '13'],
        },
      }),
      'input.comments.put.expectedIds',
      'Post',
      '7',
    ],
    [
      'expectedIds with another',
      list({ cast: { entries: [], expectedIds: ['10', '11', '20'] } }),
      'input.comments.cast.expectedIds',
      'Post',
      '7',
    ],
    [
      'expectedIds of none',
      list({ cast: { entries: [], expectedIds: [] } }),
      'input.comments.cast.expectedIds',
      'Post',
      '7',
    ],
    [
      'expectedIds where nothing changes',
      list({
        cast: {
          entries: [{ id: '10' }, { id: '11' }, { id: '12' }],
          expectedIds: ['10'],
        },
      }),
      'input.comments.cast.expectedIds',
      'Post',
      '7',
    ],
    [
      'expectedIds beyond the scope',
      list({
        cast: {
          entries: [],
          scope: { id: { gt: '11' } },
          expectedIds: ['11', '12'],
        },
      }),
      'input.comments.cast.expectedIds',
      'Post',
      '7',
    ],
    [
      'expectedIds of a put beyond the scope',
      list({
        put: {
          refs: [{ id: '11' }],
          onReplace: 'DELETE',
          scope: { id: { gt: '11' } },
          expectedIds: ['11', '12'],
        },
      }),
      'input.comments.put.expectedIds',
      'Post',
      '7',
    ],
    [
      'expectedIds of a new post',
      () =>
        service.send(createPost, {
          input: {
            title: 't',
            comments: { cast: { entries: [], expectedIds: ['10'] } },
          },
        }),
      'input.comments.cast.expectedIds',
      'Post',
      null,
    ],
    [
      'a version, before mistakes elsewhere',
      on7({
        title: '',
        authorId: 'x',
        comments: {
          cast: { entries: [{ id: '11', body: '', lockVersion: 2 }] },
        },
      }),
      `${entries}.0.lockVersion`,
      'Comment',
      '11',
    ],
  ])('%s', async (_name, request, path, type, id) => {
    const before = await readTables(database);
    const { data } = await request();
    expect(await readTables(database)).toEqual(before);
    expect(Object.values(data)).toEqual([
      {
        __typename: 'StaleEntry',
        message: `Nothing was written: ${type}${id === null ? '' : ` ${id}`} was changed by someone else.`,
        path: path.split('.'),
        type,
        id,
      },
    ]);
  });
});

test('what is not there at all is NotFound before it is stale', async () => {
  const { data } = await service.send(updatePost, {
    id: '999',
    input: { title: '', lockVersion: 3 },
  });
  expect(data.updatePost).toMatchObject({ __typename: 'NotFound' });
});
