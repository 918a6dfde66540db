import { beforeEach, describe, expect, test } from 'vitest';
import type {
  CreateCommentInput,
  PostAuthorInput,
  UpdateCommentInput,
  UpdatePostInput,
} from '../generated/graphql.ts';
import { writeBlog } from '../support/old-blog.ts';
import { changesetOf, operationsOf } from '../support/changeset.ts';
import { useDatabase, writesOf } from '../support/database.ts';
import { readTables, rowOf } from '../support/rows.ts';
import { useService } from '../support/service.ts';
import { createComment, createPost, updateComment, updatePost } from './documents.ts';

const database = useDatabase();
const service = useService(database);
beforeEach(() => writeBlog(database));

const onPost = async (input: UpdatePostInput): Promise<object> =>
  (await service.send(updatePost, { id: '7', input })).data.updatePost;
const onComment = async (input: UpdateCommentInput): Promise<object> =>
  (await service.send(updateComment, { id: '12', input })).data.updateComment;
const newComment = async (input: Omit<CreateCommentInput, 'body'>): Promise<object> =>
  (await service.send(createComment, { input: { body: 'b', ...input } })).data.createComment;

async function authorOf(post: number): Promise<unknown> {
  return rowOf(await readTables(database), 'posts', post)?.['author_id'];
}
async function postOf(comment: number): Promise<unknown> {
  return rowOf(await readTables(database), 'comments', comment)?.['post_id'];
}

describe('the author of a post', () => {
  test.each<[string, UpdatePostInput, string[], unknown]>([
    ['authorId repoints', { authorId: '2' }, ['UPDATE Post 7 GIVEN input'], 2],
    ['authorId null clears', { authorId: null }, ['UPDATE Post 7 GIVEN input'], null],
    [
      'authorId "" clears, as blank text is null',
      { authorId: '' },
      ['UPDATE Post 7 GIVEN input'],
      null,
    ],
    [
      'put repoints',
      { author: { put: { ref: { id: '2' } } } },
      ['UPDATE Post 7 GIVEN input', 'UNCHANGED Author 2 GIVEN input.author.put.ref'],
      2,
    ],
    ['put of none clears', { author: { put: { ref: null } } }, ['UPDATE Post 7 GIVEN input'], null],
    [
      'cast of none clears',
      { author: { cast: { entry: null } } },
      ['UPDATE Post 7 GIVEN input'],
      null,
    ],
    [
      'cast without id makes a new one, first',
      { author: { cast: { entry: { name: 'Cleo' } } } },
      ['INSERT Author 101 GIVEN input.author.cast.entry', 'UPDATE Post 7 GIVEN input'],
      101,
    ],
    [
      'cast with the id changes the one there',
      { author: { cast: { entry: { id: '1', name: 'Anna' } } } },
      ['UPDATE Author 1 GIVEN input.author.cast.entry'],
      1,
    ],
    [
      'cast with the id and version changes the one there',
      {
        author: {
          cast: {
            entry: { id: '1', name: 'Anna', lockVersion: 1 },
            onReplace: 'MARK_AS_INVALID',
          },
        },
      },
      ['UPDATE Author 1 GIVEN input.author.cast.entry'],
      1,
    ],
    [
      'cast under UPDATE changes the one there',
      {
        author: {
          cast: {
            entry: { name: 'Anna', lockVersion: 1 },
            onReplace: 'UPDATE',
          },
        },
      },
      ['UPDATE Author 1 GIVEN input.author.cast.entry'],
      1,
    ],
    [
      'cast under UPDATE changes the one there, whatever the id',
      {
        author: {
          cast: { entry: { id: '2', name: 'Anna' }, onReplace: 'UPDATE' },
        },
      },
      ['UPDATE Author 1 GIVEN input.author.cast.entry'],
      1,
    ],
  ])('%s', async (_name, input, operations, author) => {
    const before = await readTables(database);
    expect(operationsOf(await onPost(input))).toEqual(operations);
    expect(await authorOf(7)).toBe(author);
    const after = await readTables(database);
    const written = (line: string) => operations.some((text) => text.startsWith(line));
    if (!written('UPDATE Post')) expect(after.posts).toEqual(before.posts);
    if (!written('UPDATE Author')) {
      expect(after.authors.slice(0, 2)).toEqual(before.authors);
    }
    expect(after.comments).toEqual(before.comments);
  });

  test.each<[string, UpdatePostInput]>([
    ['authorId that is there', { authorId: '1' }],
    [
      'put of the one there',
      { author: { put: { ref: { id: '1' }, onReplace: 'MARK_AS_INVALID' } } },
    ],
    [
      'cast of the one there',
      { author: { cast: { entry: { id: '1', name: 'Ann', lockVersion: 1 } } } },
    ],
  ])('%s writes nothing at all', async (_name, input) => {
    const before = await readTables(database);
    const statements = await database.statementsOf(() => onPost(input));
    expect(writesOf(statements)).toEqual([]);
    expect(await readTables(database)).toEqual(before);
  });

  test.each<[string, PostAuthorInput]>([
    ['NILIFY', { cast: { entry: { name: 'Cleo' } } }],
    ['UPDATE', { cast: { entry: { name: 'Cleo' }, onReplace: 'UPDATE' } }],
  ])('is made where there is none, under %s', async (_name, author) => {
    const { data } = await service.send(createPost, {
      input: { title: 't', author },
    });
    expect(operationsOf(data.createPost)).toEqual([
      'INSERT Author 101 GIVEN input.author.cast.entry',
      'INSERT Post 101 GIVEN input',
    ]);
    expect(changesetOf(data.createPost).operations[1]?.changes).toEqual([
      { field: 'title', from: null, to: 't' },
      { field: 'authorId', from: null, to: '101' },
    ]);
    expect(await authorOf(101)).toBe(101);
  });

  test.each<[string, Pick<UpdatePostInput, 'authorId' | 'author'>]>([
    ['authorId', { authorId: '2' }],
    ['put', { author: { put: { ref: { id: '2' } } } }],
  ])('of a new post is set by %s', async (_name, author) => {
    await service.send(createPost, { input: { title: 't', ...author } });
    expect(await authorOf(101)).toBe(2);
  });
});

describe('the post of a comment', () => {
  test.each<[string, UpdateCommentInput, string[], number]>([
    ['postId moves it', { postId: '8' }, ['UPDATE Comment 12 GIVEN input'], 8],
    [
      'put moves it',
      { post: { put: { ref: { id: '8' } } } },
      ['UPDATE Comment 12 GIVEN input', 'UNCHANGED Post 8 GIVEN input.post.put.ref'],
      8,
    ],
    [
      'cast without id makes a new post, first',
      { body: 'x', post: { cast: { entry: { title: 'New' } } } },
      ['INSERT Post 101 GIVEN input.post.cast.entry', 'UPDATE Comment 12 GIVEN input'],
      101,
    ],
    [
      'cast with the id changes the post there',
      { post: { cast: { entry: { id: '7', body: null } } } },
      ['UPDATE Post 7 GIVEN input.post.cast.entry'],
      7,
    ],
    [
      'cast under UPDATE changes the post there',
      { post: { cast: { entry: { title: 'Other' }, onReplace: 'UPDATE' } } },
      ['UPDATE Post 7 GIVEN input.post.cast.entry'],
      7,
    ],
  ])('%s', async (_name, input, operations, post) => {
    const before = await readTables(database);
    expect(operationsOf(await onComment(input))).toEqual(operations);
    expect(await postOf(12)).toBe(post);
    const after = await readTables(database);
    const others = (read: typeof before) => read.comments.filter(({ id }) => id !== 12);
    expect(others(after)).toEqual(others(before));
  });

  test.each<[string, Omit<CreateCommentInput, 'body'>, string[], number]>([
    ['postId', { postId: '8' }, ['INSERT Comment 101 GIVEN input'], 8],
    [
      'put',
      { post: { put: { ref: { id: '8' } } } },
      ['INSERT Comment 101 GIVEN input', 'UNCHANGED Post 8 GIVEN input.post.put.ref'],
      8,
    ],
    [
      'cast',
      { post: { cast: { entry: { title: 'New' } } } },
      ['INSERT Post 101 GIVEN input.post.cast.entry', 'INSERT Comment 101 GIVEN input'],
      101,
    ],
  ])('is set by %s where the comment is new', async (_name, input, operations, post) => {
    expect(operationsOf(await newComment(input))).toEqual(operations);
    expect(await postOf(101)).toBe(post);
  });
});
