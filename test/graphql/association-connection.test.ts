import { beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { execute, read } from '../support/execute.ts';

const database = useDatabase('once');

/** Posts 1 to 3 with 25, 3 and no comments; every other comment of one body, some posts without one. */
beforeAll(() =>
  database.sql(`
    INSERT INTO authors (name) VALUES ('Ann'), ('Ben');
    INSERT INTO posts (title, author_id) VALUES ('one', 1), ('two', 1), ('three', 2);
    INSERT INTO posts (title, body, author_id)
      SELECT 'post ' || i % 3, CASE WHEN i % 2 = 0 THEN 'text ' || i % 4 END, 1 + i % 2
        FROM generate_series(1, 12) AS i;
    INSERT INTO comments (body, post_id)
      SELECT CASE WHEN i % 2 = 0 THEN 'same' ELSE 'c' || i END, 1 FROM generate_series(1, 25) AS i;
    INSERT INTO comments (body, post_id) VALUES ('x', 2), ('same', 2), ('y', 2);
    INSERT INTO tags (name) SELECT 'tag ' || i FROM generate_series(1, 9) AS i;
    INSERT INTO posts_tags (post_id, tag_id)
      SELECT p, t FROM generate_series(1, 15) AS p, generate_series(1, 9) AS t WHERE (p + t) % 3 > 0;
  `),
);

type Page = {
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  totalCount?: number;
};

const associations = [
  ['posts', 'comments', 'Comment', ['body']],
  ['posts', 'tags', 'Tag', ['name']],
  ['authors', 'posts', 'Post', ['title', 'body', 'insertedAt']],
  ['tags', 'posts', 'Post', ['body', 'title', 'authorId']],
] as const;

/** The pages of all owners at once: by owner's id. */
async function pagesOf(
  [owners, name, model]: readonly [string, string, string, ...unknown[]],
  variables: Record<string, unknown>,
): Promise<Map<string, Page>> {
  const data = await read<Record<string, { edges: { node: { id: string; page: Page } }[] }>>(
    database.client,
    `query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: [${model}Order!], $where: ${model}Where) {
      ${owners} { edges { node { id
        page: ${name}Connection(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, where: $where) {
          edges { cursor node { id } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      } } }
    }`,
    variables,
  );
  return new Map(data[owners]?.edges.map(({ node }) => [node.id, node.page]));
}

const idsOf = (page: Page | undefined) => page?.edges.map(({ node }) => node.id) ?? [];

describe.each(associations)('%s.%sConnection', (...association) => {
  const [owners, name, model, columns] = association;
  const orders = [
    undefined,
    [{ id: 'Desc' }],
    ...columns.flatMap((column) => [[{ [column]: 'Asc' }], [{ [column]: 'Desc' }, { id: 'Desc' }]]),
  ];

  test.each(orders)(
    'visits the rows of the plain list in both directions, by %j',
    async (orderBy) => {
      const where = { id: { not: 2 } };
      const data = await read<
        Record<string, { edges: { node: { id: string; list: { id: string }[] } }[] }>
      >(
        database.client,
        `query ($orderBy: [${model}Order!], $where: ${model}Where) {
        ${owners} { edges { node { id list: ${name}(orderBy: $orderBy, where: $where) { id } } } }
      }`,
        { orderBy, where },
      );
      // No other owner has a list of another length.
      for (const { node } of (data[owners]?.edges ?? []).slice(0, 3)) {
        const expected = node.list.map(({ id }) => id);
        const forward: string[] = [];
        for (let after: string | null | undefined, more = true; more;) {
          const pages = await pagesOf(association, { first: 4, after, orderBy, where });
          const page = pages.get(node.id);
          forward.push(...idsOf(page));
          expect(page?.pageInfo.hasPreviousPage).toBe(after !== undefined);
          after = page?.pageInfo.endCursor;
          more = page?.pageInfo.hasNextPage ?? false;
        }
        expect(forward).toEqual(expected);
        const backward: string[] = [];
        for (let before: string | null | undefined, more = true; more;) {
          const pages = await pagesOf(association, { last: 4, before, orderBy, where });
          const page = pages.get(node.id);
          backward.unshift(...idsOf(page));
          expect(page?.pageInfo.hasNextPage).toBe(before !== undefined);
          before = page?.pageInfo.startCursor;
          more = page?.pageInfo.hasPreviousPage ?? false;
        }
        expect(backward).toEqual(expected);
      }
    },
  );

  test('counts all rows, not those of the page', async () => {
    const data = await read<
      Record<string, { edges: { node: { list: unknown[]; page: { totalCount: number } } }[] }>
    >(
      database.client,
      `{ ${owners} { edges { node {
          list: ${name}(where: { id: { lt: 12 } }) { id }
          page: ${name}Connection(first: 1, where: { id: { lt: 12 } }) { totalCount }
      } } } }`,
    );
    for (const { node } of data[owners]?.edges ?? []) {
      expect(node.page.totalCount).toBe(node.list.length);
    }
  });
});

describe('a connection of an association', () => {
  test('gives 20 rows unless asked otherwise', async () => {
    const pages = await pagesOf(associations[0], {});
    expect(idsOf(pages.get('1'))).toHaveLength(20);
    expect(pages.get('1')?.pageInfo.hasNextPage).toBe(true);
    expect(idsOf(pages.get('2'))).toHaveLength(3);
    expect(pages.get('2')?.pageInfo.hasNextPage).toBe(false);
    expect(pages.get('3')).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  test('may be asked for 100 rows and for none', async () => {
    expect(idsOf((await pagesOf(associations[0], { first: 100 })).get('1'))).toHaveLength(25);
    const none = (await pagesOf(associations[0], { first: 0 })).get('1');
    expect(none).toMatchObject({ edges: [], pageInfo: { hasNextPage: true } });
  });

  test('takes a cursor of one owner for the place in the order of every other', async () => {
    const orderBy = [{ body: 'Asc' }];
    const [cursor] = (await pagesOf(associations[0], { first: 1, orderBy })).get('2')?.edges ?? [];
    const after = await pagesOf(associations[0], { orderBy, first: 2, after: cursor?.cursor });
    expect(idsOf(after.get('2'))).toEqual(['26', '28']);
    expect(idsOf(after.get('1'))).toEqual([]);
    expect(after.get('1')?.pageInfo.hasPreviousPage).toBe(true);
    expect(after.get('3')?.pageInfo.hasPreviousPage).toBe(false);
  });

  test.each<[string, string, number]>([
    ['nothing', '__typename', 0],
    ['edges', 'edges { cursor node { id } }', 1],
    ['page info', 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }', 1],
    ['the total', 'totalCount', 1],
    ['all', 'edges { node { id } } totalCount pageInfo { hasNextPage endCursor }', 2],
  ])('costs %s: one statement each, for all owners', async (_, selection, expected) => {
    for (const [owners, name] of associations) {
      const statements = await database.statementsOf(() =>
        read(
          database.client,
          `{ ${owners} { edges { node { page: ${name}Connection(first: 2) { ${selection} } } } } }`,
        ),
      );
      expect(statements).toHaveLength(1 + expected);
    }
  });

  test('costs one statement more to know what lies before its cursor', async () => {
    const cursor = (await pagesOf(associations[0], { first: 1 })).get('1')?.pageInfo.endCursor;
    const statements = await database.statementsOf(() =>
      pagesOf(associations[0], { first: 1, after: cursor }),
    );
    expect(statements).toHaveLength(3);
    expect(statements.every(({ sql }) => sql.includes('LIMIT'))).toBe(true);
  });

  test('costs one statement for each level below it', async () => {
    const statements = await database.statementsOf(() =>
      read(
        database.client,
        `{ tags { edges { node { postsConnection(first: 3) { edges { node {
            commentsConnection(last: 2) { edges { node { post { tagsConnection { edges { node { id } } } } } } }
        } } } } } } }`,
      ),
    );
    expect(statements).toHaveLength(5);
  });

  test.each<[string, string, string[]]>([
    ['first with last', 'first: 1, last: 1', ['last']],
    ['a negative first', 'first: -1', ['first']],
    ['a first above 100', 'first: 101', ['first']],
    ['what is no cursor', 'after: "x"', ['after']],
    ['a wrong value in where', 'where: { id: { equals: "x" } }', ['where', 'id', 'equals']],
  ])('refuses %s', async (_, args, argumentPath) => {
    const { data, errors } = await execute(
      database.client,
      `{ post(id: 1) { commentsConnection(${args}) { totalCount } } }`,
    );
    expect(data).toEqual({ post: null });
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argumentPath });
  });
});
