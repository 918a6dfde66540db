import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { issuesOf, operationsOf, type Variables } from '../support/write.ts';

const blog = useBlog();

const write = (tags: Variables, id = '1') => blog.write('updatePost', { id, input: { tags } });

describe('a cast of tags', () => {
  test('with id and name renames the tag, for every post', async () => {
    await write({ put: { refs: [{ id: '41' }] } }, '2');
    await write({
      cast: { entries: [{ id: '41', name: 'Ecto' }, { id: '42' }] },
    });
    const { post } = await blog.read<{ post: object }>(`{ post(id: 2) { tags { name } } }`);
    expect(post).toEqual({ tags: [{ name: 'Ecto' }] });
  });

  test('without id makes a tag and links it', async () => {
    const outcome = await write({
      cast: { entries: [{ id: '41' }, { id: '42' }, { name: 'new' }] },
    });
    expect(operationsOf(outcome)).toEqual([
      'INSERT Tag 401 input.tags.cast.entries.2 GIVEN name: null -> "new"',
      'LINK Tag 401 input.tags.cast.entries.2 GIVEN',
      'UNCHANGED Tag 41 input.tags.cast.entries.0 GIVEN',
      'UNCHANGED Tag 42 input.tags.cast.entries.1 GIVEN',
    ]);
  });

  test('unlinks what it leaves out, and the tag stays', async () => {
    await write({ cast: { entries: [{ id: '42' }] } });
    expect(await blog.changes()).toEqual(['- link post 1 tag 41']);
  });

  test('works where one frees the name that another takes', async () => {
    await write({
      cast: {
        entries: [{ name: 'ecto' }, { id: '41', name: 'Ecto' }, { id: '42' }],
      },
    });
    expect(await blog.changes()).toEqual([
      '- tag 41 ecto',
      '+ tag 41 Ecto',
      '+ tag 401 ecto',
      '+ link post 1 tag 401',
    ]);
  });

  test('that swaps two names swaps them', async () => {
    const entries = [
      { id: '41', name: 'elixir' },
      { id: '42', name: 'ecto' },
    ];
    expect(operationsOf(await write({ cast: { entries } }))).toEqual([
      'UPDATE Tag 41 input.tags.cast.entries.0 GIVEN name: "ecto" -> "elixir"',
      'UPDATE Tag 42 input.tags.cast.entries.1 GIVEN name: "elixir" -> "ecto"',
    ]);
    expect(await blog.changes()).toEqual([
      '- tag 41 ecto',
      '- tag 42 elixir',
      '+ tag 41 elixir',
      '+ tag 42 ecto',
    ]);
  });

  test('that swaps two names says in a dry run what it would do', async () => {
    const entries = [
      { id: '41', name: 'elixir' },
      { id: '42', name: 'ecto' },
    ];
    const input = { tags: { cast: { entries } } };
    const options = { dryRun: true };
    const dry = await blog.write('updatePost', { id: '1', input, options });
    expect(await blog.changes()).toEqual([]);
    const done = await blog.write('updatePost', { id: '1', input });
    expect(operationsOf(dry)).toEqual(operationsOf(done));
  });

  test('that swaps two names beside one that another tag has is UNIQUE at that one, and nothing is written', async () => {
    const entries = [{ id: '41', name: 'elixir' }, { id: '42', name: 'ecto' }, { name: 'prisma' }];
    await blog.write('updatePost', {
      id: '2',
      input: { tags: { put: { refs: [{ name: 'prisma' }], create: true } } },
    });
    const before = await blog.changes();
    expect(issuesOf(await write({ cast: { entries } }))).toEqual([
      'UNIQUE input.tags.cast.entries.2.name',
    ]);
    expect(await blog.changes()).toEqual(before);
  });
});

describe('a put of tags', () => {
  test('links by id or by name, and changes no tag', async () => {
    await write({ put: { refs: [{ id: '43' }, { name: 'ecto' }] } }, '2');
    expect(await blog.changes()).toEqual(['+ link post 2 tag 41', '+ link post 2 tag 43']);
  });

  test('takes a name as it is written: another case is another tag', async () => {
    expect(issuesOf(await write({ put: { refs: [{ name: 'Ecto' }] } }))).toEqual([
      'UNKNOWN_REF input.tags.put.refs.0',
    ]);
  });

  test('with create makes the names that no tag has', async () => {
    const refs = [{ name: 'ecto' }, { name: 'new' }, { name: ' new ' }];
    const outcome = await write({ put: { refs, create: true } });
    expect(operationsOf(outcome)).toEqual([
      'UNLINK Tag 42 input.tags REPLACED',
      'INSERT Tag 401 input.tags.put.refs.1 GIVEN name: null -> "new"',
      'INSERT Tag 402 input.tags.put.refs.2 GIVEN name: null -> " new "',
      'LINK Tag 401 input.tags.put.refs.1 GIVEN',
      'LINK Tag 402 input.tags.put.refs.2 GIVEN',
      'UNCHANGED Tag 41 input.tags.put.refs.0 GIVEN',
    ]);
  });

  test('with create makes a name once, however many posts of the request have it', async () => {
    const tags = { put: { refs: [{ name: 'new' }], create: true } };
    const outcome = await blog.write('createAuthor', {
      input: {
        name: 'Dan',
        posts: {
          build: [
            { title: 'a', tags },
            { title: 'b', tags },
          ],
        },
      },
    });
    expect(outcome.changeset?.counts).toMatchObject({ inserted: 4, linked: 2 });
    const { tags: made } = await blog.read<{ tags: object }>(
      `{ tags(where: { name: { equals: "new" } }) { edges { node { posts { title } } } } }`,
    );
    expect(made).toEqual({
      edges: [{ node: { posts: [{ title: 'a' }, { title: 'b' }] } }],
    });
  });

  test('that has no name is REQUIRED each time, not listed twice', async () => {
    const refs = [{ name: '' }, { name: ' ' }, { name: '' }];
    const outcome = await blog.write('createPost', {
      input: { title: 'a', tags: { put: { refs, create: true } } },
    });
    expect(issuesOf(outcome)).toEqual(refs.map((_, i) => `REQUIRED input.tags.put.refs.${i}.name`));
  });
});

describe('a tag in two posts of a request', () => {
  const posts = (first: Variables, second: Variables) =>
    blog.write('updateAuthor', {
      id: '1',
      input: {
        posts: {
          cast: {
            entries: [
              { id: '1', tags: first },
              { id: '2', tags: second },
            ],
          },
        },
      },
    });

  test('is renamed by one and linked to the other', async () => {
    await posts(
      { cast: { entries: [{ id: '41', name: 'Ecto' }, { id: '42' }] } },
      { put: { refs: [{ name: 'ecto' }] } },
    );
    expect(await blog.changes()).toEqual([
      '- tag 41 ecto',
      '+ tag 41 Ecto',
      '+ link post 2 tag 41',
    ]);
  });

  test('is renamed in one place only: the second is CONFLICTING_INPUT', async () => {
    await write({ put: { refs: [{ id: '41' }] } }, '2');
    const rename = { cast: { entries: [{ id: '41', name: 'Ecto' }] } };
    expect(issuesOf(await posts(rename, rename))).toEqual([
      'CONFLICTING_INPUT input.posts.cast.entries.1.tags.cast.entries.0',
    ]);
  });
});

test('a build of tags adds them to those that are there', async () => {
  await write({ build: [{ name: 'a' }, { name: 'b' }] });
  expect(await blog.changes()).toEqual([
    '+ tag 401 a',
    '+ tag 402 b',
    '+ link post 1 tag 401',
    '+ link post 1 tag 402',
  ]);
});
