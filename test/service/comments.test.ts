import { beforeEach, describe, expect, test } from 'vitest';
import type { PostCommentsInput } from '../generated/graphql.ts';
import { writeBlog } from '../support/blog.ts';
import { changesetOf, operationsOf } from '../support/changeset.ts';
import { useDatabase, writesOf } from '../support/database.ts';
import { readTables, rowOf } from '../support/rows.ts';
import { useService } from '../support/service.ts';
import type { Statement } from '../support/statement-log.ts';
import { buildPostComment, createComment, createPost, updatePost } from './documents.ts';

const database = useDatabase();
const service = useService(database);
beforeEach(() => writeBlog(database));

const write = async (comments: PostCommentsInput): Promise<object> => {
  const { data, errors } = await service.send(updatePost, {
    id: '7',
    input: { comments },
  });
  expect(errors).toBeUndefined();
  return data.updatePost;
};
const create = async (comments: PostCommentsInput): Promise<object> => {
  const { data } = await service.send(createPost, {
    input: { title: 'new', comments },
  });
  return data.createPost;
};

/** The comments of a post, each as `11: What happened next?`. */
async function commentsOf(post: number): Promise<string[]> {
  const { comments } = await readTables(database);
  return comments.flatMap(({ id, post_id, body }) =>
    post_id === post ? [`${String(id)}: ${String(body)}`] : [],
  );
}

describe('cast', () => {
  test.each<[string, PostCommentsInput]>([
    [
      'the list that is there',
      {
        cast: {
          entries: [
            { id: '10', body: 'Great story!' },
            { id: '11', body: 'What happened next?' },
            { id: '12', body: 'Thanks for the article' },
          ],
        },
      },
    ],
    [
      'the list in another order',
      { cast: { entries: [{ id: '12' }, { id: '10' }, { id: '11' }] } },
    ],
    [
      'ids alone',
      {
        cast: {
          entries: [{ id: '10' }, { id: '11' }, { id: '12' }],
          onReplace: 'MARK_AS_INVALID',
        },
      },
    ],
    [
      'the list with its versions',
      {
        cast: {
          entries: [
            { id: '10', lockVersion: 1 },
            { id: '11', lockVersion: null },
            { id: '12', lockVersion: 1 },
          ],
        },
      },
    ],
    [
      'the list that is expected',
      {
        cast: {
          entries: [{ id: '10' }, { id: '11' }, { id: '12' }],
          expectedIds: ['12', '11', '10'],
        },
      },
    ],
    [
      'the list of a scope',
      {
        cast: {
          entries: [{ id: '12' }],
          scope: { id: { gt: '11' } },
          expectedIds: ['12'],
        },
      },
    ],
    [
      'the list of a scope that nothing is in',
      {
        cast: {
          entries: [],
          scope: { body: { equals: 'x' } },
          expectedIds: [],
        },
      },
    ],
  ])('of %s writes nothing at all', async (_name, comments) => {
    const before = await readTables(database);
    let result: object = {};
    const statements = await database.statementsOf(async () => {
      result = await write(comments);
    });
    expect(writesOf(statements)).toEqual([]);
    expect(await readTables(database)).toEqual(before);
    const { operations } = changesetOf(result);
    expect(operations.every(({ action }) => action === 'UNCHANGED')).toBe(true);
    expect(operations).toHaveLength(comments.cast?.entries.length ?? 0);
  });

  test('of the list that it gave itself writes nothing at all', async () => {
    const entries = [{ id: '11' }, { id: '12', body: 'Thank you' }, { body: 'Interesting' }];
    await write({ cast: { entries } });
    const before = await readTables(database);
    const again = before.comments.flatMap(({ id, body, post_id }) =>
      post_id === 7 ? [{ id: String(id), body: String(body) }] : [],
    );
    const statements = await database.statementsOf(() => write({ cast: { entries: again } }));
    expect(writesOf(statements)).toEqual([]);
    expect(await readTables(database)).toEqual(before);
  });

  test('of [] removes all three, and neither the post nor others', async () => {
    const before = await readTables(database);
    const result = await write({ cast: { entries: [] } });
    expect(operationsOf(result).toSorted()).toEqual([
      'DELETE Comment 10 REPLACED input.comments',
      'DELETE Comment 11 REPLACED input.comments',
      'DELETE Comment 12 REPLACED input.comments',
    ]);
    expect(await readTables(database)).toEqual({
      ...before,
      comments: before.comments.filter(({ post_id }) => post_id === 8),
    });
  });

  test('takes an entry out by delete, whatever onReplace says', async () => {
    const result = await write({
      cast: {
        onReplace: 'MARK_AS_INVALID',
        entries: [{ id: '10' }, { id: '11', delete: true, lockVersion: 1 }, { id: '12' }],
      },
    });
    expect(operationsOf(result)).toEqual([
      'DELETE Comment 11 GIVEN input.comments.cast.entries.1',
      'UNCHANGED Comment 10 GIVEN input.comments.cast.entries.0',
      'UNCHANGED Comment 12 GIVEN input.comments.cast.entries.2',
    ]);
  });

  test('raises the version of what it updates, sent or not', async () => {
    await write({
      cast: {
        entries: [{ id: '10', body: 'a', lockVersion: 1 }, { id: '11', body: 'b' }, { id: '12' }],
      },
    });
    const { comments } = await readTables(database);
    const versions = comments.map(({ lock_version }) => lock_version);
    expect(versions).toEqual([2, 2, 1, 1, 1]);
  });

  test('within a scope leaves the rest alone, and adds what need not match it', async () => {
    const before = await readTables(database);
    const result = await write({
      cast: {
        scope: { body: { startsWith: 'Thanks' } },
        entries: [{ body: 'Outside the scope' }],
      },
    });
    expect(operationsOf(result)).toEqual([
      'DELETE Comment 12 REPLACED input.comments',
      'INSERT Comment 101 GIVEN input.comments.cast.entries.0',
    ]);
    const after = await readTables(database);
    for (const id of [10, 11, 20, 21]) {
      expect(rowOf(after, 'comments', id)).toEqual(rowOf(before, 'comments', id));
    }
  });

  test('on a new post makes its comments', async () => {
    const result = await create({
      cast: {
        entries: [{ body: 'one' }, { id: null, body: 'two' }],
        expectedIds: [],
      },
    });
    expect(operationsOf(result)).toEqual([
      'INSERT Post 101 GIVEN input',
      'INSERT Comment 101 GIVEN input.comments.cast.entries.0',
      'INSERT Comment 102 GIVEN input.comments.cast.entries.1',
    ]);
    expect(await commentsOf(101)).toEqual(['101: one', '102: two']);
  });
});

describe('put', () => {
  test.each<[string, PostCommentsInput]>([
    ['the comments that are there', { put: { refs: [{ id: '12' }, { id: '11' }, { id: '10' }] } }],
    [
      'a comment of the post inside the scope',
      { put: { refs: [{ id: '10' }], scope: { id: { equals: '10' } } } },
    ],
    [
      'one inside and one outside the scope',
      {
        put: {
          refs: [{ id: '10' }, { id: '12' }],
          scope: { id: { equals: '10' } },
        },
      },
    ],
  ])('of %s writes nothing at all', async (_name, comments) => {
    const before = await readTables(database);
    const statements = await database.statementsOf(() => write(comments));
    expect(writesOf(statements)).toEqual([]);
    expect(await readTables(database)).toEqual(before);
  });

  test('moves the comment of another post, and keeps its body and insertedAt', async () => {
    const before = await readTables(database);
    const result = await write({
      put: { refs: [{ id: '10' }, { id: '20' }, { id: '11' }, { id: '12' }] },
    });
    expect(changesetOf(result)).toMatchObject({
      operations: [
        {
          action: 'UPDATE',
          type: 'Comment',
          id: '20',
          path: ['input', 'comments', 'put', 'refs', '1'],
          reason: 'GIVEN',
          changes: [{ field: 'postId', from: '8', to: '7' }],
        },
        { action: 'UNCHANGED', id: '10' },
        { action: 'UNCHANGED', id: '11' },
        { action: 'UNCHANGED', id: '12' },
      ],
      counts: { updated: 1, unchanged: 3, inserted: 0, deleted: 0 },
    });
    const after = await readTables(database);
    const was = rowOf(before, 'comments', 20);
    expect(rowOf(after, 'comments', 20)).toEqual({
      ...was,
      post_id: 7,
      lock_version: 2,
      updated_at: expect.not.stringMatching(/^2026-01-01/),
      xmin: expect.not.stringMatching(`^${String(was?.['xmin'])}$`),
    });
    expect({ ...after, comments: [] }).toEqual({ ...before, comments: [] });
    for (const id of [10, 11, 12, 21]) {
      expect(rowOf(after, 'comments', id)).toEqual(rowOf(before, 'comments', id));
    }
  });

  test('deletes what it leaves out where that is asked for', async () => {
    const result = await write({
      put: { refs: [{ id: '21' }, { id: '11' }], onReplace: 'DELETE' },
    });
    expect(operationsOf(result)).toEqual([
      'DELETE Comment 12 REPLACED input.comments',
      'DELETE Comment 10 REPLACED input.comments',
      'UPDATE Comment 21 GIVEN input.comments.put.refs.0',
      'UNCHANGED Comment 11 GIVEN input.comments.put.refs.1',
    ]);
    expect(await commentsOf(7)).toEqual(['11: What happened next?', '21: Second']);
    expect(await commentsOf(8)).toEqual(['20: First!']);
  });

  test('within a scope leaves the rest alone', async () => {
    const before = await readTables(database);
    await write({
      put: { refs: [], onReplace: 'DELETE', scope: { id: { lte: '10' } } },
    });
    expect(await readTables(database)).toEqual({
      ...before,
      comments: before.comments.filter(({ id }) => id !== 10),
    });
  });

  test('on a new post moves comments to it', async () => {
    const result = await create({
      put: { refs: [{ id: '21' }, { id: '10' }] },
    });
    expect(operationsOf(result)).toEqual([
      'INSERT Post 101 GIVEN input',
      'UPDATE Comment 21 GIVEN input.comments.put.refs.0',
      'UPDATE Comment 10 GIVEN input.comments.put.refs.1',
    ]);
    expect(await commentsOf(101)).toEqual(['10: Great story!', '21: Second']);
  });
});

describe('build', () => {
  const readsOfComments = (statements: readonly Statement[]) =>
    statements.filter(({ sql }) => /^SELECT\b[^]*\bFROM\s+(?:"public"\.)?"comments"/.test(sql));
  // What a client asks to be told afterwards is read; here that is nothing.
  const untold = (name: string, args: string, input: string) =>
    service.sendText(`mutation { ${name}(${args}, input: ${input}) { __typename } }`);

  test.each([
    ['updatePost', 'id: 7', '{ comments: { build: [{ body: "a" }, { body: "b" }] } }'],
    ['buildPostComment', 'postId: 7', '{ body: "a" }'],
  ])('by %s sends no SELECT on comments', async (...request) => {
    const statements = await database.statementsOf(() => untold(...request));
    expect(readsOfComments(statements)).toEqual([]);
    expect(writesOf(statements)).toEqual(['INSERT comments']);
  });

  test('adds comments and touches nothing that is there', async () => {
    const before = await readTables(database);
    const result = await write({ build: [{ body: 'a' }, { body: 'b' }] });
    expect(operationsOf(result)).toEqual([
      'INSERT Comment 101 GIVEN input.comments.build.0',
      'INSERT Comment 102 GIVEN input.comments.build.1',
    ]);
    const after = await readTables(database);
    expect(after.comments.slice(0, 5)).toEqual(before.comments);
    expect({ ...after, comments: [] }).toEqual({ ...before, comments: [] });
  });

  test('of [] writes nothing at all', async () => {
    const before = await readTables(database);
    expect(operationsOf(await write({ build: [] }))).toEqual([]);
    expect(await readTables(database)).toEqual(before);
  });

  test('through buildPostComment answers with the comment and its post', async () => {
    const { data } = await service.send(buildPostComment, {
      postId: '7',
      input: { body: 'new' },
    });
    expect(data.buildPostComment).toEqual({
      __typename: 'BuildPostCommentSuccess',
      comment: {
        id: '101',
        body: 'new',
        lockVersion: 1,
        post: { id: '7', title: 'A story...' },
      },
      changeset: {
        operations: [
          {
            action: 'INSERT',
            type: 'Comment',
            id: '101',
            path: ['input'],
            reason: 'GIVEN',
            changes: [
              { field: 'body', from: null, to: 'new' },
              { field: 'postId', from: null, to: '7' },
            ],
          },
        ],
        counts: {
          inserted: 1,
          updated: 0,
          deleted: 0,
          linked: 0,
          unlinked: 0,
          unchanged: 0,
        },
      },
    });
  });
});

describe('text is stored as it comes', () => {
  test.each([
    ['emoji', '👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪'],
    ['right-to-left text', 'שלום \u202eעולם\u202c مرحبا'],
    ['quotes and a comment', `'; DROP TABLE posts; -- "x" \\' $1 %s %{count} \${x}`],
    ['white space around it', '  \n\tx\r\n '],
    ['combining marks', 'e\u0301 \u1112\u1161\u11ab'],
    ['characters beyond the first plane', '𝒳𐍈'],
    ['control characters', '\u0001\u001f\u007f\u200b\ufeffx'],
  ])('%s', async (_name, text) => {
    const { data } = await service.send(createComment, {
      input: { body: text, postId: '7' },
    });
    expect(data.createComment).toMatchObject({ comment: { body: text } });
    await service.send(updatePost, {
      id: '8',
      input: { title: text, body: text },
    });
    const after = await readTables(database);
    expect(rowOf(after, 'comments', 101)).toMatchObject({ body: text });
    expect(rowOf(after, 'posts', 8)).toMatchObject({ title: text, body: text });
  });

  test.each([
    ['255 letters', 'x'.repeat(255)],
    ['255 families', '👩‍👩‍👧‍👦'.repeat(255)],
    ['255 letters with accents of their own', 'e\u0301'.repeat(255)],
  ])('%s are a title', async (_name, title) => {
    const { data } = await service.send(updatePost, {
      id: '7',
      input: { title },
    });
    expect(data.updatePost).toMatchObject({ post: { title } });
  });

  test.each(['', ' ', '\n\t ', '\u00a0\u2003'])('but blank text is null: %j', async (body) => {
    const updated = await service.send(updatePost, {
      id: '7',
      input: { body },
    });
    expect(updated.data.updatePost).toMatchObject({ post: { body: null } });
    const created = await service.send(createPost, {
      input: { title: 't', body },
    });
    expect(created.data.createPost).toMatchObject({ post: { body: null } });
  });
});
