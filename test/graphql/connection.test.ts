import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../support/any-text.ts';
import { useDatabase } from '../support/database.ts';
import { execute, read } from '../support/execute.ts';
import { holds } from '../support/holds.ts';

const database = useDatabase();

type PageInfo = {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
};
type Connection = {
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: PageInfo;
};

const document = `
  query ($first: Int, $after: String, $last: Int, $before: String, $where: PostWhere, $orderBy: [PostOrder!]) {
    posts(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy) {
      edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;

async function page(variables: Record<string, unknown>): Promise<Connection> {
  const data = await read<{ posts: Connection }>(database.client, document, variables);
  return data.posts;
}

const ids = ({ edges }: Connection) => edges.map(({ node }) => node.id);

async function refusal(variables: Record<string, unknown>) {
  const { data, errors } = await execute(database.client, document, variables);
  expect(data).toBeNull();
  expect(errors).toHaveLength(1);
  return { message: errors[0]?.message, ...errors[0]?.extensions };
}

async function seed(count: number): Promise<void> {
  await database.sql(
    `INSERT INTO posts (title) SELECT 'post ' || i FROM generate_series(1, ${count}) AS i`,
  );
}

describe('a connection', () => {
  test('gives 20 rows by id unless asked otherwise', async () => {
    await seed(25);
    const found = await page({});
    expect(ids(found)).toEqual(Array.from({ length: 20 }, (_, i) => `${i + 1}`));
    expect(found.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: found.edges[0]?.cursor,
      endCursor: found.edges[19]?.cursor,
    });
  });

  test('takes null arguments for none', async () => {
    await seed(3);
    const none = { first: null, after: null, last: null, before: null };
    const found = await page({ ...none, where: null, orderBy: null });
    expect(ids(found)).toEqual(['1', '2', '3']);
  });

  test('of nothing has no rows and no cursors', async () => {
    expect(await page({})).toEqual({
      edges: [],
      pageInfo: {
        hasNextPage: false,
        hasPreviousPage: false,
        startCursor: null,
        endCursor: null,
      },
    });
  });

  test('gives 100 rows at most, and none when asked for none', async () => {
    await seed(101);
    expect(ids(await page({ first: 100 }))).toHaveLength(100);
    const none = await page({ first: 0 });
    expect(none).toMatchObject({ edges: [], pageInfo: { hasNextPage: true } });
  });

  test('goes on after a cursor, and back before one', async () => {
    await seed(10);
    const one = await page({ first: 4 });
    const two = await page({ first: 4, after: one.pageInfo.endCursor });
    expect(ids(two)).toEqual(['5', '6', '7', '8']);
    expect(two.pageInfo).toMatchObject({
      hasNextPage: true,
      hasPreviousPage: true,
    });
    const back = await page({ last: 2, before: two.pageInfo.startCursor });
    expect(ids(back)).toEqual(['3', '4']);
    expect(back.pageInfo).toMatchObject({
      hasNextPage: true,
      hasPreviousPage: true,
    });
    const end = await page({ last: 3 });
    expect(ids(end)).toEqual(['8', '9', '10']);
    expect(end.pageInfo).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: true,
    });
  });

  test('takes after and before together', async () => {
    await seed(10);
    const { edges } = await page({ first: 10 });
    const between = { after: edges[1]?.cursor, before: edges[6]?.cursor };
    expect(ids(await page(between))).toEqual(['3', '4', '5', '6']);
    expect(ids(await page({ ...between, first: 2 }))).toEqual(['3', '4']);
    expect(ids(await page({ ...between, last: 2 }))).toEqual(['5', '6']);
  });

  test('keeps its place when rows come and go, the row of the cursor too', async () => {
    await seed(10);
    const orderBy = [{ title: 'Desc' }];
    const one = await page({ first: 3, orderBy });
    expect(ids(one)).toEqual(['9', '8', '7']);
    await database.sql('DELETE FROM posts WHERE id = 7');
    await database.sql(`INSERT INTO posts (title) VALUES ('post 99'), ('post 65')`);
    const two = await page({
      first: 3,
      after: one.pageInfo.endCursor,
      orderBy,
    });
    expect(ids(two)).toEqual(['12', '6', '5']);
    expect(two.pageInfo.hasPreviousPage).toBe(true);
    await database.sql(`DELETE FROM posts WHERE title >= 'post 66'`);
    const again = await page({
      first: 3,
      after: one.pageInfo.endCursor,
      orderBy,
    });
    expect(again.pageInfo.hasPreviousPage).toBe(false);
  });

  test('drops what orders nothing any more', async () => {
    await seed(3);
    const found = await page({
      orderBy: [{ id: 'Desc' }, { title: 'Asc' }, { id: 'Asc' }],
    });
    expect(ids(found)).toEqual(['3', '2', '1']);
  });

  test('keeps the precision of moments and large ids in its cursors', async () => {
    await database.sql(`
      INSERT INTO posts (id, title, inserted_at) VALUES
        (9007199254740993, 'x', '2026-01-01 00:00:00.001'),
        (9007199254740992, 'x', '2026-01-01 00:00:00.001'),
        (1, 'x', '2026-01-01 00:00:00.002');
    `);
    const orderBy = [{ insertedAt: 'Asc' }];
    const one = await page({ first: 1, orderBy });
    const two = await page({
      first: 1,
      after: one.pageInfo.endCursor,
      orderBy,
    });
    const three = await page({
      first: 1,
      after: two.pageInfo.endCursor,
      orderBy,
    });
    expect([one, two, three].map(ids)).toEqual([['9007199254740992'], ['9007199254740993'], ['1']]);
  });
});

describe('walking a connection', () => {
  type Variables = Record<string, unknown>;

  async function forward(variables: Variables, size: number) {
    const pages: Connection[] = [];
    for (let after: string | null = null; ;) {
      const next: Connection = await page({ ...variables, first: size, after });
      pages.push(next);
      after = next.pageInfo.endCursor;
      if (!next.pageInfo.hasNextPage) return pages;
    }
  }

  async function backward(variables: Variables, size: number) {
    const pages: Connection[] = [];
    for (let before: string | null = null; ;) {
      const next: Connection = await page({ ...variables, last: size, before });
      pages.unshift(next);
      before = next.pageInfo.startCursor;
      if (!next.pageInfo.hasPreviousPage) return pages;
    }
  }

  const direction = fc.constantFrom('Asc', 'Desc');
  const order = fc.oneof(
    ...['title', 'body', 'authorId', 'lockVersion', 'insertedAt', 'id'].map((column) =>
      direction.map((way) => ({ [column]: way })),
    ),
  );

  test('visits exactly the rows of the plain list, forward and backward', async () => {
    await database.sql(`
      INSERT INTO authors (name) VALUES ('Ann'), ('Ben');
      INSERT INTO posts (title, body, author_id, lock_version, inserted_at)
        SELECT (ARRAY['a', 'B', 'é', 'a '])[i % 4 + 1],
               (ARRAY[NULL, '', 'x', 'Y', NULL])[i % 5 + 1],
               (ARRAY[NULL, 1, 2])[i % 3 + 1],
               i % 2,
               timestamp '2026-01-01' + i % 7 * interval '1 millisecond'
          FROM generate_series(1, 37) AS i;
    `);
    const cases = fc.record({
      orderBy: fc.array(order, { maxLength: 4 }),
      size: fc.integer({ min: 1, max: 40 }),
      where: fc.constantFrom(null, { body: { not: 'x' } }, { id: { gt: 30 } }),
    });
    await holds(
      cases,
      async ({ orderBy, size, where }) => {
        const plain = await page({ first: 100, orderBy, where });
        const ahead = await forward({ orderBy, where }, size);
        expect(ahead.flatMap(ids)).toEqual(ids(plain));
        const back = await backward({ orderBy, where }, size);
        expect(back.flatMap(ids)).toEqual(ids(plain));
        const flags = (pages: Connection[]) =>
          pages.map(({ pageInfo }) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage]);
        const expected = ahead.map((_, i) => [i > 0, i < ahead.length - 1]);
        expect(flags(ahead)).toEqual(expected);
        expect(flags(back)).toEqual(expected);
      },
      { numRuns: 15 },
    );
  });

  test('follows the order that SQL gives', async () => {
    await database.sql(`
      INSERT INTO posts (title, body) VALUES
        ('x', NULL), ('x', 'b'), ('y', 'a'), ('x', 'a'), ('y', NULL), ('y', 'a');
    `);
    const asc = await page({ orderBy: [{ body: 'Asc' }, { title: 'Desc' }] });
    const desc = await page({ orderBy: [{ body: 'Desc' }, { title: 'Asc' }] });
    const list = async (order: string) =>
      (await database.sql<{ id: string }>(`SELECT id FROM posts ORDER BY ${order}`)).map(
        ({ id }) => id,
      );
    expect(ids(asc)).toEqual(await list('body ASC, title DESC, id'));
    expect(ids(desc)).toEqual(await list('body DESC, title ASC, id'));
  });
});

describe('what a connection costs', () => {
  async function cost(selection: string): Promise<string[]> {
    const statements = await database.statementsOf(() =>
      read(database.client, `{ posts${selection} }`),
    );
    return statements.map(({ sql }) => (/COUNT/.test(sql) ? 'count' : 'rows'));
  }

  test.each([
    ['rows', '{ edges { node { id } } }', ['rows']],
    [
      'rows and where they lie',
      '{ edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } }',
      ['rows'],
    ],
    ['the total alone', '{ totalCount }', ['count']],
    [
      'rows and the total',
      '(last: 1) { totalCount edges { cursor } pageInfo { hasPreviousPage } }',
      ['count', 'rows'],
    ],
    ['nothing of it', '{ __typename }', []],
  ])('%s: no statement more', async (_, selection, expected) => {
    await seed(3);
    expect((await cost(selection)).sort()).toEqual(expected);
  });

  test('the total is that of the filter, not of the page', async () => {
    await seed(30);
    expect(
      await read(
        database.client,
        '{ posts(first: 2, where: { id: { gt: 5 } }) { totalCount edges { node { id } } } }',
      ),
    ).toEqual({
      posts: {
        totalCount: 25,
        edges: [{ node: { id: '6' } }, { node: { id: '7' } }],
      },
    });
  });
});

describe('every connection', () => {
  test.each(['posts', 'comments', 'authors', 'tags'])('%s pages', async (name) => {
    await database.sql(`
      INSERT INTO authors (name) VALUES ('a'), ('b');
      INSERT INTO posts (title) VALUES ('a'), ('b');
      INSERT INTO comments (body, post_id) VALUES ('a', 1), ('b', 1);
      INSERT INTO tags (name) VALUES ('a'), ('b');
    `);
    const data = await read<Record<string, unknown>>(
      database.client,
      `{ list: ${name}(first: 1, where: { id: { gt: 0 } }, orderBy: [{ id: Desc }]) { totalCount edges { node { id } } pageInfo { hasNextPage } } }`,
    );
    expect(data).toEqual({
      list: {
        totalCount: 2,
        edges: [{ node: { id: '2' } }],
        pageInfo: { hasNextPage: true },
      },
    });
  });
});

test('a cursor of 65,536 characters and an order of 1,000 columns are taken', async () => {
  const order = [{ body: 'Asc' }, ...Array.from({ length: 999 }, () => ({ title: 'Asc' }))];
  // The values of its row are as long as that: 49,152 bytes of JSON.
  await database.sql(
    `INSERT INTO posts (title, body) VALUES ('t', repeat('x', 49104)), ('t', 'y')`,
  );
  const { edges } = await page({ first: 1, orderBy: order });
  const cursor = edges[0]?.cursor;
  expect(cursor).toHaveLength(65_536);
  const after = await page({ after: cursor, orderBy: order });
  expect(after.edges.map(({ node }) => node.id)).toEqual(['2']);
});

describe('what a connection refuses', () => {
  test.each<[string, Record<string, unknown>, string, string]>([
    ['first with last', { first: 1, last: 1 }, 'last', 'last cannot stand together with first'],
    ['a negative first', { first: -1 }, 'first', 'first is negative: -1'],
    ['a negative last', { last: -1 }, 'last', 'last is negative: -1'],
    [
      'a first above 100',
      { first: 101 },
      'first',
      'first is 101: at most 100. Page on with a cursor.',
    ],
    ['a last above 100', { last: 101 }, 'last', 'last is 101: at most 100. Page on with a cursor.'],
    [
      'more than 1,000 orders',
      { orderBy: Array.from({ length: 1_001 }, () => ({ title: 'Asc' })) },
      'orderBy',
      'orderBy has 1001 items: at most 1000',
    ],
    [
      'a cursor of more than 65,536 characters',
      { after: 'a'.repeat(65_537) },
      'after',
      'after has 65537 characters, at most 65536 are taken: order by shorter columns',
    ],
    ['an empty cursor', { after: '' }, 'after', 'after is no cursor of this service'],
    ['a cursor of our making', { before: 'abc' }, 'before', 'before is no cursor of this service'],
    [
      'JSON that is no cursor',
      { after: encode({ a: 1 }) },
      'after',
      'after is no cursor of this service',
    ],
    [
      'a list that is no cursor',
      { after: encode([]) },
      'after',
      'after is a cursor of another list or order',
    ],
    [
      'a cursor without values',
      { after: encode(['Post: id asc']) },
      'after',
      'after is no cursor of this service',
    ],
    [
      'a cursor with a null id',
      { after: encode(['Post: id asc', null]) },
      'after',
      'after is no cursor of this service',
    ],
    [
      'a cursor with a wrong id',
      { after: encode(['Post: id asc', 'x']) },
      'after',
      'after is no cursor of this service',
    ],
    [
      'a cursor with an object',
      { after: encode(['Post: id asc', { equals: 1 }]) },
      'after',
      'after is no cursor of this service',
    ],
    [
      'a cursor with NUL',
      {
        orderBy: [{ title: 'Asc' }],
        after: encode(['Post: title asc, id asc', '\u0000', '1']),
      },
      'after',
      'after is no cursor of this service',
    ],
  ])('%s is BAD_USER_INPUT', async (_, variables, argument, message) => {
    expect(await refusal(variables)).toEqual({
      message,
      code: 'BAD_USER_INPUT',
      argumentPath: [argument],
    });
  });

  test('a cursor of another order is BAD_USER_INPUT', async () => {
    await seed(2);
    const { pageInfo } = await page({ orderBy: [{ title: 'Asc' }] });
    for (const orderBy of [[], [{ title: 'Desc' }], [{ title: 'Asc' }, { id: 'Desc' }]]) {
      expect(await refusal({ after: pageInfo.endCursor, orderBy })).toMatchObject({
        message: 'after is a cursor of another list or order',
      });
    }
  });

  test('a cursor of another list is BAD_USER_INPUT', async () => {
    await seed(1);
    const { pageInfo } = await page({});
    const { errors } = await execute(
      database.client,
      'query ($after: String) { tags(after: $after) { totalCount } }',
      { after: pageInfo.endCursor },
    );
    expect(errors[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  });

  test('any text for a cursor is an answer, never a failure', async () => {
    const text = fc.oneof(
      anyText(),
      fc.base64String(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    );
    await holds(
      text,
      async (after) => {
        expect(await refusal({ after })).toMatchObject({
          code: 'BAD_USER_INPUT',
        });
      },
      { numRuns: 60 },
    );
  });
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
