import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { issuesOf, operationsOf, type Variables } from '../support/write.ts';

const blog = useBlog();

const updatePost = (input: Variables) => blog.write('updatePost', { id: '1', input });

describe('null', () => {
  test('clears a nullable column', async () => {
    await updatePost({ body: null, authorId: null });
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '+ post 1 One, body null, author null, v2',
    ]);
  });

  test('is REQUIRED on a required one', async () => {
    expect(issuesOf(await updatePost({ title: null }))).toEqual(['REQUIRED input.title']);
    const input = { body: null, postId: null };
    expect(issuesOf(await blog.write('updateComment', { id: '11', input }))).toEqual([
      'REQUIRED input.body',
      'REQUIRED input.postId',
    ]);
    expect(issuesOf(await blog.write('updateAuthor', { id: '1', input: { name: null } }))).toEqual([
      'REQUIRED input.name',
    ]);
  });

  test('is INVALID on every association', async () => {
    const none = { author: null, comments: null, tags: null, permalink: null };
    const issues = [
      'INVALID input.author',
      'INVALID input.comments',
      'INVALID input.tags',
      'INVALID input.permalink',
    ];
    expect(issuesOf(await updatePost(none)).toSorted()).toEqual(issues.toSorted());
    const created = { input: { title: 'New', ...none } };
    expect(issuesOf(await blog.write('createPost', created)).toSorted()).toEqual(issues.toSorted());
    expect(
      issuesOf(await blog.write('updateComment', { id: '11', input: { post: null } })),
    ).toEqual(['INVALID input.post']);
    expect(
      issuesOf(await blog.write('createComment', { input: { body: 'x', post: null } })),
    ).toEqual(['INVALID input.post']);
    expect(issuesOf(await blog.write('updateAuthor', { id: '1', input: { posts: null } }))).toEqual(
      ['INVALID input.posts'],
    );
  });

  test('means absent on id, lockVersion and expectedIds', async () => {
    const outcome = await updatePost({
      title: 'One more',
      lockVersion: null,
      comments: {
        cast: {
          entries: [
            { id: '11', lockVersion: null },
            { id: null, body: 'new' },
          ],
          expectedIds: null,
        },
      },
      tags: { put: { refs: [], expectedIds: null } },
    });
    expect(outcome.changeset?.counts).toMatchObject({
      inserted: 1,
      updated: 1,
      deleted: 2,
      unlinked: 2,
    });
    const gone = await blog.write('deleteComment', {
      id: '11',
      lockVersion: null,
      options: null,
    });
    expect(gone.__typename).toBe('DeleteCommentSuccess');
  });

  test('on ref and entry removes', async () => {
    await updatePost({
      author: { put: { ref: null } },
      permalink: { cast: { entry: null, onReplace: 'DELETE' } },
    });
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '- permalink 51 /one, post 1',
      '+ post 1 One, body first, author null, v2',
    ]);
  });

  test('on the entry of a new owner leaves it without one', async () => {
    const outcome = await blog.write('createPost', {
      input: {
        title: 'New',
        author: { cast: { entry: null } },
        permalink: { put: { ref: null } },
      },
    });
    expect(operationsOf(outcome)).toEqual(['INSERT Post 201 input GIVEN title: null -> "New"']);
  });
});

describe('what is absent', () => {
  test('stays as it is, in a row and in its associations', async () => {
    expect(operationsOf(await updatePost({ title: 'Uno' }))).toEqual([
      'UPDATE Post 1 input GIVEN title: "One" -> "Uno"',
    ]);
    const entries = [{ id: '11' }, { id: '12' }, { id: '13' }];
    await updatePost({ comments: { cast: { entries } } });
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '+ post 1 Uno, body first, author 1, v2',
    ]);
  });

  test('writes nothing where all is absent', async () => {
    const outcome = await updatePost({});
    expect(outcome.__typename).toBe('UpdatePostSuccess');
    expect(operationsOf(outcome)).toEqual([]);
    expect(await blog.changes()).toEqual([]);
  });

  test('is REQUIRED where it is ref or entry', async () => {
    const outcome = await updatePost({
      author: { cast: {} },
      permalink: { put: {} },
    });
    expect(issuesOf(outcome)).toEqual([
      'REQUIRED input.author.cast.entry',
      'REQUIRED input.permalink.put.ref',
    ]);
  });
});

describe('text', () => {
  test('that is blank is null', async () => {
    await updatePost({ body: ' \t\n\u00a0' });
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '+ post 1 One, body null, author 1, v2',
    ]);
    expect(issuesOf(await updatePost({ title: '' }))).toEqual(['REQUIRED input.title']);
  });

  test.each([
    ['emoji', '👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪'],
    ['right-to-left text', 'שלום \u202eעולם\u202c مرحبا'],
    ['quotes and a comment', `'; DROP TABLE posts; -- "x" \\' $1 %s %{count} \${x}`],
    ['white space around it', '  \n\tx\r\n '],
    ['combining marks', 'e\u0301 \u1112\u1161\u11ab'],
    ['characters beyond the first plane', '𝒳𐍈'],
    ['control characters', '\u0001\u001f\u007f\u200b\ufeffx'],
  ])('that is not blank is stored as it comes: %s', async (_name, text) => {
    const { record } = await updatePost({ title: text, body: text });
    expect(record).toMatchObject({ title: text, body: text });
    const [stored] = await blog.database.sql('SELECT title, body FROM posts WHERE id = 1');
    expect(stored).toEqual({ title: text, body: text });
  });

  // One grapheme that is 8 UTF-16 units and 4 code points.
  const family = '\u{1F469}\u200D\u{1F469}\u200D\u{1F467}';

  test.each([
    ['title', 255, (text: string) => ({ title: text })],
    [
      'author.cast.entry.name',
      255,
      (name: string) => ({ author: { cast: { entry: { id: '1', name } } } }),
    ],
    ['tags.build.0.name', 255, (name: string) => ({ tags: { build: [{ name }] } })],
    [
      'permalink.cast.entry.url',
      255,
      (url: string) => ({ permalink: { cast: { entry: { url } } } }),
    ],
    ['comments.build.0.body', 10_000, (body: string) => ({ comments: { build: [{ body }] } })],
  ] as const)('%s holds %i graphemes and no more', async (at, most, input) => {
    const fits = await updatePost(input(family.repeat(most)));
    expect(fits.__typename).toBe('UpdatePostSuccess');
    const { issues } = await updatePost(input(family.repeat(most + 1)));
    expect(issues).toEqual([
      {
        code: 'LENGTH',
        path: ['input', ...at.split('.')],
        template: 'should be at most %{count} character(s)',
        message: `should be at most ${most} character(s)`,
        params: expect.objectContaining({ count: most }),
      },
    ]);
  });

  test('of a column without a limit of its own holds 1,000,000 bytes and no more', async () => {
    const body = `é${'x'.repeat(999_998)}`;
    const { record } = await updatePost({ body });
    expect(record?.['body']).toBe(body);
    const posts = { build: [{ title: 'New', body: `${body}x` }] };
    const { issues } = await blog.write('updateAuthor', { id: '1', input: { posts } });
    expect(issues).toEqual([
      {
        code: 'LENGTH',
        path: ['input', 'posts', 'build', '0', 'body'],
        template: 'should be at most %{count} byte(s)',
        message: 'should be at most 1000000 byte(s)',
        params: expect.objectContaining({ count: 1_000_000 }),
      },
    ]);
  });

  test('that is too long for its column has one issue', async () => {
    const title = 'x'.repeat(1_000_001);
    const { issues } = await updatePost({ title });
    expect(issues?.map(({ message }) => message)).toEqual(['should be at most 255 character(s)']);
  });

  test.each(['/a b', '/a\tb', ' /a', '/a\n', '/a\u00a0b'])(
    'with white space is no url: %j',
    async (url) => {
      const outcome = await updatePost({
        permalink: { cast: { entry: { url } } },
      });
      expect(issuesOf(outcome)).toEqual(['FORMAT input.permalink.cast.entry.url']);
    },
  );

  test.each<[string, string, Variables]>([
    ['REQUIRED input.title', 'createPost', { input: { title: ' \t\n\u00a0' } }],
    ['LENGTH input.title', 'createPost', { input: { title: 'x'.repeat(256) } }],
    ['REQUIRED input.body', 'createComment', { input: { body: '', postId: '1' } }],
    ['REQUIRED input.body', 'updateComment', { id: '11', input: { body: '' } }],
    ['LENGTH input.body', 'updateComment', { id: '11', input: { body: 'x'.repeat(10_001) } }],
    ['REQUIRED input.body', 'buildPostComment', { postId: '1', input: { body: ' ' } }],
    ['LENGTH input.body', 'buildPostComment', { postId: '1', input: { body: 'x'.repeat(10_001) } }],
    ['REQUIRED input.name', 'createAuthor', { input: { name: '' } }],
  ])('of a root is held to its rules: %s of %s', async (issue, mutation, variables) => {
    expect(issuesOf(await blog.write(mutation, variables))).toEqual([issue]);
  });

  test('with half a surrogate pair is INVALID', async () => {
    expect(issuesOf(await updatePost({ title: 'a\ud83d' }))).toEqual(['INVALID input.title']);
  });

  test('with NUL is INVALID, wherever it stands', async () => {
    const outcome = await updatePost({
      title: 'a\u0000b',
      body: '\u0000',
      tags: { put: { refs: [{ name: 'a\u0000' }], create: true } },
      author: { cast: { entry: { name: '\u0000' } } },
    });
    expect(issuesOf(outcome).toSorted()).toEqual([
      'INVALID input.author.cast.entry.name',
      'INVALID input.body',
      'INVALID input.tags.put.refs.0',
      'INVALID input.title',
    ]);
  });
});
