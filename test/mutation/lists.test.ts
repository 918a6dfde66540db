import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { issuesOf, operationsOf, refusalOf, type Variables } from '../support/write.ts';

const blog = useBlog();

const updatePost = (input: Variables) => blog.write('updatePost', { id: '1', input });
const updateAuthor = (posts: Variables) =>
  blog.write('updateAuthor', { id: '1', input: { posts } });

describe('without onReplace', () => {
  test('a cast of comments deletes what it leaves out', async () => {
    await updatePost({ comments: { cast: { entries: [] } } });
    expect(await blog.changes()).toEqual([
      '- comment 11 great, post 1, v1',
      '- comment 12 more, post 1, v1',
      '- comment 13 thanks, post 1, v1',
    ]);
  });

  test('a put of comments that would lose some is refused, naming them', async () => {
    const { issues } = await updatePost({
      comments: { put: { refs: [{ id: '12' }] } },
    });
    expect(issues).toMatchObject([
      {
        code: 'REPLACE_NOT_ALLOWED',
        path: ['input', 'comments'],
        params: { ids: ['11', '13'] },
      },
    ]);
  });

  test.each([
    ['cast', { entries: [] }],
    ['put', { refs: [] }],
  ])('a %s of tags unlinks them, and they stay', async (tool, list) => {
    await updatePost({ tags: { [tool]: list } });
    expect(await blog.changes()).toEqual(['- link post 1 tag 41', '- link post 1 tag 42']);
  });

  test.each([
    ['cast', { entries: [{ id: '1' }] }],
    ['put', { refs: [{ id: '1' }] }],
  ])('a %s of posts leaves them without author', async (tool, list) => {
    await updateAuthor({ [tool]: list });
    expect(await blog.changes()).toEqual([
      '- post 2 Two, body null, author 1, v1',
      '+ post 2 Two, body null, author null, v2',
    ]);
  });
});

describe('scope', () => {
  const scope = { body: { in: ['great', 'more'] } };

  test('keeps a cast to what matches: the rest is neither compared nor touched', async () => {
    await updatePost({
      comments: { cast: { entries: [{ id: '11', body: 'best' }], scope } },
    });
    expect(await blog.changes()).toEqual([
      '- comment 11 great, post 1, v1',
      '- comment 12 more, post 1, v1',
      '+ comment 11 best, post 1, v2',
    ]);
  });

  test('keeps onReplace to what matches', async () => {
    const { issues } = await updatePost({
      comments: {
        cast: { entries: [], scope, onReplace: 'MARK_AS_INVALID' },
      },
    });
    expect(issues).toMatchObject([{ params: { ids: ['11', '12'] } }]);
  });

  test('need not hold for new rows', async () => {
    await updatePost({
      comments: {
        cast: { entries: [{ body: 'other' }], scope: { id: { lt: '0' } } },
      },
    });
    expect(await blog.changes()).toEqual(['+ comment 301 other, post 1, v1']);
  });

  test('refuses an id that does not match', async () => {
    const outcome = await updatePost({
      comments: { cast: { entries: [{ id: '13', body: 'x' }], scope } },
    });
    expect(issuesOf(outcome)).toEqual(['NOT_IN_ASSOCIATION input.comments.cast.entries.0.id']);
  });

  test('keeps a put to what matches, and what it names beside that stays', async () => {
    await updatePost({
      comments: {
        put: {
          refs: [{ id: '11' }, { id: '13' }, { id: '21' }],
          scope,
          onReplace: 'DELETE',
        },
      },
    });
    expect(await blog.changes()).toEqual([
      '- comment 12 more, post 1, v1',
      '- comment 21 short, post 2, v1',
      '+ comment 21 short, post 1, v2',
    ]);
  });

  test('holds for a many_to_many by the far record', async () => {
    await updatePost({
      tags: {
        put: {
          refs: [{ name: 'prisma' }],
          scope: { name: { startsWith: 'el' } },
        },
      },
    });
    expect(await blog.changes()).toEqual(['- link post 1 tag 42', '+ link post 1 tag 43']);
  });

  test('with AND, OR and NOT holds at any level', async () => {
    await updateAuthor({
      cast: {
        entries: [
          {
            id: '1',
            comments: {
              cast: {
                entries: [],
                scope: {
                  OR: [{ body: { contains: 'an' } }, { id: { equals: 12 } }],
                  NOT: [{ body: { equals: 'more' } }],
                },
              },
            },
          },
        ],
        scope: { AND: [{ title: { equals: 'One' } }] },
      },
    });
    expect(await blog.changes()).toEqual(['- comment 13 thanks, post 1, v1']);
  });
});

describe('an entry with delete', () => {
  const entries = [{ id: '11', delete: true }, { id: '12' }, { id: '13' }];

  test('removes its record whatever onReplace says', async () => {
    await updatePost({
      comments: { cast: { entries, onReplace: 'MARK_AS_INVALID' } },
    });
    expect(await blog.changes()).toEqual(['- comment 11 great, post 1, v1']);
  });

  test('of false is as if it were absent', async () => {
    const kept = entries.map(({ id }) => ({ id, delete: false }));
    await updatePost({ comments: { cast: { entries: kept } } });
    expect(await blog.changes()).toEqual([]);
  });

  test('unlinks a tag, and the tag stays', async () => {
    await updatePost({
      tags: { cast: { entries: [{ id: '41', delete: true }, { id: '42' }] } },
    });
    expect(await blog.changes()).toEqual(['- link post 1 tag 41']);
  });

  test('deletes a post with what goes with it, though onReplace is NILIFY', async () => {
    await updateAuthor({
      cast: {
        entries: [{ id: '1', delete: true, lockVersion: 1 }, { id: '2' }],
      },
    });
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '- comment 11 great, post 1, v1',
      '- comment 12 more, post 1, v1',
      '- comment 13 thanks, post 1, v1',
      '- link post 1 tag 41',
      '- link post 1 tag 42',
      '- permalink 51 /one, post 1',
    ]);
  });

  test.each([
    [{ body: 'x' }],
    [{ title: 'x' }],
    [{ title: null }],
    [{ comments: { build: [] } }],
    [{ permalink: { put: { ref: null } } }],
  ])('beside %j is CONFLICTING_INPUT', async (beside) => {
    const outcome = await updateAuthor({
      cast: { entries: [{ id: '1', delete: true, ...beside }, { id: '2' }] },
    });
    expect(issuesOf(outcome)).toEqual(['CONFLICTING_INPUT input.posts.cast.entries.0.delete']);
  });
});

describe('a row in two places of a request', () => {
  test('is CONFLICTING_INPUT at the second', async () => {
    const put = { put: { refs: [{ id: '31' }] } };
    const outcome = await updateAuthor({
      cast: {
        entries: [
          { id: '1', comments: { put: { ...put.put, onReplace: 'DELETE' } } },
          { id: '2', comments: { put: { ...put.put, onReplace: 'DELETE' } } },
        ],
      },
    });
    expect(issuesOf(outcome)).toEqual([
      'CONFLICTING_INPUT input.posts.cast.entries.1.comments.put.refs.0',
    ]);
    expect(await blog.changes()).toEqual([]);
  });

  test('is a move where one list leaves it out and another puts it', async () => {
    const outcome = await updateAuthor({
      cast: {
        entries: [
          {
            id: '1',
            comments: { cast: { entries: [{ id: '11' }, { id: '12' }] } },
          },
          {
            id: '2',
            comments: { put: { refs: [{ id: '21' }, { id: '13' }] } },
          },
        ],
      },
    });
    expect(operationsOf(outcome)).toContain(
      'UPDATE Comment 13 input.posts.cast.entries.1.comments.put.refs.1 GIVEN postId: "1" -> "2"',
    );
    expect(await blog.changes()).toEqual([
      '- comment 13 thanks, post 1, v1',
      '+ comment 13 thanks, post 2, v2',
    ]);
  });

  test('is a move where it would go with its post and another puts it', async () => {
    const comments = { put: { refs: [{ id: '21' }], scope: { id: { in: [] } } } };
    await updateAuthor({
      cast: {
        entries: [
          { id: '1', comments },
          { id: '2', delete: true },
        ],
      },
    });
    expect(await blog.changes()).toEqual([
      '- post 2 Two, body null, author 1, v1',
      '- comment 21 short, post 2, v1',
      '+ comment 21 short, post 1, v2',
    ]);
  });

  test.each([
    ['kept', { id: '11' }],
    ['changed', { id: '11', body: 'x' }],
    ['deleted', { id: '11', delete: true }],
  ])('is no move where one list has it %s by name', async (_name, entry) => {
    const entries = [entry, { id: '12' }, { id: '13' }];
    const outcome = await updateAuthor({
      cast: {
        entries: [
          { id: '1', comments: { cast: { entries } } },
          {
            id: '2',
            comments: { put: { refs: [{ id: '21' }, { id: '11' }] } },
          },
        ],
      },
    });
    expect(issuesOf(outcome)).toEqual([
      'CONFLICTING_INPUT input.posts.cast.entries.1.comments.put.refs.1',
    ]);
  });

  test('comes with the other issues of the request', async () => {
    const comments = { put: { refs: [{ id: '31' }], onReplace: 'DELETE' } };
    const outcome = await updateAuthor({
      cast: {
        entries: [{ id: '1', comments }, { id: '2', comments }, { title: '' }],
      },
    });
    expect(issuesOf(outcome).toSorted()).toEqual([
      'CONFLICTING_INPUT input.posts.cast.entries.1.comments.put.refs.0',
      'REQUIRED input.posts.cast.entries.2.title',
    ]);
  });
});

describe('on a new post', () => {
  const create = (comments: Variables) =>
    blog.write('createPost', { input: { title: 'New', comments } });

  test('a cast makes its comments', async () => {
    await create({ cast: { entries: [{ body: 'a' }, { id: null, body: 'b' }], expectedIds: [] } });
    expect(await blog.changes()).toEqual([
      '+ post 201 New, body null, author null, v1',
      '+ comment 301 a, post 201, v1',
      '+ comment 302 b, post 201, v1',
    ]);
  });

  test('a put moves comments to it', async () => {
    await create({ put: { refs: [{ id: '31' }, { id: '11' }] } });
    expect(await blog.changes()).toEqual([
      '- comment 11 great, post 1, v1',
      '- comment 31 long, post 3, v1',
      '+ post 201 New, body null, author null, v1',
      '+ comment 11 great, post 201, v2',
      '+ comment 31 long, post 201, v2',
    ]);
  });
});

describe('build', () => {
  test('adds; what is there is neither read nor touched', async () => {
    const statements = await blog.database.statementsOf(() =>
      updatePost({ comments: { build: [{ body: 'a' }, { body: 'b' }] } }),
    );
    const written = statements.findIndex(({ verb }) => verb === 'INSERT');
    expect(
      statements.slice(0, written).filter(({ sql }) => /FROM (?:"public"\.)?"comments"/.test(sql)),
    ).toEqual([]);
    expect(await blog.changes()).toEqual([
      '+ comment 301 a, post 1, v1',
      '+ comment 302 b, post 1, v1',
    ]);
  });
});

describe('buildPostComment', () => {
  const build = (postId: string, body: string) =>
    blog.write('buildPostComment', { postId, input: { body } });

  test('adds a comment through its post', async () => {
    const outcome = await build('1', 'new');
    expect(operationsOf(outcome)).toEqual([
      'INSERT Comment 301 input GIVEN body: null -> "new", postId: null -> "1"',
    ]);
    expect(outcome.record).toMatchObject({ id: '301', post: { id: '1' } });
    expect(await blog.changes()).toEqual(['+ comment 301 new, post 1, v1']);
  });

  test('does not read the other comments', async () => {
    const statements = await blog.database.statementsOf(() =>
      blog.read(`mutation { buildPostComment(postId: 1, input: { body: "new" }) { __typename } }`),
    );
    const reads = statements.filter(({ kind, sql }) => kind === 'read' && /"comments"/.test(sql));
    // Only the new one, by its id.
    expect(reads.map(({ parameters }) => parameters)).not.toContainEqual(
      expect.stringContaining("'11'"),
    );
  });

  test.each(['999', 'x', '', '9223372036854775808'])(
    'of the unknown post %j is NotFound',
    async (postId) => {
      expect(refusalOf(await build(postId, 'new'))).toBe(
        `NotFound Post${postId === '' ? '' : ` ${postId}`}`,
      );
    },
  );

  test('of an unknown post is NotFound also where the body is blank', async () => {
    expect(refusalOf(await build('999', ' '))).toBe('NotFound Post 999');
    expect(issuesOf(await build('1', ' '))).toEqual(['REQUIRED input.body']);
  });
});
