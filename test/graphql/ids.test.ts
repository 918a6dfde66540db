import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { execute } from '../support/execute.ts';
import { issuesOf, writeDocument } from '../support/write.ts';

const blog = useBlog();

describe('an id that is sent as a JSON number above 2^53 - 1 is BAD_USER_INPUT', () => {
  const big = 2 ** 53;

  test.each([
    ['of a record', 'query ($id: ID!) { post(id: $id) { id } }', { id: big }],
    ['below zero', 'query ($id: ID!) { post(id: $id) { id } }', { id: -big }],
    [
      'in a filter',
      'query ($w: PostWhere) { posts(where: $w) { totalCount } }',
      {
        w: { OR: [{ id: { in: [1, big] } }] },
      },
    ],
    ['of a mutation', writeDocument('deletePost'), { id: big }],
    ['of an owner', writeDocument('buildPostComment'), { postId: big, input: { body: 'b' } }],
    ['as a foreign key', writeDocument('createComment'), { input: { body: 'b', postId: big } }],
    [
      'of an entry',
      writeDocument('updatePost'),
      {
        id: '1',
        input: { comments: { cast: { entries: [{ id: big }] } } },
      },
    ],
    [
      'of a reference',
      writeDocument('updatePost'),
      {
        id: '1',
        input: { tags: { put: { refs: [{ id: big }] } } },
      },
    ],
    [
      'among those expected',
      writeDocument('updatePost'),
      {
        id: '1',
        input: { tags: { put: { refs: [], expectedIds: [big] } } },
      },
    ],
    [
      'in a scope',
      writeDocument('updatePost'),
      {
        id: '1',
        input: { tags: { put: { refs: [], scope: { id: { equals: big } } } } },
      },
    ],
    ['as a nodeId', 'query ($id: ID!) { node(nodeId: $id) { nodeId } }', { id: big }],
  ])('%s', async (_where, document, variables) => {
    const { errors } = await execute(blog.database.client, document, variables);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('JSON holds no integer above 2^53 - 1. Send it as text.'),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(await blog.changes()).toEqual([]);
  });

  test('and 2^53 - 1 is read as it is, as is a larger number in a document', async () => {
    await blog.database.sql(`INSERT INTO tags VALUES (${big - 1}, 'a'), (${big}1, 'b')`);
    const found = await blog.read(
      `query ($id: ID!) { a: tag(id: $id) { name } b: tag(id: ${big}1) { name } }`,
      { id: big - 1 },
    );
    expect(found).toEqual({ a: { name: 'a' }, b: { name: 'b' } });
  });
});

describe('an id of more than 64 bytes is none', () => {
  const most = `${'0'.repeat(62)}41`;
  const more = `0${most}`;

  test('where one of 64 is one', async () => {
    const ask = 'query ($id: ID!) { tag(id: $id) { name } }';
    expect(await blog.read(ask, { id: most })).toEqual({ tag: { name: 'ecto' } });
    expect(await blog.read(ask, { id: more })).toEqual({ tag: null });
  });

  test('as a literal too', async () => {
    expect(
      await blog.read(`{ a: tag(id: "${most}") { name } b: tag(id: ${'9'.repeat(65)}) { name } }`),
    ).toEqual({ a: { name: 'ecto' }, b: null });
  });

  test('of a mutation it is NotFound, which does not repeat it', async () => {
    expect(await blog.write('deleteTag', { id: 'x'.repeat(1_000_000) })).toEqual({
      __typename: 'NotFound',
      message: 'There is no such Tag.',
      type: 'Tag',
      recordId: null,
    });
    expect((await blog.write('deleteTag', { id: more })).__typename).toBe('NotFound');
  });

  test.each([
    [{ authorId: `${'0'.repeat(64)}1` }, 'INVALID input.authorId'],
    [{ tags: { put: { refs: [{ id: more }] } } }, 'INVALID input.tags.put.refs.0'],
    [{ tags: { put: { refs: [], expectedIds: [more] } } }, 'INVALID input.tags.put.expectedIds.0'],
    [{ tags: { cast: { entries: [{ id: more }] } } }, 'INVALID input.tags.cast.entries.0.id'],
  ])('in %j it is %s', async (input, issue) => {
    expect(issuesOf(await blog.write('updatePost', { id: '1', input }))).toContain(issue);
    expect(await blog.changes()).toEqual([]);
  });
});
