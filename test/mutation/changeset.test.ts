import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { writesOf } from '../support/database.ts';
import {
  issuesOf,
  operationsOf,
  type Outcome,
  refusalOf,
  type Variables,
} from '../support/write.ts';

const blog = useBlog();

/** Changes of every kind at once, on post 1 and below it. */
const everything = {
  title: 'Uno',
  body: null,
  author: { cast: { entry: { name: 'New' } } },
  comments: {
    cast: {
      entries: [
        { id: '12', body: 'less' },
        { body: 'new' },
        { id: '11' },
        { id: '13', delete: true },
      ],
    },
  },
  tags: {
    put: {
      refs: [{ id: '42' }, { name: 'prisma' }, { name: 'new' }],
      create: true,
    },
  },
  permalink: { put: { ref: { url: '/loose' }, onReplace: 'DELETE' } },
};

const updatePost = (input: Variables, options: Variables = {}) =>
  blog.write('updatePost', { id: '1', input, options });

describe('the changeset', () => {
  test('holds each operation with its row, place, reason and changes', async () => {
    const outcome = await updatePost(everything);
    expect(operationsOf(outcome)).toEqual([
      'INSERT Author 101 input.author.cast.entry GIVEN name: null -> "New"',
      'UPDATE Post 1 input GIVEN title: "One" -> "Uno", body: "first" -> null, authorId: "1" -> "101"',
      'DELETE Comment 13 input.comments.cast.entries.3 GIVEN body: "thanks" -> null, postId: "1" -> null',
      'UNLINK Tag 41 input.tags REPLACED',
      'DELETE Permalink 51 input.permalink REPLACED url: "/one" -> null, postId: "1" -> null',
      'UPDATE Comment 12 input.comments.cast.entries.0 GIVEN body: "more" -> "less"',
      'UPDATE Permalink 59 input.permalink.put.ref GIVEN postId: null -> "1"',
      'INSERT Comment 301 input.comments.cast.entries.1 GIVEN body: null -> "new", postId: null -> "1"',
      'INSERT Tag 401 input.tags.put.refs.2 GIVEN name: null -> "new"',
      'LINK Tag 43 input.tags.put.refs.1 GIVEN',
      'LINK Tag 401 input.tags.put.refs.2 GIVEN',
      'UNCHANGED Comment 11 input.comments.cast.entries.2 GIVEN',
      'UNCHANGED Tag 42 input.tags.put.refs.0 GIVEN',
      'UNCHANGED Tag 43 input.tags.put.refs.1 GIVEN',
    ]);
  });

  test('counts its operations by action', async () => {
    const { changeset } = await updatePost(everything);
    expect(changeset?.counts).toEqual({
      inserted: 3,
      updated: 3,
      deleted: 2,
      linked: 2,
      unlinked: 1,
      unchanged: 3,
    });
  });

  test('is in the order in which the operations ran', async () => {
    let outcome: Outcome | undefined;
    const statements = await blog.database.statementsOf(async () => {
      outcome = await updatePost(everything);
    });
    const ran = statements
      .filter(({ kind }) => kind === 'write')
      .map(({ verb, table }) => `${verb} ${table}`);
    const told = (outcome?.changeset?.operations ?? [])
      .filter(({ action }) => action !== 'UNCHANGED')
      .map(({ action, type }) => {
        if (action === 'LINK') return 'INSERT posts_tags';
        if (action === 'UNLINK') return 'DELETE posts_tags';
        return `${action} ${type.toLowerCase()}s`;
      });
    // Neighbours of one kind may run as one statement.
    expect(withoutRepeats(ran)).toEqual(withoutRepeats(told));
  });

  test('has UNCHANGED last, and no SQL for them', async () => {
    const entries = [{ id: '13' }, { id: '12' }, { id: '11' }];
    const statements = await blog.database.statementsOf(async () => {
      const outcome = await updatePost({ comments: { cast: { entries } } });
      expect(operationsOf(outcome)).toEqual([
        'UNCHANGED Comment 13 input.comments.cast.entries.0 GIVEN',
        'UNCHANGED Comment 12 input.comments.cast.entries.1 GIVEN',
        'UNCHANGED Comment 11 input.comments.cast.entries.2 GIVEN',
      ]);
    });
    expect(statements.filter(({ kind }) => kind === 'write')).toEqual([]);
  });

  const all = [{ id: '11' }, { id: '12' }, { id: '13' }];

  test.each<[string, Variables]>([
    ['the fields as they are', { title: 'One', body: 'first', authorId: '1', lockVersion: 1 }],
    [
      'a list in full',
      {
        comments: {
          cast: {
            entries: [
              { id: '11', body: 'great' },
              { id: '12', body: 'more' },
              { id: '13', body: 'thanks' },
            ],
          },
        },
      },
    ],
    ['a list in another order', { comments: { cast: { entries: all.toReversed() } } }],
    ['ids alone', { comments: { cast: { entries: all, onReplace: 'MARK_AS_INVALID' } } }],
    [
      'a list with its versions',
      {
        comments: {
          cast: {
            entries: [
              { id: '11', lockVersion: 1 },
              { id: '12', lockVersion: null },
              { id: '13', lockVersion: 1 },
            ],
          },
        },
      },
    ],
    [
      'a list that is expected',
      { comments: { cast: { entries: all, expectedIds: ['13', '12', '11'] } } },
    ],
    [
      'the list of a scope',
      {
        comments: {
          cast: { entries: [{ id: '13' }], scope: { id: { gt: '12' } }, expectedIds: ['13'] },
        },
      },
    ],
    [
      'the list of a scope that nothing is in',
      { comments: { cast: { entries: [], scope: { body: { equals: 'x' } }, expectedIds: [] } } },
    ],
    ['references to the list', { comments: { put: { refs: all.toReversed() } } }],
    [
      'a reference inside the scope',
      { comments: { put: { refs: [{ id: '11' }], scope: { id: { equals: '11' } } } } },
    ],
    [
      'a reference inside and one outside the scope',
      {
        comments: { put: { refs: [{ id: '11' }, { id: '13' }], scope: { id: { equals: '11' } } } },
      },
    ],
    [
      'a reference to the author',
      { author: { put: { ref: { id: '1' }, onReplace: 'MARK_AS_INVALID' } } },
    ],
    [
      'the author in full',
      { author: { cast: { entry: { id: '1', name: 'Ann', lockVersion: 1 } } } },
    ],
    ['builds of none', { comments: { build: [] }, tags: { build: [] } }],
  ])('of %s is of no write', async (_name, input) => {
    const statements = await blog.database.statementsOf(async () => {
      const { changeset } = await updatePost(input);
      const written = changeset?.operations.filter(({ action }) => action !== 'UNCHANGED');
      expect(written).toEqual([]);
    });
    expect(writesOf(statements)).toEqual([]);
    expect(await blog.changes()).toEqual([]);
  });

  test('does not list a root that is not written', async () => {
    const outcome = await updatePost({ comments: { build: [{ body: 'x' }] } });
    expect(outcome.changeset?.operations.map(({ type }) => type)).toEqual(['Comment']);
  });

  test('shows a moved or nilified row as an UPDATE of its foreign key', async () => {
    const moved = await updatePost({
      comments: { put: { refs: [{ id: '31' }], scope: { id: { in: [] } } } },
    });
    expect(operationsOf(moved)).toEqual([
      'UPDATE Comment 31 input.comments.put.refs.0 GIVEN postId: "3" -> "1"',
    ]);
    const nilified = await blog.write('updateAuthor', {
      id: '2',
      input: { posts: { put: { refs: [] } } },
    });
    expect(operationsOf(nilified)).toEqual([
      'UPDATE Post 3 input.posts REPLACED authorId: "2" -> null',
    ]);
  });

  test('of a delete has its root at [], and what goes with it at the association', async () => {
    const outcome = await blog.write('deletePost', { id: '1' });
    const operations = operationsOf(outcome);
    expect(operations.at(-1)).toBe(
      'DELETE Post 1 [] GIVEN title: "One" -> null, body: "first" -> null, authorId: "1" -> null',
    );
    expect(operations.slice(0, -1).toSorted()).toEqual([
      'DELETE Comment 11 comments CASCADED body: "great" -> null, postId: "1" -> null',
      'DELETE Comment 12 comments CASCADED body: "more" -> null, postId: "1" -> null',
      'DELETE Comment 13 comments CASCADED body: "thanks" -> null, postId: "1" -> null',
      'DELETE Permalink 51 permalink CASCADED url: "/one" -> null, postId: "1" -> null',
      'UNLINK Tag 41 tags CASCADED',
      'UNLINK Tag 42 tags CASCADED',
    ]);
  });

  test('of the delete of a post that nothing belongs to is one DELETE', async () => {
    const outcome = await blog.write('deletePost', { id: '4' });
    expect(operationsOf(outcome)).toEqual(['DELETE Post 4 [] GIVEN title: "Four" -> null']);
  });

  test('of a replaced row with what goes with it names the associations', async () => {
    const outcome = await blog.write('updateAuthor', {
      id: '2',
      input: { posts: { cast: { entries: [], onReplace: 'DELETE' } } },
    });
    expect(operationsOf(outcome).toSorted()).toEqual([
      'DELETE Comment 31 input.posts.comments CASCADED body: "long" -> null, postId: "3" -> null',
      'DELETE Permalink 53 input.posts.permalink CASCADED url: "/three" -> null, postId: "3" -> null',
      'DELETE Post 3 input.posts REPLACED title: "Three" -> null, body: "third" -> null, authorId: "2" -> null',
      'UNLINK Tag 43 input.posts.tags CASCADED',
    ]);
  });

  test('gives values as the API gives them: ids as text, null as null', async () => {
    const { changeset } = await blog.write('createComment', {
      input: { body: 'new', postId: 1 },
    });
    expect(changeset?.operations).toEqual([
      {
        action: 'INSERT',
        type: 'Comment',
        id: '301',
        path: ['input'],
        reason: 'GIVEN',
        changes: [
          { field: 'body', from: null, to: 'new' },
          { field: 'postId', from: null, to: '1' },
        ],
      },
    ]);
  });

  test('never tells of lockVersion, timestamps or the id', async () => {
    const outcomes = [
      await blog.write('createAuthor', {
        input: {
          name: 'Dan',
          posts: {
            build: [{ title: 'a', comments: { build: [{ body: 'b' }] } }],
          },
        },
      }),
      await updatePost({ ...everything, lockVersion: 1 }),
      await blog.write('deletePost', { id: '3' }),
    ];
    const fields = outcomes.flatMap(
      ({ changeset }) =>
        changeset?.operations.flatMap(({ changes }) => changes.map(({ field }) => field)) ?? [],
    );
    expect([...new Set(fields)].toSorted()).toEqual([
      'authorId',
      'body',
      'name',
      'postId',
      'title',
      'url',
    ]);
  });

  test('paths are steps of the request: each leads to what was sent', async () => {
    const { changeset } = await updatePost(everything);
    for (const { path, reason } of changeset?.operations ?? []) {
      const sent = path.reduce<unknown>(
        (value, step) =>
          typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined,
        { input: everything },
      );
      expect(sent, `${reason} ${path.join('.')}`).toBeTypeOf('object');
    }
  });
});

describe('a dry run', () => {
  const dry = { dryRun: true };

  test('is what the write then does, without ids of new rows', async () => {
    const tried = await updatePost(everything, dry);
    expect(await blog.changes()).toEqual([]);
    expect(tried.__typename).toBe('DryRun');
    const written = await updatePost(everything);
    const expected = written.changeset?.operations.map((operation) => ({
      ...operation,
      id: isNew(operation.id) ? null : operation.id,
      changes: operation.changes.map((change) => ({
        ...change,
        to: isNew(change.to) ? null : change.to,
      })),
    }));
    expect(tried.changeset?.operations).toEqual(expected);
    expect(tried.changeset?.counts).toEqual(written.changeset?.counts);
  });

  test.each([
    ['of a new post', 'createPost', { input: { title: 'x' } }, 1],
    ['of a deleted post', 'deletePost', { id: '1' }, 7],
    ['of a deleted comment', 'deleteComment', { id: '11' }, 1],
    ['of a built comment', 'buildPostComment', { postId: '1', input: { body: 'x' } }, 1],
    ['of a new author', 'createAuthor', { input: { name: 'x' } }, 1],
    ['of a deleted author', 'deleteAuthor', { id: '3' }, 1],
  ])('%s keeps nothing', async (_name, mutation, variables, count) => {
    const outcome = await blog.write(mutation, { ...variables, options: dry });
    expect(outcome.__typename).toBe('DryRun');
    expect(outcome.changeset?.operations).toHaveLength(count);
    expect(await blog.changes()).toEqual([]);
  });

  test('has its constraints checked by the database', async () => {
    expect(issuesOf(await updatePost({ tags: { build: [{ name: 'prisma' }] } }, dry))).toEqual([
      'UNIQUE input.tags.build.0.name',
    ]);
    expect(issuesOf(await updatePost({ authorId: '999' }, dry))).toEqual([
      'FOREIGN_KEY input.authorId',
    ]);
    expect(issuesOf(await blog.write('deleteAuthor', { id: '1', options: dry }))).toEqual([
      'STILL_ASSOCIATED posts',
    ]);
  });

  test('is refused as the write would be', async () => {
    expect(issuesOf(await updatePost({ title: '' }, dry))).toEqual(['REQUIRED input.title']);
    expect(refusalOf(await updatePost({ lockVersion: 9 }, dry))).toBe(
      'StaleEntry input.lockVersion Post 1',
    );
    expect(refusalOf(await blog.write('updatePost', { id: '9', input: {}, options: dry }))).toBe(
      'NotFound Post 9',
    );
  });

  test('of false writes', async () => {
    const outcome = await updatePost({ title: 'x' }, { dryRun: false });
    expect(outcome.__typename).toBe('UpdatePostSuccess');
  });
});

/** New rows have ids beyond a hundred here. */
function isNew(value: unknown): boolean {
  return typeof value === 'string' && /^[1-5]0\d$/.test(value);
}

function withoutRepeats(lines: readonly string[]): string[] {
  return lines.filter((line, i) => line !== lines[i - 1]);
}
