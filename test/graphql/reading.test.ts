import { describe, expect, test } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { execute, read } from '../support/execute.ts';

const database = useDatabase();

/**
 * 10 authors with 10 posts each, 3 comments and 2 of 5 tags on each, a permalink on every other.
 */
async function seed(): Promise<void> {
  await database.sql(`
    INSERT INTO authors (name) SELECT 'author ' || i FROM generate_series(1, 10) AS i;
    INSERT INTO posts (title, author_id)
      SELECT 'post ' || i, (i - 1) / 10 + 1 FROM generate_series(1, 100) AS i;
    INSERT INTO comments (body, post_id)
      SELECT 'comment ' || i, (i - 1) / 3 + 1 FROM generate_series(1, 300) AS i;
    INSERT INTO tags (name) SELECT 'tag ' || i FROM generate_series(1, 5) AS i;
    INSERT INTO posts_tags (post_id, tag_id)
      SELECT i, i % 5 + 1 FROM generate_series(1, 100) AS i
      UNION ALL SELECT i, (i + 1) % 5 + 1 FROM generate_series(1, 100) AS i;
    INSERT INTO permalinks (url, post_id)
      SELECT '/' || i, i FROM generate_series(2, 100, 2) AS i;
  `);
}

type Counted<Data> = { readonly data: Data; readonly tables: string[] };

/** Reads, and tells the tables that the statements read, in alphabetical order. */
async function count<Data>(
  source: string,
  variables?: Record<string, unknown>,
): Promise<Counted<Data>> {
  let data: Data | undefined;
  const statements = await database.statementsOf(async () => {
    data = await read<Data>(database.client, source, variables);
  });
  const tables = statements.map(({ sql }) => /FROM "public"\."(\w+)"/.exec(sql)?.[1] ?? sql);
  return { data: data as Data, tables: tables.sort() };
}

type Node = { readonly [field: string]: unknown };

describe('a record by id', () => {
  test('is read with all its fields and associations', async () => {
    await database.sql(`
      INSERT INTO authors (id, name) VALUES (3, 'Ann');
      INSERT INTO posts (id, title, body, author_id, lock_version, inserted_at, updated_at)
        VALUES (7, 'A story...', NULL, 3, 4, '2026-01-31 09:30:00.007', '2026-02-01 00:00:00');
      INSERT INTO comments (id, body, post_id) VALUES (10, 'Great story!', 7);
      INSERT INTO tags (id, name) VALUES (1, 'fiction');
      INSERT INTO posts_tags (post_id, tag_id) VALUES (7, 1);
      INSERT INTO permalinks (id, url, post_id) VALUES (5, '/story', 7);
    `);
    const data = await read<Node>(
      database.client,
      `{
        post(id: 7) {
          __typename id title body lockVersion insertedAt updatedAt
          author { __typename id name lockVersion posts { id } }
          comments { __typename id body lockVersion post { id } }
          commentCount
          tags { __typename id name posts { id } }
          permalink { __typename id url post { id } }
        }
        comment(id: "10") { body }
        author(id: 3) { name }
        tag(id: 1) { name }
      }`,
    );
    expect(data).toEqual({
      post: {
        __typename: 'Post',
        id: '7',
        title: 'A story...',
        body: null,
        lockVersion: 4,
        insertedAt: '2026-01-31T09:30:00.007Z',
        updatedAt: '2026-02-01T00:00:00.000Z',
        author: {
          __typename: 'Author',
          id: '3',
          name: 'Ann',
          lockVersion: 1,
          posts: [{ id: '7' }],
        },
        comments: [
          {
            __typename: 'Comment',
            id: '10',
            body: 'Great story!',
            lockVersion: 1,
            post: { id: '7' },
          },
        ],
        commentCount: 1,
        tags: [
          {
            __typename: 'Tag',
            id: '1',
            name: 'fiction',
            posts: [{ id: '7' }],
          },
        ],
        permalink: {
          __typename: 'Permalink',
          id: '5',
          url: '/story',
          post: { id: '7' },
        },
      },
      comment: { body: 'Great story!' },
      author: { name: 'Ann' },
      tag: { name: 'fiction' },
    });
  });

  test.each(['9', 'seven', '', '1.5', ' 7', '9223372036854775808', '-1'])(
    'is null for the id "%s" that no row has',
    async (id) => {
      await database.sql(`INSERT INTO posts (id, title) VALUES (7, 'x')`);
      const data = await read<Node>(
        database.client,
        'query ($id: ID!) { post(id: $id) { id } comment(id: $id) { id } author(id: $id) { id } tag(id: $id) { id } }',
        { id },
      );
      expect(data).toEqual({
        post: null,
        comment: null,
        author: null,
        tag: null,
      });
    },
  );

  test('keeps ids that JavaScript numbers cannot hold', async () => {
    await database.sql(`INSERT INTO posts (id, title) VALUES (9223372036854775807, 'last')`);
    expect(await read(database.client, '{ post(id: "9223372036854775807") { id title } }')).toEqual(
      { post: { id: '9223372036854775807', title: 'last' } },
    );
  });
});

describe('reading without N+1', () => {
  test('a list of 100 posts with their comments and authors is 3 statements', async () => {
    await seed();
    const { data, tables } = await count<{ posts: { edges: Node[] } }>(
      '{ posts(first: 100) { edges { node { id comments { body } author { name } } } } }',
    );
    expect(data.posts.edges).toHaveLength(100);
    expect(tables).toEqual(['authors', 'comments', 'posts']);
  });

  test('authors, posts, then comments, tags and permalink are one statement each', async () => {
    await seed();
    const { data, tables } = await count<{
      authors: { edges: { node: { posts: Node[] } }[] };
    }>(
      `{ authors { edges { node {
          posts {
            comments { body }
            commentCount
            tags { name }
            permalink { url }
          }
      } } } }`,
    );
    expect(tables).toHaveLength(6);
    expect(data.authors.edges).toHaveLength(10);
    expect(data.authors.edges[0]?.node.posts[1]).toEqual({
      comments: [{ body: 'comment 4' }, { body: 'comment 5' }, { body: 'comment 6' }],
      commentCount: 3,
      tags: [{ name: 'tag 3' }, { name: 'tag 4' }],
      permalink: { url: '/2' },
    });
  });

  test('six levels down it is still one statement each', async () => {
    await seed();
    const { tables } = await count(
      `{ tags { edges { node {
          posts { comments { post { author { posts { permalink { url } } } } } }
      } } } }`,
    );
    expect(tables).toHaveLength(7);
  });

  test('aliases that ask the same association with other arguments are one statement each', async () => {
    await seed();
    const { data, tables } = await count<{
      posts: { edges: { node: Record<string, Node[]> }[] };
    }>(
      `{ posts(first: 100) { edges { node {
          all: comments { id }
          again: comments { id }
          first: comments(first: 1) { id }
          last: comments(first: 1, orderBy: [{ id: Desc }]) { id }
          some: comments(where: { body: { endsWith: "1" } }) { id }
          odd: commentCount(where: { body: { endsWith: "1" } })
          one: tags(first: 1) { id }
          two: tags(orderBy: [{ name: Desc }]) { id }
      } } } }`,
    );
    expect(tables).toHaveLength(1 + 4 + 1 + 2);
    expect(data.posts.edges[1]?.node).toEqual({
      all: [{ id: '4' }, { id: '5' }, { id: '6' }],
      again: [{ id: '4' }, { id: '5' }, { id: '6' }],
      first: [{ id: '4' }],
      last: [{ id: '6' }],
      some: [],
      odd: 0,
      one: [{ id: '3' }],
      two: [{ id: '4' }, { id: '3' }],
    });
  });

  test('`first` limits per post, and the database gives no row more', async () => {
    await seed();
    await database.sql(
      `INSERT INTO comments (body, post_id) SELECT 'more', 1 FROM generate_series(1, 1000)`,
    );
    const { data } = await count<{
      posts: { edges: { node: { comments: Node[] } }[] };
    }>('{ posts(first: 3) { edges { node { comments(first: 2) { id } } } } }');
    expect(data.posts.edges.map(({ node }) => node.comments)).toEqual([
      [{ id: '1' }, { id: '2' }],
      [{ id: '4' }, { id: '5' }],
      [{ id: '7' }, { id: '8' }],
    ]);
  });

  test('a post without author asks for none', async () => {
    await database.sql(`INSERT INTO posts (title) VALUES ('x'), ('y')`);
    const { tables } = await count('{ posts { edges { node { author { name } } } } }');
    expect(tables).toEqual(['posts']);
  });

  test('the same record asked for in two places is one statement', async () => {
    await seed();
    const { tables } = await count(
      '{ a: post(id: 1) { title } b: post(id: 1) { id } c: post(id: 2) { id } }',
    );
    expect(tables).toEqual(['posts']);
  });
});

describe('an association list', () => {
  test('is whole unless `first` is given', async () => {
    await seed();
    await database.sql(
      `INSERT INTO comments (body, post_id) SELECT 'more', 1 FROM generate_series(1, 500)`,
    );
    const data = await read<{ post: { comments: Node[]; none: Node[] } }>(
      database.client,
      '{ post(id: 1) { comments { id } none: comments(first: 0) { id } } }',
    );
    expect(data.post.comments).toHaveLength(503);
    expect(data.post.none).toEqual([]);
  });

  test('takes null arguments for none', async () => {
    await seed();
    const data = await read(
      database.client,
      '{ post(id: 1) { comments(where: null, orderBy: null, first: null) { id } commentCount(where: null) } }',
    );
    expect(data).toEqual({
      post: {
        comments: [{ id: '1' }, { id: '2' }, { id: '3' }],
        commentCount: 3,
      },
    });
  });

  test('is filtered and ordered, a many_to_many too', async () => {
    await seed();
    const data = await read(
      database.client,
      `{ post(id: 1) {
          comments(where: { id: { gte: 2 } }, orderBy: [{ body: Desc }]) { id }
          tags(where: { NOT: [{ name: { equals: "tag 2" } }] }) { name }
      } tag(id: 1) { posts(where: { OR: [{ id: { lte: 5 } }, { title: { equals: "post 10" } }] }, orderBy: [{ id: Desc }], first: 2) { title } } }`,
    );
    expect(data).toEqual({
      post: { comments: [{ id: '3' }, { id: '2' }], tags: [{ name: 'tag 3' }] },
      tag: { posts: [{ title: 'post 10' }, { title: 'post 5' }] },
    });
  });

  test.each([
    ['comments(first: -1) { id }', ['first']],
    ['tags(first: -1) { id }', ['first']],
    ['comments(where: { id: { equals: "x" } }) { id }', ['where', 'id', 'equals']],
    ['commentCount(where: { id: { in: ["1", "x"] } })', ['where', 'id', 'in', '1']],
    ['tags(where: { name: { contains: "\\u0000" } }) { id }', ['where', 'name', 'contains']],
  ])('refuses %s', async (field, argumentPath) => {
    await seed();
    const { errors } = await execute(database.client, `{ post(id: 1) { ${field} } }`);
    expect(errors[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      argumentPath,
    });
  });

  test.each([
    ['two columns', '[{ id: Asc, body: Asc }]'],
    ['no column', '[{}]'],
    ['a null direction', '[{ id: null }]'],
    ['an unknown column', '[{ author: Asc }]'],
    ['an unknown direction', '[{ id: asc }]'],
  ])('refuses an order of %s before anything is read', async (_, orderBy) => {
    const statements = await database.statementsOf(async () => {
      const { data, errors } = await execute(
        database.client,
        `{ post(id: 1) { comments(orderBy: ${orderBy}) { id } } }`,
      );
      expect(data).toBeNull();
      expect(errors).toHaveLength(1);
    });
    expect(statements).toEqual([]);
  });
});
