import { beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../support/service.ts';
import { writeBlog } from '../support/old-blog.ts';
import { useDatabase } from '../support/database.ts';
import { readTables } from '../support/rows.ts';
import { useService } from '../support/service.ts';
import {
  buildPostComment,
  createComment,
  createPost,
  deleteComment,
  deletePost,
  updateComment,
  updatePost,
} from './documents.ts';

const database = useDatabase('once');
const service = useService(database);
beforeAll(() => writeBlog(database));

type Variables<Document> = Document extends {
  toString(): string;
  __apiType?: (variables: infer V) => unknown;
}
  ? V
  : never;
type PostInput = Variables<typeof updatePost>['input'];
type CommentInput = Variables<typeof updateComment>['input'];
type Request = () => Promise<Answer<object>>;

const onPost =
  (input: PostInput): Request =>
  () =>
    service.send(updatePost, { id: '7', input });
const newPost =
  (input: Variables<typeof createPost>['input']): Request =>
  () =>
    service.send(createPost, { input });
const onComment =
  (input: CommentInput): Request =>
  () =>
    service.send(updateComment, { id: '12', input });
const newComment =
  (input: Variables<typeof createComment>['input']): Request =>
  () =>
    service.send(createComment, { input });
const built =
  (body: string): Request =>
  () =>
    service.send(buildPostComment, { postId: '7', input: { body } });
const dry =
  (input: CommentInput): Request =>
  () =>
    service.send(updateComment, {
      id: '12',
      input,
      options: { dryRun: true },
    });

type CastEntries = NonNullable<NonNullable<NonNullable<PostInput['comments']>['cast']>['entries']>;
const castOn7 = (...entries: CastEntries[number][]): Request =>
  onPost({ comments: { cast: { entries } } });
const putOn7 = (...ids: string[]): Request =>
  onPost({ comments: { put: { refs: ids.map((id) => ({ id })) } } });

/** Sends a request that must change nothing, and gives its one result. */
async function refused(request: Request): Promise<object> {
  const before = await readTables(database);
  const { status, data, errors } = await request();
  expect({ status, errors }).toEqual({ status: 200, errors: undefined });
  expect(await readTables(database)).toEqual(before);
  const [result]: unknown[] = Object.values(data);
  if (typeof result !== 'object' || result === null) {
    throw new Error('there is no result');
  }
  return result;
}

type Issue = readonly [code: string, path: string, message?: string];

const texts: Readonly<Record<string, string>> = {
  REQUIRED: "can't be blank",
  INVALID: 'is invalid',
  UNKNOWN_REF: 'does not exist',
  FOREIGN_KEY: 'does not exist',
  NOT_IN_ASSOCIATION: 'is not in this association',
  DUPLICATE_ENTRY: 'is listed more than once',
};

type Told = { code: string; path: string[]; message: string };

/** The InvalidChangeset of these issues, in any order. */
function invalid(...issues: Issue[]): object {
  const wanted = issues.map(([code, path, message = texts[code]]) => `${code} ${path}: ${message}`);
  return {
    __typename: 'InvalidChangeset',
    message: expect.stringMatching(/^Nothing was written: /),
    issues: expect.toSatisfy((told: Told[]) => {
      const got = told.map(({ code, path, message }) => `${code} ${path.join('.')}: ${message}`);
      expect(got.toSorted()).toEqual(wanted.toSorted());
      return true;
    }),
  };
}

const long = (length: number) => 'x'.repeat(length);
const tooLong = (count: number) => `should be at most ${count} character(s)`;
const tooLarge = '9223372036854775808';

describe('an id that no row has is NotFound', () => {
  test.each<[string, Request, string, string]>([
    ['updatePost', () => service.send(updatePost, { id: '999', input: {} }), 'Post', '999'],
    [
      'updatePost, with wrong input',
      () => service.send(updatePost, { id: '999', input: { title: '' } }),
      'Post',
      '999',
    ],
    [
      'updatePost, by no number',
      () => service.send(updatePost, { id: 'seven', input: {} }),
      'Post',
      'seven',
    ],
    [
      'updatePost, by a number too large',
      () => service.send(updatePost, { id: tooLarge, input: {} }),
      'Post',
      tooLarge,
    ],
    ['deletePost', () => service.send(deletePost, { id: '999', lockVersion: 5 }), 'Post', '999'],
    [
      'buildPostComment',
      () => service.send(buildPostComment, { postId: '999', input: { body: '' } }),
      'Post',
      '999',
    ],
    [
      'updateComment',
      () => service.send(updateComment, { id: '999', input: {} }),
      'Comment',
      '999',
    ],
    ['deleteComment', () => service.send(deleteComment, { id: '' }), 'Comment', ''],
  ])('%s', async (_name, request, type, missing) => {
    expect(await refused(request)).toEqual({
      __typename: 'NotFound',
      message: `There is no ${type} ${missing}.`,
      type,
      missing,
    });
  });
});

describe('text that a column does not take is refused', () => {
  test.each<[string, Request, ...Issue[]]>([
    ['title ""', onPost({ title: '' }), ['REQUIRED', 'input.title']],
    ['title blank', onPost({ title: ' \t\n\u00a0' }), ['REQUIRED', 'input.title']],
    ['title null', onPost({ title: null }), ['REQUIRED', 'input.title']],
    ['title of 256', onPost({ title: long(256) }), ['LENGTH', 'input.title', tooLong(255)]],
    [
      'title of 256 emoji',
      onPost({ title: '👩‍👩‍👧‍👦'.repeat(256) }),
      ['LENGTH', 'input.title', tooLong(255)],
    ],
    ['title "" of a new post', newPost({ title: '' }), ['REQUIRED', 'input.title']],
    [
      'title of 256 of a new post',
      newPost({ title: long(256) }),
      ['LENGTH', 'input.title', tooLong(255)],
    ],
    ['title with NUL', onPost({ title: 'a\u0000b' }), ['INVALID', 'input.title']],
    ['title with half a surrogate pair', onPost({ title: 'a\ud83d' }), ['INVALID', 'input.title']],
    ['body of a post with NUL', onPost({ body: '\u0000' }), ['INVALID', 'input.body']],
    ['comment body ""', onComment({ body: '' }), ['REQUIRED', 'input.body']],
    ['comment body null', onComment({ body: null }), ['REQUIRED', 'input.body']],
    [
      'comment body of 10,001',
      onComment({ body: long(10_001) }),
      ['LENGTH', 'input.body', tooLong(10_000)],
    ],
    ['comment body with NUL', onComment({ body: 'a\u0000' }), ['INVALID', 'input.body']],
    ['body "" of a new comment', newComment({ body: '', postId: '7' }), ['REQUIRED', 'input.body']],
    ['body " " of a built comment', built(' '), ['REQUIRED', 'input.body']],
    [
      'body of a built comment of 10,001',
      built(long(10_001)),
      ['LENGTH', 'input.body', tooLong(10_000)],
    ],
    [
      'body "" built through a post',
      onPost({ comments: { build: [{ body: 'ok' }, { body: '' }] } }),
      ['REQUIRED', 'input.comments.build.1.body'],
    ],
    [
      'body "" in a cast',
      castOn7({ id: '11', body: '' }),
      ['REQUIRED', 'input.comments.cast.entries.0.body'],
    ],
    [
      'body null in a cast',
      castOn7({ id: '11', body: null }),
      ['REQUIRED', 'input.comments.cast.entries.0.body'],
    ],
    [
      'body absent in a new entry',
      castOn7({ id: '11' }, {}),
      ['REQUIRED', 'input.comments.cast.entries.1.body'],
    ],
    [
      'body of 10,001 in a cast',
      castOn7({ body: long(10_001) }),
      ['LENGTH', 'input.comments.cast.entries.0.body', tooLong(10_000)],
    ],
    [
      'name "" of a new author',
      onPost({ author: { cast: { entry: { name: '' } } } }),
      ['REQUIRED', 'input.author.cast.entry.name'],
    ],
    [
      'name of 256 of the author there',
      onPost({ author: { cast: { entry: { id: '1', name: long(256) } } } }),
      ['LENGTH', 'input.author.cast.entry.name', tooLong(255)],
    ],
    [
      'title "" of the post there',
      onComment({ post: { cast: { entry: { id: '7', title: '' } } } }),
      ['REQUIRED', 'input.post.cast.entry.title'],
    ],
  ])('%s', async (_name, request, ...issues) => {
    expect(await refused(request)).toEqual(invalid(...issues));
  });
});

describe('a foreign key that leads nowhere is refused', () => {
  test.each<[string, Request, ...Issue[]]>([
    ['postId "seven"', onComment({ postId: 'seven' }), ['INVALID', 'input.postId']],
    ['postId "1.5"', onComment({ postId: '1.5' }), ['INVALID', 'input.postId']],
    ['postId too large', onComment({ postId: tooLarge }), ['INVALID', 'input.postId']],
    ['postId null', onComment({ postId: null }), ['REQUIRED', 'input.postId']],
    ['postId ""', onComment({ postId: '' }), ['REQUIRED', 'input.postId']],
    ['postId of no post', onComment({ postId: '999' }), ['FOREIGN_KEY', 'input.postId']],
    ['postId of no post, on a dry run', dry({ postId: '999' }), ['FOREIGN_KEY', 'input.postId']],
    [
      'postId "seven" of a new comment',
      newComment({ body: 'b', postId: 'seven' }),
      ['INVALID', 'input.postId'],
    ],
    [
      'postId null of a new comment',
      newComment({ body: 'b', postId: null }),
      ['REQUIRED', 'input.postId'],
    ],
    [
      'postId of no post of a new comment',
      newComment({ body: 'b', postId: '999' }),
      ['FOREIGN_KEY', 'input.postId'],
    ],
    ['neither postId nor post', newComment({ body: 'b' }), ['REQUIRED', 'input.postId']],
    ['authorId "x"', onPost({ authorId: 'x' }), ['INVALID', 'input.authorId']],
    ['authorId of no author', onPost({ authorId: '999' }), ['FOREIGN_KEY', 'input.authorId']],
    [
      'authorId of no author of a new post with comments',
      newPost({
        title: 't',
        authorId: '999',
        comments: { build: [{ body: 'b' }] },
      }),
      ['FOREIGN_KEY', 'input.authorId'],
    ],
  ])('%s', async (_name, request, ...issues) => {
    expect(await refused(request)).toEqual(invalid(...issues));
  });
});

describe('an entry that names no comment of the post is refused', () => {
  const at = 'input.comments.cast.entries';
  test.each<[string, Request, ...Issue[]]>([
    ['the comment of another post', castOn7({ id: '20' }), ['NOT_IN_ASSOCIATION', `${at}.0.id`]],
    [
      'the comment of another post, to be changed',
      castOn7({ id: '20', body: 'mine now' }),
      ['NOT_IN_ASSOCIATION', `${at}.0.id`],
    ],
    [
      'the comment of another post, to be deleted',
      castOn7({ id: '20', delete: true }),
      ['NOT_IN_ASSOCIATION', `${at}.0.id`],
    ],
    [
      'no comment',
      castOn7({ id: '11' }, { id: '999', body: 'x' }),
      ['NOT_IN_ASSOCIATION', `${at}.1.id`],
    ],
    ['no number', castOn7({ id: 'eleven', body: 'x' }), ['INVALID', `${at}.0.id`]],
    ['blank', castOn7({ id: '', body: 'x' }), ['INVALID', `${at}.0.id`]],
    ['a number too large', castOn7({ id: tooLarge }), ['INVALID', `${at}.0.id`]],
    [
      'the same comment twice',
      castOn7({ id: '11' }, { id: '12' }, { id: '11', body: 'x' }),
      ['DUPLICATE_ENTRY', `${at}.2.id`],
    ],
    [
      'the same comment twice, written otherwise',
      castOn7({ id: '11' }, { id: '011' }),
      ['DUPLICATE_ENTRY', `${at}.1.id`],
    ],
    [
      'a comment outside the scope',
      onPost({
        comments: {
          cast: {
            entries: [{ id: '10', body: 'x' }],
            scope: { id: { gt: '10' } },
          },
        },
      }),
      ['NOT_IN_ASSOCIATION', `${at}.0.id`],
    ],
    [
      'any comment, of a new post',
      newPost({ title: 't', comments: { cast: { entries: [{ id: '10' }] } } }),
      ['NOT_IN_ASSOCIATION', `${at}.0.id`],
    ],
    ['delete without id', castOn7({ delete: true }), ['REQUIRED', `${at}.0.id`]],
    ['delete with id null', castOn7({ id: null, delete: true }), ['REQUIRED', `${at}.0.id`]],
    ['lockVersion without id', castOn7({ body: 'x', lockVersion: 1 }), ['REQUIRED', `${at}.0.id`]],
    [
      'delete and lockVersion without id',
      castOn7({ delete: true, lockVersion: 1 }),
      ['REQUIRED', `${at}.0.id`],
    ],
    [
      'delete beside a field',
      castOn7({ id: '11', body: 'x', delete: true }),
      ['CONFLICTING_INPUT', `${at}.0.delete`, 'cannot stand beside other fields'],
    ],
    [
      'delete beside a null',
      castOn7({ id: '11', body: null, delete: true }),
      ['CONFLICTING_INPUT', `${at}.0.delete`, 'cannot stand beside other fields'],
    ],
    [
      'expectedIds with no number',
      onPost({ comments: { cast: { entries: [], expectedIds: ['10', 'x'] } } }),
      ['INVALID', 'input.comments.cast.expectedIds.1'],
    ],
  ])('%s', async (_name, request, ...issues) => {
    expect(await refused(request)).toEqual(invalid(...issues));
  });
});

describe('a list that would lose comments against its onReplace is refused, naming them', () => {
  test.each<[string, Request, string[]]>([
    ['put', putOn7('11'), ['12', '10']],
    ['put of none', putOn7(), ['12', '11', '10']],
    ["put of another post's comment", putOn7('20'), ['12', '11', '10']],
    [
      'cast',
      onPost({
        comments: {
          cast: {
            entries: [{ id: '10' }, { body: 'new' }],
            onReplace: 'MARK_AS_INVALID',
          },
        },
      }),
      ['12', '11'],
    ],
  ])('%s', async (_name, request, ids) => {
    const text = (names: unknown) =>
      [...(names as string[])].sort().join() === [...ids].sort().join();
    expect(await refused(request)).toMatchObject({
      issues: [
        {
          code: 'REPLACE_NOT_ALLOWED',
          path: ['input', 'comments'],
          message: expect.stringMatching(/^would lose \d+(, \d+)*: /),
          template: expect.stringContaining('%{ids}'),
          params: { ids: expect.toSatisfy(text) },
        },
      ],
    });
  });
});

describe('a reference that names no record is refused', () => {
  test.each<[string, Request, ...Issue[]]>([
    ['no comment', putOn7('10', '11', '12', '999'), ['UNKNOWN_REF', 'input.comments.put.refs.3']],
    ['no number', putOn7('10', '11', '12', 'x'), ['INVALID', 'input.comments.put.refs.3']],
    [
      'a number too large',
      putOn7('10', '11', '12', tooLarge),
      ['INVALID', 'input.comments.put.refs.3'],
    ],
    [
      'the same comment twice',
      putOn7('10', '11', '12', '10'),
      ['DUPLICATE_ENTRY', 'input.comments.put.refs.3'],
    ],
    [
      'no author',
      onPost({ author: { put: { ref: { id: '999' } } } }),
      ['UNKNOWN_REF', 'input.author.put.ref'],
    ],
    ['ref absent', onPost({ author: { put: {} } }), ['REQUIRED', 'input.author.put.ref']],
    ['entry absent', onPost({ author: { cast: {} } }), ['REQUIRED', 'input.author.cast.entry']],
    [
      "another author's id in a cast",
      onPost({ author: { cast: { entry: { id: '2' } } } }),
      ['NOT_IN_ASSOCIATION', 'input.author.cast.entry.id'],
    ],
    [
      'no author in a cast',
      onPost({ author: { cast: { entry: { id: 'x' } } } }),
      ['INVALID', 'input.author.cast.entry.id'],
    ],
    [
      'no post',
      onComment({ post: { put: { ref: { id: '999' } } } }),
      ['UNKNOWN_REF', 'input.post.put.ref'],
    ],
    [
      'no post, of a new comment',
      newComment({ body: 'b', post: { put: { ref: { id: '999' } } } }),
      ['UNKNOWN_REF', 'input.post.put.ref'],
    ],
    [
      'ref absent, of a new comment',
      newComment({ body: 'b', post: { put: {} } }),
      ['REQUIRED', 'input.post.put.ref'],
    ],
    [
      'ref null, of a new comment',
      newComment({ body: 'b', post: { put: { ref: null } } }),
      ['REQUIRED', 'input.post'],
    ],
    [
      'ref null, of a comment',
      onComment({ post: { put: { ref: null } } }),
      ['REQUIRED', 'input.post'],
    ],
    [
      'entry null, of a comment',
      onComment({ post: { cast: { entry: null } } }),
      ['REQUIRED', 'input.post'],
    ],
    [
      'entry absent, of a new comment',
      newComment({ body: 'b', post: { cast: {} } }),
      ['REQUIRED', 'input.post.cast.entry'],
    ],
    [
      "entry with another post's id",
      onComment({ post: { cast: { entry: { id: '8' } } } }),
      ['NOT_IN_ASSOCIATION', 'input.post.cast.entry.id'],
    ],
    [
      'entry with any id, of a new comment',
      newComment({ body: 'b', post: { cast: { entry: { id: '7' } } } }),
      ['NOT_IN_ASSOCIATION', 'input.post.cast.entry.id'],
    ],
    [
      'lockVersion without id, of a new author',
      onPost({ author: { cast: { entry: { name: 'n', lockVersion: 1 } } } }),
      ['REQUIRED', 'input.author.cast.entry.id'],
    ],
  ])('%s', async (_name, request, ...issues) => {
    expect(await refused(request)).toEqual(invalid(...issues));
  });
});

test.each<[string, Request, string]>([
  [
    'put',
    onPost({
      author: { put: { ref: { id: '2' }, onReplace: 'MARK_AS_INVALID' } },
    }),
    '1',
  ],
  ['put of none', onPost({ author: { put: { ref: null, onReplace: 'MARK_AS_INVALID' } } }), '1'],
  [
    'cast of a new one',
    onPost({
      author: { cast: { entry: { name: 'n' }, onReplace: 'MARK_AS_INVALID' } },
    }),
    '1',
  ],
  [
    'cast of none',
    onPost({ author: { cast: { entry: null, onReplace: 'MARK_AS_INVALID' } } }),
    '1',
  ],
])('%s over an author who must not be replaced is refused', async (_name, request, id) => {
  expect(await refused(request)).toMatchObject({
    issues: [
      {
        code: 'REPLACE_NOT_ALLOWED',
        path: ['input', 'author'],
        params: { ids: [id] },
      },
    ],
  });
});

describe('a foreign key beside its association is refused, whatever the values', () => {
  const beside = 'is given beside the association';
  test.each<[string, Request, ...Issue[]]>([
    [
      'authorId and author',
      onPost({ authorId: '2', author: { put: { ref: { id: '2' } } } }),
      ['CONFLICTING_INPUT', 'input.authorId', beside],
    ],
    [
      'authorId null and author',
      onPost({ authorId: null, author: { put: { ref: null } } }),
      ['CONFLICTING_INPUT', 'input.authorId', beside],
    ],
    [
      'authorId that is no id and author',
      onPost({ authorId: 'x', author: { put: { ref: { id: '2' } } } }),
      ['CONFLICTING_INPUT', 'input.authorId', beside],
    ],
    [
      'authorId and author null',
      onPost({ authorId: '2', author: null }),
      ['CONFLICTING_INPUT', 'input.authorId', beside],
      ['INVALID', 'input.author'],
    ],
    [
      'of a new post',
      newPost({
        title: 't',
        authorId: '1',
        author: { cast: { entry: { name: 'n' } } },
      }),
      ['CONFLICTING_INPUT', 'input.authorId', beside],
    ],
    [
      'postId and post',
      onComment({ postId: '8', post: { put: { ref: { id: '8' } } } }),
      ['CONFLICTING_INPUT', 'input.postId', beside],
    ],
    [
      'of a new comment',
      newComment({
        body: 'b',
        postId: '7',
        post: { put: { ref: { id: '7' } } },
      }),
      ['CONFLICTING_INPUT', 'input.postId', beside],
    ],
    [
      'of a new comment, postId null',
      newComment({
        body: 'b',
        postId: null,
        post: { put: { ref: { id: '7' } } },
      }),
      ['CONFLICTING_INPUT', 'input.postId', beside],
    ],
  ])('%s', async (_name, request, ...issues) => {
    expect(await refused(request)).toEqual(invalid(...issues));
  });
});

describe('null for an association is refused', () => {
  test.each<[string, Request, ...Issue[]]>([
    ['comments', onPost({ comments: null }), ['INVALID', 'input.comments']],
    ['author', onPost({ author: null }), ['INVALID', 'input.author']],
    [
      'comments of a new post',
      newPost({ title: 't', comments: null }),
      ['INVALID', 'input.comments'],
    ],
    ['post', onComment({ post: null }), ['INVALID', 'input.post']],
    ['post of a new comment', newComment({ body: 'b', post: null }), ['INVALID', 'input.post']],
  ])('%s', async (_name, request, ...issues) => {
    expect(await refused(request)).toEqual(invalid(...issues));
  });
});

test('every mistake of a request is reported at once', async () => {
  const request = onPost({
    title: '',
    body: 'a\u0000b',
    authorId: 'x',
    author: { put: { ref: { id: '999' } } },
    comments: {
      cast: {
        onReplace: 'MARK_AS_INVALID',
        expectedIds: ['x'],
        entries: [
          { id: '11', body: ' ' },
          { id: '11' },
          { id: '20' },
          { id: 'x', body: long(10_001) },
          { body: null },
          { delete: true },
          { id: '12', body: 'x', delete: true },
        ],
      },
    },
  });
  const at = 'input.comments.cast';
  expect(await refused(request)).toEqual(
    invalid(
      ['REQUIRED', 'input.title'],
      ['INVALID', 'input.body'],
      ['CONFLICTING_INPUT', 'input.authorId', 'is given beside the association'],
      ['UNKNOWN_REF', 'input.author.put.ref'],
      [
        'REPLACE_NOT_ALLOWED',
        'input.comments',
        'would lose 10: list them, or choose another onReplace',
      ],
      ['INVALID', `${at}.expectedIds.0`],
      ['REQUIRED', `${at}.entries.0.body`],
      ['DUPLICATE_ENTRY', `${at}.entries.1.id`],
      ['NOT_IN_ASSOCIATION', `${at}.entries.2.id`],
      ['INVALID', `${at}.entries.3.id`],
      ['LENGTH', `${at}.entries.3.body`, tooLong(10_000)],
      ['REQUIRED', `${at}.entries.4.body`],
      ['REQUIRED', `${at}.entries.5.id`],
      ['CONFLICTING_INPUT', `${at}.entries.6.delete`, 'cannot stand beside other fields'],
    ),
  );
});

test('an issue tells its message, its template and what the template takes', async () => {
  expect(await refused(onPost({ title: long(256) }))).toEqual({
    __typename: 'InvalidChangeset',
    message: 'Nothing was written: there is 1 issue.',
    issues: [
      {
        code: 'LENGTH',
        message: 'should be at most 255 character(s)',
        template: 'should be at most %{count} character(s)',
        params: {
          count: 255,
          kind: 'max',
          type: 'string',
          validation: 'length',
        },
        path: ['input', 'title'],
      },
    ],
  });
});
