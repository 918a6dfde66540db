import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { issuesOf, refusalOf, type Variables } from '../support/write.ts';

const blog = useBlog();

const updatePost = (input: Variables, id = '1') => blog.write('updatePost', { id, input });
const tooMany = { comments: { build: Array(1_001).fill({ body: '' }) } };

describe('where several apply, the answer is', () => {
  test('LimitExceeded before NotFound, StaleEntry and InvalidChangeset', async () => {
    const input = { title: '', lockVersion: 9, ...tooMany };
    for (const id of ['1', '999', 'x']) {
      expect(await updatePost(input, id)).toMatchObject({
        __typename: 'LimitExceeded',
        path: ['input', 'comments', 'build'],
        limit: 1_000,
        actual: 1_001,
      });
    }
  });

  test('NotFound before StaleEntry and InvalidChangeset', async () => {
    const input = {
      title: '',
      lockVersion: 9,
      comments: { cast: { entries: [{ id: '11' }], expectedIds: ['11'] } },
    };
    expect(refusalOf(await updatePost(input, '999'))).toBe('NotFound Post 999');
    expect(refusalOf(await blog.write('deletePost', { id: '999', lockVersion: 9 }))).toBe(
      'NotFound Post 999',
    );
  });

  test.each([
    ['a field', { title: '' }],
    ['a null association', { author: null }],
    ['an unknown id', { comments: { cast: { entries: [{ id: '999' }] } } }],
    ['an unknown reference', { tags: { put: { refs: [{ name: 'no' }] } } }],
    ['a refused replacement', { comments: { put: { refs: [] } } }],
    ['a constraint', { authorId: '999' }],
  ])('StaleEntry before the InvalidChangeset of %s', async (_name, input) => {
    const outcome = await updatePost({ ...input, lockVersion: 9 });
    expect(refusalOf(outcome)).toBe('StaleEntry input.lockVersion Post 1');
  });

  test('StaleEntry before an issue of the same list', async () => {
    const cast = (entry: Variables) =>
      updatePost({
        comments: {
          cast: {
            entries: [entry, { body: '' }],
            onReplace: 'MARK_AS_INVALID',
          },
        },
      });
    expect(refusalOf(await cast({ id: '11', lockVersion: 9 }))).toBe(
      'StaleEntry input.comments.cast.entries.0.lockVersion Comment 11',
    );
    expect(refusalOf(await cast({ id: '31', lockVersion: 1 }))).toBe(
      'StaleEntry input.comments.cast.entries.0 Comment 31',
    );
  });
});

test('every refusal has a message that is ready to show', async () => {
  const refusals = [
    await updatePost(tooMany),
    await updatePost({}, '999'),
    await updatePost({ lockVersion: 9 }),
    await updatePost({ title: '', body: '\u0000' }),
  ];
  expect(refusals.map(({ message }) => message)).toEqual([
    'Nothing was written: 1001 entries, at most 1000 are taken.',
    'There is no Post 999.',
    'Nothing was written: Post 1 was changed by someone else.',
    'Nothing was written: there are 2 issues.',
  ]);
});

describe('NotFound', () => {
  test.each([
    ['updatePost', 'Post', { input: {} }],
    ['deletePost', 'Post', {}],
    ['updateComment', 'Comment', { input: {} }],
    ['deleteComment', 'Comment', {}],
    ['updateAuthor', 'Author', { input: {} }],
    ['deleteAuthor', 'Author', {}],
  ])('%s answers it with the type and the id as sent', async (mutation, type, rest) => {
    for (const id of ['999', 'x', '', '007x', '9223372036854775808', '-1']) {
      const outcome = await blog.write(mutation, { id, ...rest });
      expect(outcome).toMatchObject({
        __typename: 'NotFound',
        type,
        sought: id,
        message: `There is no ${type} ${id}.`,
      });
    }
  });

  test('answers a second deletion', async () => {
    await blog.write('deleteComment', { id: '11' });
    expect(refusalOf(await blog.write('deleteComment', { id: '11' }))).toBe('NotFound Comment 11');
  });
});

describe('InvalidChangeset', () => {
  test('has every issue that can be found before the first write, of every level', async () => {
    const outcome = await blog.write('updateAuthor', {
      id: '1',
      input: {
        name: ' ',
        posts: {
          cast: {
            onReplace: 'MARK_AS_INVALID',
            entries: [
              {
                id: '1',
                title: 'x'.repeat(256),
                comments: {
                  cast: {
                    onReplace: 'MARK_AS_INVALID',
                    entries: [
                      { id: '11', body: '' },
                      { id: '11' },
                      { id: 'x' },
                      { id: '31' },
                      { delete: true },
                      { id: '12', delete: true, body: 'x' },
                    ],
                  },
                },
                tags: {
                  put: { refs: [{ id: '999' }, { name: 'no' }, { id: 'x' }] },
                },
                permalink: { cast: { entry: { url: 'a b' } } },
              },
              { id: '999', tags: { build: [{ name: '' }] } },
              { comments: null, permalink: { put: {} } },
            ],
          },
        },
      },
    });
    const posts = 'input.posts.cast.entries';
    expect(issuesOf(outcome).toSorted()).toEqual(
      [
        'REQUIRED input.name',
        'REPLACE_NOT_ALLOWED input.posts',
        `LENGTH ${posts}.0.title`,
        `REPLACE_NOT_ALLOWED ${posts}.0.comments`,
        `REQUIRED ${posts}.0.comments.cast.entries.0.body`,
        `DUPLICATE_ENTRY ${posts}.0.comments.cast.entries.1.id`,
        `INVALID ${posts}.0.comments.cast.entries.2.id`,
        `NOT_IN_ASSOCIATION ${posts}.0.comments.cast.entries.3.id`,
        `REQUIRED ${posts}.0.comments.cast.entries.4.id`,
        `CONFLICTING_INPUT ${posts}.0.comments.cast.entries.5.delete`,
        `UNKNOWN_REF ${posts}.0.tags.put.refs.0`,
        `UNKNOWN_REF ${posts}.0.tags.put.refs.1`,
        `INVALID ${posts}.0.tags.put.refs.2`,
        `FORMAT ${posts}.0.permalink.cast.entry.url`,
        `NOT_IN_ASSOCIATION ${posts}.1.id`,
        `REQUIRED ${posts}.1.tags.build.0.name`,
        `REQUIRED ${posts}.2.title`,
        `INVALID ${posts}.2.comments`,
        `REQUIRED ${posts}.2.permalink.put.ref`,
      ].toSorted(),
    );
    expect(await blog.changes()).toEqual([]);
  });

  test('says in words what is wrong, as Ecto does', async () => {
    const outcome = await updatePost({
      title: '',
      body: 'a\u0000b',
      authorId: 'x',
      author: { put: { ref: { id: '999' } } },
      comments: {
        cast: {
          onReplace: 'MARK_AS_INVALID',
          expectedIds: ['x'],
          entries: [
            { id: '12', body: ' ' },
            { id: '12' },
            { id: '31' },
            { id: 'x', body: 'x'.repeat(10_001) },
            { delete: true },
            { id: '13', body: 'x', delete: true },
          ],
        },
      },
    });
    const at = 'input.comments.cast';
    const messages = outcome.issues?.map(({ path, message }) => `${path.join('.')} ${message}`);
    expect(messages?.toSorted()).toEqual(
      [
        "input.title can't be blank",
        'input.body is invalid',
        'input.authorId is given beside the association',
        'input.author.put.ref does not exist',
        'input.comments would lose 11: list them, or choose another onReplace',
        `${at}.expectedIds.0 is invalid`,
        `${at}.entries.0.body can't be blank`,
        `${at}.entries.1.id is listed more than once`,
        `${at}.entries.2.id is not in this association`,
        `${at}.entries.3.id is invalid`,
        `${at}.entries.3.body should be at most 10000 character(s)`,
        `${at}.entries.4.id can't be blank`,
        `${at}.entries.5.delete cannot stand beside other fields`,
      ].toSorted(),
    );
    const { issues } = await updatePost({ authorId: '999' });
    expect(issues).toMatchObject([{ message: 'does not exist' }]);
  });

  test('has constraints of the database only where there is nothing else', async () => {
    const tags = { build: [{ name: 'ecto' }, { name: 'prisma' }] };
    const first = issuesOf(await updatePost({ authorId: '999', tags }));
    expect(first.length).toBeGreaterThan(0);
    for (const issue of first) {
      expect([
        'FOREIGN_KEY input.authorId',
        'UNIQUE input.tags.build.0.name',
        'UNIQUE input.tags.build.1.name',
      ]).toContain(issue);
    }
    expect(issuesOf(await updatePost({ authorId: '999', tags, title: '' }))).toEqual([
      'REQUIRED input.title',
    ]);
  });

  test('locates a constraint in whichever of many rows is refused', async () => {
    const urls = ['/a', '/b', '/three', '/c'];
    const outcome = await blog.write('createAuthor', {
      input: {
        name: 'Dan',
        posts: {
          build: urls.map((url) => ({
            title: url,
            comments: { build: [{ body: 'x' }] },
            permalink: { build: { url } },
          })),
        },
      },
    });
    expect(issuesOf(outcome)).toEqual(['UNIQUE input.posts.build.2.permalink.build.url']);
    expect(await blog.changes()).toEqual([]);
  });

  test('is ready to show: message, template and params of each issue', async () => {
    const { message, issues } = await updatePost({
      title: 'x'.repeat(256),
      tags: { build: [{ name: 'ecto' }] },
    });
    expect(message).toBe('Nothing was written: there is 1 issue.');
    expect(issues).toEqual([
      {
        code: 'LENGTH',
        path: ['input', 'title'],
        message: 'should be at most 255 character(s)',
        template: 'should be at most %{count} character(s)',
        params: { count: 255, kind: 'max', type: 'string', validation: 'length' },
      },
    ]);
  });
});

describe('what is still referred to', () => {
  test('an author with posts is STILL_ASSOCIATED at posts', async () => {
    const outcome = await blog.write('deleteAuthor', { id: '1' });
    expect(outcome.issues).toEqual([
      expect.objectContaining({
        code: 'STILL_ASSOCIATED',
        path: ['posts'],
        message: 'are still associated with this entry',
      }),
    ]);
    expect(await blog.changes()).toEqual([]);
  });

  test('an author whose posts have gone elsewhere can be deleted', async () => {
    await blog.write('updateAuthor', {
      id: '1',
      input: { posts: { put: { refs: [] } } },
    });
    const outcome = await blog.write('deleteAuthor', { id: '1' });
    expect(outcome.__typename).toBe('DeleteAuthorSuccess');
  });

  test('a post goes with its comments, its permalink and its links', async () => {
    await blog.write('deletePost', { id: '3' });
    expect(await blog.changes()).toEqual([
      '- post 3 Three, body third, author 2, v1',
      '- comment 31 long, post 3, v1',
      '- link post 3 tag 43',
      '- permalink 53 /three, post 3',
    ]);
  });
});

describe('each root mutation is a transaction of its own', () => {
  test('one that is refused leaves those before and after it as they are', async () => {
    const data = await blog.read(`mutation {
      a: updatePost(id: 1, input: { title: "a" }) { __typename }
      b: updatePost(id: 2, input: { title: "", authorId: 2 }) { __typename }
      c: deleteAuthor(id: 1) { __typename }
      d: buildPostComment(postId: 1, input: { body: "d" }) { __typename }
    }`);
    expect(data).toEqual({
      a: { __typename: 'UpdatePostSuccess' },
      b: { __typename: 'InvalidChangeset' },
      c: { __typename: 'InvalidChangeset' },
      d: { __typename: 'BuildPostCommentSuccess' },
    });
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '+ post 1 a, body first, author 1, v2',
      '+ comment 301 d, post 1, v1',
    ]);
  });

  test('they run in the order of the document, each on what the one before left', async () => {
    const data = await blog.read(`mutation {
      first: updatePost(id: 1, input: { title: "a", lockVersion: 1 }) {
        ... on UpdatePostSuccess { post { title lockVersion commentCount } }
      }
      comment: buildPostComment(postId: 1, input: { body: "b" }) { __typename }
      second: updatePost(id: 1, input: { title: "b", lockVersion: 2 }) {
        ... on UpdatePostSuccess { post { title lockVersion commentCount } }
      }
      stale: updatePost(id: 1, input: { title: "c", lockVersion: 1 }) { __typename }
    }`);
    expect(data).toEqual({
      first: { post: { title: 'a', lockVersion: 2, commentCount: 3 } },
      comment: { __typename: 'BuildPostCommentSuccess' },
      second: { post: { title: 'b', lockVersion: 3, commentCount: 4 } },
      stale: { __typename: 'StaleEntry' },
    });
  });
});
