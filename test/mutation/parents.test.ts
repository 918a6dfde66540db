import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { issuesOf, operationsOf, type Variables } from '../support/write.ts';

const blog = useBlog();

const updatePost = (input: Variables, id = '1') => blog.write('updatePost', { id, input });
const createComment = (input: Variables) =>
  blog.write('createComment', { input: { body: 'new', ...input } });
const updateComment = (input: Variables) => blog.write('updateComment', { id: '11', input });

describe('a foreign key', () => {
  test('is a field like any other: nothing is preloaded', async () => {
    const outcome = await updatePost({ authorId: '2' });
    expect(operationsOf(outcome)).toEqual(['UPDATE Post 1 input GIVEN authorId: "1" -> "2"']);
  });

  test.each([
    ['999', 'FOREIGN_KEY'],
    ['seven', 'INVALID'],
    ['1.5', 'INVALID'],
    ['9223372036854775808', 'INVALID'],
  ])('%j is %s', async (key, code) => {
    expect(issuesOf(await updatePost({ authorId: key }))).toEqual([`${code} input.authorId`]);
    expect(issuesOf(await updateComment({ postId: key }))).toEqual([`${code} input.postId`]);
    expect(issuesOf(await createComment({ postId: key }))).toEqual([`${code} input.postId`]);
    const comments = { build: [{ body: 'b' }] };
    const created = { input: { title: 'New', authorId: key, comments } };
    expect(issuesOf(await blog.write('createPost', created))).toEqual([`${code} input.authorId`]);
    expect(await blog.changes()).toEqual([]);
  });

  test.each([null, ''])('%j clears it where it may be null, else it is REQUIRED', async (key) => {
    expect(operationsOf(await updatePost({ authorId: key }))).toEqual([
      'UPDATE Post 1 input GIVEN authorId: "1" -> null',
    ]);
    expect(issuesOf(await updateComment({ postId: key }))).toEqual(['REQUIRED input.postId']);
    expect(issuesOf(await createComment({ postId: key }))).toEqual(['REQUIRED input.postId']);
  });

  test.each([
    [{ authorId: '1', author: { put: { ref: { id: '1' } } } }],
    [{ authorId: null, author: { put: { ref: null } } }],
    [{ authorId: null, author: { cast: { entry: { name: 'x' } } } }],
    [{ authorId: 'x', author: { put: { ref: { id: '2' } } } }],
  ])('beside its association is CONFLICTING_INPUT: %j', async (input) => {
    expect(issuesOf(await updatePost(input))).toEqual(['CONFLICTING_INPUT input.authorId']);
    const created = { input: { title: 'New', ...input } };
    expect(issuesOf(await blog.write('createPost', created))).toEqual([
      'CONFLICTING_INPUT input.authorId',
    ]);
  });

  test('beside null for its association is wrong twice', async () => {
    expect(issuesOf(await updatePost({ authorId: '2', author: null }))).toEqual([
      'CONFLICTING_INPUT input.authorId',
      'INVALID input.author',
    ]);
  });

  test('beside its association is CONFLICTING_INPUT for a comment too', async () => {
    const input = { postId: '2', post: { put: { ref: { id: '2' } } } };
    expect(issuesOf(await updateComment(input))).toEqual(['CONFLICTING_INPUT input.postId']);
    expect(issuesOf(await createComment(input))).toEqual(['CONFLICTING_INPUT input.postId']);
  });
});

describe('the author of a post', () => {
  test('that is put keeps all its fields', async () => {
    await updatePost({ author: { put: { ref: { id: '2' } } } });
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '+ post 1 One, body first, author 2, v2',
    ]);
  });

  test('that is cast with its own id changes, and the post is not written', async () => {
    const outcome = await updatePost({
      author: { cast: { entry: { id: '1', name: 'Anna', lockVersion: 1 } } },
    });
    expect(operationsOf(outcome)).toEqual([
      'UPDATE Author 1 input.author.cast.entry GIVEN name: "Ann" -> "Anna"',
    ]);
  });

  test('that is already there is no change', async () => {
    const outcome = await updatePost({ author: { put: { ref: { id: '1' } } } });
    expect(operationsOf(outcome)).toEqual(['UNCHANGED Author 1 input.author.put.ref GIVEN']);
    expect(await blog.changes()).toEqual([]);
  });

  test('is made where there was none, whatever onReplace', async () => {
    for (const onReplace of ['MARK_AS_INVALID', 'NILIFY', 'UPDATE']) {
      const author = { cast: { entry: { name: 'New' }, onReplace } };
      const outcome = await updatePost({ author }, '4');
      expect(outcome.changeset?.counts).toMatchObject({
        inserted: 1,
        updated: 1,
      });
      await blog.database.sql('UPDATE posts SET author_id = NULL WHERE id = 4');
    }
  });

  test('of a new post is made with it, before it', async () => {
    const outcome = await blog.write('createPost', {
      input: { title: 'New', author: { cast: { entry: { name: 'Dan' } } } },
    });
    expect(operationsOf(outcome)).toEqual([
      'INSERT Author 101 input.author.cast.entry GIVEN name: null -> "Dan"',
      'INSERT Post 201 input GIVEN title: null -> "New", authorId: null -> "101"',
    ]);
  });
});

describe('the post of a comment', () => {
  test('is REQUIRED at postId where neither is given', async () => {
    expect(issuesOf(await createComment({}))).toEqual(['REQUIRED input.postId']);
  });

  test('is REQUIRED at what is absent from its tool', async () => {
    expect(issuesOf(await createComment({ post: { put: {} } }))).toEqual([
      'REQUIRED input.post.put.ref',
    ]);
    expect(issuesOf(await createComment({ post: { cast: {} } }))).toEqual([
      'REQUIRED input.post.cast.entry',
    ]);
  });

  test('is REQUIRED at post where null is given', async () => {
    const none = { post: { put: { ref: null } } };
    expect(issuesOf(await createComment(none))).toEqual(['REQUIRED input.post']);
    expect(issuesOf(await updateComment(none))).toEqual(['REQUIRED input.post']);
    const noEntry = { post: { cast: { entry: null } } };
    expect(issuesOf(await createComment(noEntry))).toEqual(['REQUIRED input.post']);
    expect(issuesOf(await updateComment(noEntry))).toEqual(['REQUIRED input.post']);
  });

  test('is cast by its key, put, or made', async () => {
    await createComment({ postId: '2' });
    await createComment({ post: { put: { ref: { id: '3' } } } });
    await createComment({ post: { cast: { entry: { title: 'New' } } } });
    expect(await blog.changes()).toEqual([
      '+ post 201 New, body null, author null, v1',
      '+ comment 301 new, post 2, v1',
      '+ comment 302 new, post 3, v1',
      '+ comment 303 new, post 201, v1',
    ]);
  });

  test('that it leaves stays', async () => {
    await updateComment({ post: { cast: { entry: { title: 'New' } } } });
    expect(await blog.changes()).toEqual([
      '- comment 11 great, post 1, v1',
      '+ post 201 New, body null, author null, v1',
      '+ comment 11 great, post 201, v2',
    ]);
  });

  test('changes under UPDATE, and under its own id', async () => {
    const cast = (entry: Variables, onReplace: string) =>
      updateComment({ post: { cast: { entry, onReplace } } });
    await cast({ title: 'a' }, 'UPDATE');
    await cast({ id: '1', title: 'b' }, 'NILIFY');
    await cast({ id: '1', body: null }, 'MARK_AS_INVALID');
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '+ post 1 b, body null, author 1, v4',
    ]);
  });
});
