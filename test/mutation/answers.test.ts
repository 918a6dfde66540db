import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { contractMutations, RECORD, recordName, type Variables } from '../support/write.ts';

const blog = useBlog();

const children = {
  comments: { build: [{ body: 'a' }, { body: 'b' }] },
  tags: { put: { refs: [{ name: 'ecto' }, { name: 'new' }], create: true } },
  permalink: { cast: { entry: { url: '/new' } } },
};

describe("a mutation's answer is what a query then reads:", () => {
  const writes: readonly (readonly [string, Variables])[] = [
    ['createPost', { input: { title: ' New ', authorId: 2, ...children } }],
    ['createPost', { input: { title: 'x', author: { cast: { entry: { name: 'Dan' } } } } }],
    ['updatePost', { id: '1', input: { title: 'Uno', body: null, ...children } }],
    ['updatePost', { id: '1', input: {} }],
    [
      'updatePost',
      {
        id: '1',
        input: {
          author: { put: { ref: { id: '2' } } },
          comments: {
            put: { refs: [{ id: '31' }, { id: '11' }], onReplace: 'DELETE' },
          },
          tags: { cast: { entries: [{ id: '41', name: 'Ecto' }] } },
          permalink: { put: { ref: { url: '/loose' } } },
        },
      },
    ],
    [
      'updatePost',
      {
        id: '1',
        input: {
          author: { cast: { entry: { name: 'Anna' }, onReplace: 'UPDATE' } },
          permalink: { cast: { entry: null } },
        },
      },
    ],
    ['buildPostComment', { postId: '1', input: { body: 'new' } }],
    ['createComment', { input: { body: 'new', postId: '2' } }],
    ['createComment', { input: { body: 'new', post: { cast: { entry: { title: 'x' } } } } }],
    ['updateComment', { id: '11', input: { body: 'best', postId: '3' } }],
    [
      'updateComment',
      {
        id: '11',
        input: { post: { cast: { entry: { id: '1', title: 'Uno' } } } },
      },
    ],
    [
      'createAuthor',
      {
        input: {
          name: 'Dan',
          posts: { build: [{ title: 'a', ...children }, { title: 'b' }] },
        },
      },
    ],
    [
      'updateAuthor',
      {
        id: '1',
        input: {
          name: 'Anna',
          posts: {
            cast: {
              entries: [{ id: '2', title: 'Dos', ...children }, { title: 'c' }],
            },
          },
        },
      },
    ],
  ];

  test('each mutation that is no delete has a case', () => {
    expect(new Set(writes.map(([mutation]) => mutation))).toEqual(
      new Set(contractMutations.filter((mutation) => !mutation.startsWith('delete'))),
    );
  });

  test.each(writes)('%s %j', async (mutation, variables) => {
    const { record } = await blog.write(mutation, variables);
    const name = recordName(mutation);
    const read = await blog.read<Record<string, unknown>>(
      `query ($id: ID!) { ${name}(id: $id) { ${RECORD[name]} } }`,
      { id: record?.['id'] },
    );
    expect(record).not.toBeUndefined();
    expect(record).toEqual(read[name]);
  });
});

describe('the answer of a delete', () => {
  test('holds the last scalars of a post, and its associations as of now', async () => {
    const { post: last } = await blog.read<{ post: object }>(
      '{ post(id: 1) { id title body lockVersion insertedAt updatedAt } }',
    );
    const { record } = await blog.write('deletePost', { id: '1' });
    expect(record).toEqual({
      __typename: 'Post',
      ...last,
      author: {
        id: '1',
        name: 'Ann',
        lockVersion: 1,
        posts: [{ id: '2', title: 'Two' }],
      },
      comments: [],
      commentCount: 0,
      tags: [],
      permalink: null,
    });
    expect(await blog.read('{ post(id: 1) { id } }')).toEqual({ post: null });
  });

  test('holds the last scalars of a comment, and its post as of now', async () => {
    const { record } = await blog.write('deleteComment', { id: '11' });
    expect(record).toMatchObject({
      id: '11',
      body: 'great',
      post: {
        id: '1',
        comments: [
          { id: '12', body: 'more' },
          { id: '13', body: 'thanks' },
        ],
      },
    });
  });

  test('holds the last scalars of an author, who has no posts', async () => {
    const { record } = await blog.write('deleteAuthor', { id: '3' });
    expect(record).toMatchObject({ id: '3', name: 'Cid', posts: [] });
  });
});

test('each mutation of a document is answered with the rows as they are after it', async () => {
  const commented = `... on UpdatePostSuccess {
    post { title author { name } comments { id body } commentCount }
  }`;
  const data = await blog.read(
    `mutation ($first: UpdatePostInput!, $second: UpdatePostInput!) {
      read: updatePost(id: 1, input: {}) { ${commented} }
      first: updatePost(id: 1, input: $first) { ${commented} }
      refused: updatePost(id: 1, input: { title: "" }) { __typename }
      dry: updatePost(
        id: 1, input: { comments: { cast: { entries: [] } } }, options: { dryRun: true }
      ) { __typename }
      second: updatePost(id: 1, input: $second) { ${commented} }
      other: updateComment(id: 11, input: { postId: 2 }) {
        ... on UpdateCommentSuccess { comment { post { title comments { id } commentCount } } }
      }
      last: updatePost(id: 1, input: {}) { ${commented} }
    }`,
    {
      first: {
        title: 'Once',
        comments: { cast: { entries: [{ id: '11' }, { body: 'new' }] } },
      },
      second: {
        author: { cast: { entry: { id: '1', name: 'Anna' } } },
        comments: { cast: { entries: [{ id: '11', body: 'changed' }] } },
      },
    },
  );
  const post = (title: string, author: string, ...comments: readonly object[]) => ({
    post: { title, author: { name: author }, comments, commentCount: comments.length },
  });
  const great = { id: '11', body: 'great' };
  expect(data).toEqual({
    read: post('One', 'Ann', great, { id: '12', body: 'more' }, { id: '13', body: 'thanks' }),
    first: post('Once', 'Ann', great, { id: '301', body: 'new' }),
    refused: { __typename: 'InvalidChangeset' },
    dry: { __typename: 'DryRun' },
    second: post('Once', 'Anna', { id: '11', body: 'changed' }),
    other: {
      comment: {
        post: { title: 'Two', comments: [{ id: '11' }, { id: '21' }], commentCount: 2 },
      },
    },
    last: post('Once', 'Anna'),
  });
});

describe('an answer is read without N+1:', () => {
  const select = `post {
    comments { id post { title author { name posts { title } } } }
    last: comments(orderBy: [{ id: Desc }], first: 1) { body post { tags { name posts { title } } } }
    tags { name posts { permalink { url post { title } } } }
    permalink { url }
  }`;

  /** The tables that the statements after the COMMIT read. */
  async function readsOf(comments: number): Promise<string[]> {
    const bodies = Array.from({ length: comments }, (_, i) => ({
      body: `c${i}`,
    }));
    const statements = await blog.database.statementsOf(() =>
      blog.read(
        `mutation ($input: UpdatePostInput!) {
          updatePost(id: 1, input: $input) { ... on UpdatePostSuccess { ${select} } }
        }`,
        {
          input: {
            title: 'x',
            comments: { cast: { entries: bodies } },
            tags: { build: bodies.map(({ body }) => ({ name: body })) },
          },
        },
      ),
    );
    const end = statements.findLastIndex(({ verb }) => verb === 'COMMIT');
    return statements
      .slice(end + 1)
      .map(({ sql }) => /FROM (?:"public"\.)?"(\w+)"/.exec(sql)?.[1] ?? sql)
      .toSorted();
  }

  test('one statement for each association and level, also with aliases', async () => {
    // A many_to_many is read from its join rows; what two places ask of the same rows is read once.
    expect(await readsOf(20)).toEqual([
      'authors',
      'comments',
      'permalinks',
      'posts', // of the comments
      'posts', // of their author
      'posts', // with `last`
      'posts_tags', // with tags
      'posts_tags', // with posts
    ]);
  });

  test('as many for one comment as for twenty', async () => {
    const few = await readsOf(1);
    await blog.database.sql('DELETE FROM posts_tags WHERE post_id = 1');
    await blog.database.sql('DELETE FROM tags WHERE id > 100');
    expect(await readsOf(20)).toEqual(few);
  });
});
