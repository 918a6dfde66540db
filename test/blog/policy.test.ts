import { beforeEach, describe, expect, test } from 'vitest';
import type { Asker, Person } from '../../src/blog/asker.ts';
import { useBlog } from '../support/blog.ts';
import type { Variables } from '../support/write.ts';

/* Who may write what of the blog: `src/blog/policy.ts`. */

const blog = useBlog();

const person = (subject: string, more: Partial<Person> = {}): Person => ({
  kind: 'person',
  issuer: 'https://id.example',
  subject,
  isAdmin: false,
  ...more,
});
const people = {
  /** Author 1, of posts 1 and 2. */
  ann: person('ann'),
  /** Author 2, of post 3. */
  bob: person('bob'),
  /** No author. */
  eve: person('eve'),
  root: person('root', { isAdmin: true }),
  nobody: { kind: 'anonymous' },
} as const satisfies Record<string, Asker>;

const everybody = 'ann bob eve root nobody';
const signedIn = 'ann bob eve root';

beforeEach(() =>
  blog.database.sql(`UPDATE authors SET subject = lower(name) WHERE name IN ('Ann', 'Bob')`),
);

const post = (id: number, input: object) => ['updatePost', { id, input }] as const;
const author = (id: number, input: object) => ['updateAuthor', { id, input }] as const;
const comment = (id: number, input: object) => ['updateComment', { id, input }] as const;
const text = { body: 'x' };
const entry = (entries: object[], more = {}) => ({ cast: { entries, ...more } });
const refs = (...ids: number[]) => ({ put: { refs: ids.map((id) => ({ id })) } });

describe.each<readonly [string, readonly [string, Variables], string]>([
  ['a post changes', post(1, { title: 'T' }), 'ann root'],
  ['a post that is nobody’s changes', post(4, { title: 'T' }), 'root'],
  ['a post is given to another author', post(1, { authorId: 2 }), 'root'],
  [
    'a post is given to another author by reference',
    post(1, { author: { put: { ref: { id: 2 } } } }),
    'root',
  ],
  ['a post is taken from another author', post(3, { authorId: 1 }), 'root'],
  ['a post is given up', post(1, { authorId: null }), 'root'],
  ['a list takes the post of another in', author(1, { posts: refs(1, 2, 3) }), 'root'],
  ['a list takes in a post that is nobody’s', author(1, { posts: refs(1, 2, 4) }), 'root'],
  ['a list loses a post', author(1, { posts: refs(1) }), 'root'],
  [
    'a list deletes a post',
    author(1, { posts: entry([{ id: 1 }], { onReplace: 'DELETE' }) }),
    'ann root',
  ],
  [
    'a cast relates the post of another',
    author(1, { posts: entry([{ id: 1 }, { id: 2 }, { id: 3 }], { onUnknown: 'RELATE' }) }),
    'root',
  ],
  ['a post is deleted', ['deletePost', { id: 1 }], 'ann root'],
  [
    'a new post names an author',
    ['createPost', { input: { title: 'T', authorId: 1 } }],
    'ann root',
  ],
  ['a new post names nobody', ['createPost', { input: { title: 'T' } }], 'ann bob root'],
  [
    'a new post names no author on purpose',
    ['createPost', { input: { title: 'T', authorId: null } }],
    'root',
  ],
  ['a new post is below an author', author(1, { posts: { build: [{ title: 'T' }] } }), 'ann root'],
  [
    'a new post is below a new comment',
    ['createComment', { input: { ...text, post: { cast: { entry: { title: 'T' } } } } }],
    'ann bob root',
  ],
  [
    'a new post brings a new author',
    ['createPost', { input: { title: 'T', author: { cast: { entry: { name: 'N' } } } } }],
    'eve root',
  ],

  ['a comment is added', ['buildPostComment', { postId: 1, input: text }], signedIn],
  ['a comment is created', ['createComment', { input: { ...text, postId: 1 } }], signedIn],
  ['a comment is added below a post', post(1, { comments: { build: [text] } }), signedIn],
  [
    'a comment is added by a cast',
    post(1, { comments: entry([{ id: 11 }, { id: 12 }, { id: 13 }, text]) }),
    signedIn,
  ],
  ['a comment changes', comment(11, text), 'ann root'],
  [
    'a comment changes below a post',
    post(1, { comments: entry([{ id: 11, ...text }, { id: 12 }, { id: 13 }]) }),
    'ann root',
  ],
  [
    'a comment changes below an author',
    author(1, {
      posts: entry([
        { id: 1, comments: entry([{ id: 11, ...text }, { id: 12 }, { id: 13 }]) },
        { id: 2 },
      ]),
    }),
    'ann root',
  ],
  ['a comment is left out', post(1, { comments: entry([{ id: 11 }, { id: 12 }]) }), 'ann root'],
  [
    'a comment is removed',
    post(1, { comments: entry([{ id: 11 }, { id: 12 }, { id: 13, delete: true }]) }),
    'ann root',
  ],
  ['a comment moves to a post of the same author', comment(11, { postId: 2 }), 'ann root'],
  ['a comment moves to the post of another', comment(11, { postId: 3 }), 'root'],
  ['a comment is taken from the post of another', post(3, { comments: refs(31, 11) }), 'root'],
  [
    'a comment is related from the post of another',
    post(3, { comments: entry([{ id: 31 }, { id: 11 }], { onUnknown: 'RELATE' }) }),
    'root',
  ],
  ['a comment is deleted', ['deleteComment', { id: 11 }], 'ann root'],
  [
    'a comment changes its post',
    comment(11, { post: { cast: { entry: { id: 1, title: 'T' } } } }),
    'ann root',
  ],

  ['a tag is made', ['createTag', { input: { name: 'n' } }], signedIn],
  ['a tag is renamed', ['updateTag', { id: 41, input: { name: 'n' } }], 'root'],
  [
    'a tag is renamed below a post',
    post(1, { tags: entry([{ id: 41, name: 'n' }, { id: 42 }]) }),
    'root',
  ],
  ['a tag is deleted', ['deleteTag', { id: 41 }], 'root'],
  ['a tag is linked', post(1, { tags: refs(41, 42, 43) }), 'ann root'],
  [
    'a tag is related',
    post(1, { tags: entry([{ id: 41 }, { id: 42 }, { id: 43 }], { onUnknown: 'RELATE' }) }),
    'ann root',
  ],
  ['a tag is made and linked', post(1, { tags: { build: [{ name: 'n' }] } }), 'ann root'],
  ['a tag is unlinked', post(1, { tags: refs(41) }), 'ann root'],

  ['a permalink changes', post(1, { permalink: { cast: { entry: { url: '/x' } } } }), 'ann root'],
  ['a permalink is made', post(2, { permalink: { build: { url: '/x' } } }), 'ann root'],
  [
    'a permalink is deleted',
    post(1, { permalink: { cast: { entry: null, onReplace: 'DELETE' } } }),
    'ann root',
  ],
  ['a permalink is given up', post(1, { permalink: { cast: { entry: null } } }), 'root'],
  [
    'a permalink that is nobody’s is taken',
    post(2, { permalink: { put: { ref: { id: 59 } } } }),
    'root',
  ],
  [
    'the permalink of another is taken',
    post(2, { permalink: { put: { ref: { id: 53 } } } }),
    'root',
  ],

  ['an author changes', author(1, { name: 'N' }), 'ann root'],
  ['an author that is no person changes', author(3, { name: 'N' }), 'root'],
  ['an author is created', ['createAuthor', { input: { name: 'N' } }], 'eve root'],
  [
    'an author is created with posts',
    ['createAuthor', { input: { name: 'N', posts: { build: [{ title: 'T' }] } } }],
    'eve root',
  ],
  [
    'an author is changed through a post',
    post(1, { author: { cast: { entry: { id: 1, name: 'N' } } } }),
    'ann root',
  ],
  ['an author is deleted', ['deleteAuthor', { id: 3 }], 'root'],
])('%s:', (_what, [mutation, variables], who) => {
  test.each(everybody.split(' '))('by %s', async (name) => {
    const asker = people[name as keyof typeof people];
    const result = await blog.writeAs(asker, mutation, variables);
    const mayWrite = who.split(' ').includes(name);
    expect(result.__typename).toMatch(mayWrite ? /Success$/ : /^Forbidden$/);
    if (!mayWrite) expect(await blog.changes()).toEqual([]);
    else expect(await blog.changes()).not.toEqual([]);
  });
});

describe('a new record', () => {
  const authorOf = (title: string) =>
    blog.database.sql(`SELECT author_id FROM posts WHERE title = '${title}'`);

  test.each<readonly [string, Asker, readonly [string, Variables], string | null]>([
    ['an author', people.ann, ['createPost', { input: { title: 'T' } }], '1'],
    ['an admin without an author', people.root, ['createPost', { input: { title: 'T' } }], null],
    ['an admin', person('bob', { isAdmin: true }), ['createPost', { input: { title: 'T' } }], '2'],
    [
      'an admin who says nobody',
      person('bob', { isAdmin: true }),
      ['createPost', { input: { title: 'T', authorId: null } }],
      null,
    ],
    [
      'an admin, below an author',
      person('bob', { isAdmin: true }),
      author(1, { posts: { build: [{ title: 'T' }] } }),
      '1',
    ],
    [
      'an admin, below a new author',
      person('bob', { isAdmin: true }),
      ['createAuthor', { input: { name: 'N', posts: { build: [{ title: 'T' }] } } }],
      '101',
    ],
    [
      'an admin, with a new author',
      person('bob', { isAdmin: true }),
      ['createPost', { input: { title: 'T', author: { cast: { entry: { name: 'N' } } } } }],
      '101',
    ],
    [
      'anyone, of an open service',
      { kind: 'open' },
      ['createPost', { input: { title: 'T' } }],
      null,
    ],
  ])('post by %s', async (_who, asker, [mutation, variables], author_id) => {
    const result = await blog.writeAs(asker, mutation, variables);
    expect(result.__typename).toMatch(/Success$/);
    expect(await authorOf('T')).toEqual([{ author_id }]);
  });

  const input = { name: 'N' };
  const subjects = () => blog.database.sql(`SELECT subject FROM authors WHERE name = 'N'`);

  test.each<readonly [string, Asker, string | null]>([
    ['who has none yet', people.eve, 'eve'],
    ['an admin who has none yet', people.root, 'root'],
    ['an admin who has one', person('bob', { isAdmin: true }), null],
    ['anyone, of an open service', { kind: 'open' }, null],
  ])('author by %s', async (_who, asker, subject) => {
    const { changeset } = await blog.writeAs(asker, 'createAuthor', { input });
    expect(changeset?.operations[0]?.changes).toEqual([{ field: 'name', from: null, to: 'N' }]);
    expect(await subjects()).toEqual([{ subject }]);
  });

  test('author twice at once by one person is made once', async () => {
    const sent = Array.from({ length: 4 }, () =>
      blog.writeAs(people.eve, 'createAuthor', { input }),
    );
    const results = await Promise.all(sent);
    expect(results.map(({ __typename }) => __typename).toSorted()).toEqual([
      'CreateAuthorSuccess',
      'Forbidden',
      'Forbidden',
      'Forbidden',
    ]);
    expect(await subjects()).toEqual([{ subject: 'eve' }]);
  });
});

test('what is refused says where, and a dry run is refused as well', async () => {
  const variables = { id: 1, input: { comments: { build: [{ body: 'x' }] }, tags: refs(41) } };
  for (const options of [{}, { dryRun: true }]) {
    const result = await blog.writeAs(people.bob, 'updatePost', { ...variables, options });
    expect(result).toMatchObject({ __typename: 'Forbidden', path: ['input', 'tags'] });
  }
  const deletion = await blog.writeAs(people.bob, 'deleteComment', { id: 11 });
  expect(deletion).toMatchObject({ __typename: 'Forbidden', path: [] });
});

test('what is wrong is said before what is forbidden', async () => {
  const mutate = (input: object) => blog.writeAs(people.bob, 'updatePost', { id: 1, input });
  expect((await mutate({ title: '' })).__typename).toBe('InvalidChangeset');
  expect((await mutate({ title: 'T', lockVersion: 9 })).__typename).toBe('StaleEntry');
  expect((await blog.writeAs(people.bob, 'deletePost', { id: 9 })).__typename).toBe('NotFound');
});

test('a key is of the one who sends it, and a replay asks again', async () => {
  const write = (asker: Asker, body: string) =>
    blog.writeAs(asker, 'createComment', {
      input: { body, postId: 1 },
      options: { idempotencyKey: 'k' },
    });
  const first = await write(people.ann, 'a');
  expect((await write(people.bob, 'b')).__typename).toBe('CreateCommentSuccess');
  expect((await write(person('ann', { issuer: 'https://other.example' }), 'c')).__typename).toMatch(
    /Success$/,
  );
  expect((await write(people.ann, 'd')).__typename).toBe('IdempotencyConflict');
  expect((await write(people.ann, 'a')).record?.['id']).toBe(first.record?.['id']);
  expect(await blog.database.sql(`SELECT FROM comments WHERE id > 300`)).toHaveLength(3);

  const rename = (asker: Asker) =>
    blog.writeAs(asker, 'updateTag', {
      id: 41,
      input: { name: 'n' },
      options: { idempotencyKey: 'l' },
    });
  expect((await rename(person('bob', { isAdmin: true }))).__typename).toBe('UpdateTagSuccess');
  expect((await rename(people.bob)).__typename).toBe('Forbidden');
});

test('who is nobody leaves no key behind, though what changes nothing is not refused', async () => {
  const variables = { id: 1, input: {}, options: { idempotencyKey: 'k' } };
  expect((await blog.writeAs(people.nobody, 'updatePost', variables)).__typename).toBe(
    'UpdatePostSuccess',
  );
  expect(await blog.database.sql('SELECT FROM idempotency_keys')).toEqual([]);
});

test('the policy takes two statements, and none of an open service', async () => {
  const variables = { id: 1, input: { title: 'T', comments: entry([{ id: 11, body: 'x' }]) } };
  const count = async (asker: Asker) => {
    await blog.reset();
    await blog.database.sql(`UPDATE authors SET subject = 'ann' WHERE id = 1`);
    const run = () => blog.writeAs(asker, 'updatePost', variables);
    return (await blog.statementsOf(run)).length;
  };
  const open = await count({ kind: 'open' });
  expect(await count(people.root)).toBe(open);
  expect(await count(people.ann)).toBe(open + 2);
});
