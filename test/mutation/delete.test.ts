import { beforeEach, expect, test } from 'vitest';
import { writeBlog } from '../support/old-blog.ts';
import { useDatabase } from '../support/database.ts';
import { readTables } from '../support/rows.ts';
import { useService } from '../support/service.ts';
import { deleteComment, deletePost } from './documents.ts';

const database = useDatabase();
const service = useService(database);
beforeEach(() => writeBlog(database));

test('deletePost takes comments, links to tags and the permalink along, and reports them', async () => {
  const before = await readTables(database);
  const { data } = await service.send(deletePost, { id: '7', lockVersion: 1 });
  const deleted = (id: string, body: string) => ({
    action: 'DELETE',
    type: 'Comment',
    id,
    path: ['comments'],
    reason: 'CASCADED',
    changes: [
      { field: 'body', from: body, to: null },
      { field: 'postId', from: '7', to: null },
    ],
  });
  const unlinked = (id: string) => ({
    action: 'UNLINK',
    type: 'Tag',
    id,
    path: ['tags'],
    reason: 'CASCADED',
    changes: [],
  });
  expect(data.deletePost).toEqual({
    __typename: 'DeletePostSuccess',
    post: {
      id: '7',
      title: 'A story...',
      body: 'Once upon a time...',
      lockVersion: 1,
      author: { id: '1', name: 'Ann' },
      comments: [],
    },
    changeset: {
      operations: expect.toSatisfy((operations: object[]) => {
        expect(operations).toHaveLength(7);
        expect(operations).toEqual(
          expect.arrayContaining([
            deleted('10', 'Great story!'),
            deleted('11', 'What happened next?'),
            deleted('12', 'Thanks for the article'),
            unlinked('1'),
            unlinked('2'),
            {
              action: 'DELETE',
              type: 'Permalink',
              id: '5',
              path: ['permalink'],
              reason: 'CASCADED',
              changes: [
                { field: 'url', from: '/a-story', to: null },
                { field: 'postId', from: '7', to: null },
              ],
            },
          ]),
        );
        expect(operations.at(-1)).toEqual({
          action: 'DELETE',
          type: 'Post',
          id: '7',
          path: [],
          reason: 'GIVEN',
          changes: [
            { field: 'title', from: 'A story...', to: null },
            { field: 'body', from: 'Once upon a time...', to: null },
            { field: 'authorId', from: '1', to: null },
          ],
        });
        return true;
      }),
      counts: {
        inserted: 0,
        updated: 0,
        deleted: 5,
        linked: 0,
        unlinked: 2,
        unchanged: 0,
      },
    },
  });
  expect(await readTables(database)).toEqual({
    ...before,
    posts: before.posts.filter(({ id }) => id === 8),
    comments: before.comments.filter(({ post_id }) => post_id === 8),
    posts_tags: [],
    permalinks: [],
  });
});

test('deletePost of a post that nothing belongs to is one DELETE', async () => {
  await database.sql('UPDATE comments SET post_id = 7');
  const { data } = await service.send(deletePost, { id: '8' });
  expect(data.deletePost).toMatchObject({
    changeset: { operations: [{ action: 'DELETE', type: 'Post', id: '8' }] },
  });
});

test('a dry run of deletePost tells the same and keeps everything', async () => {
  const before = await readTables(database);
  const dry = await service.send(deletePost, {
    id: '7',
    options: { dryRun: true },
  });
  expect(await readTables(database)).toEqual(before);
  const real = await service.send(deletePost, { id: '7' });
  expect(dry.data.deletePost).toEqual({
    __typename: 'DryRun',
    changeset: 'changeset' in real.data.deletePost && real.data.deletePost.changeset,
  });
});

test('deleteComment deletes the comment alone, and answers with its last values', async () => {
  const before = await readTables(database);
  const { data } = await service.send(deleteComment, { id: '11' });
  expect(data.deleteComment).toMatchObject({
    __typename: 'DeleteCommentSuccess',
    comment: {
      id: '11',
      body: 'What happened next?',
      post: { id: '7', title: 'A story...' },
    },
    changeset: {
      operations: [{ action: 'DELETE', path: [], reason: 'GIVEN' }],
    },
  });
  expect(await readTables(database)).toEqual({
    ...before,
    comments: before.comments.filter(({ id }) => id !== 11),
  });
});
