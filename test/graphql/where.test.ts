import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { toPrismaWhere } from '../../src/pothos/filter/where.ts';
import { useDatabase } from '../support/database.ts';
import { execute, read } from '../support/execute.ts';
import { holds } from '../support/holds.ts';

const database = useDatabase();
const post = blog.model('Post');

type Titles = {
  posts: { totalCount: number; edges: { node: { title: string } }[] };
};

async function titles(where: unknown): Promise<string[]> {
  const { posts } = await read<Titles>(
    database.client,
    'query ($where: PostWhere) { posts(where: $where) { totalCount edges { node { title } } } }',
    { where },
  );
  expect(posts.totalCount).toBe(posts.edges.length);
  return posts.edges.map(({ node }) => node.title);
}

async function seed(): Promise<void> {
  await database.sql(`
    INSERT INTO authors (id, name) VALUES (1, 'Ann'), (2, 'Ben');
    INSERT INTO posts (id, title, body, author_id, lock_version, inserted_at, updated_at) VALUES
      (1, 'a', 'text',    1,    1, '2026-01-01', '2026-01-01 00:00:00.001'),
      (2, 'b', NULL,      1,    2, '2026-01-02', '2026-01-02'),
      (3, 'c', '',        2,    3, '2026-01-03', '2026-01-03'),
      (4, 'd', '50%_\\x', NULL, 4, '2026-01-04', '2026-01-04'),
      (9007199254740993, 'e', 'Text', NULL, 5, '2026-01-05', '2026-01-05');
  `);
}

const all = ['a', 'b', 'c', 'd', 'e'];

describe('a filter', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing', {}, all],
    ['null', null, all],
    ['a null filter', { title: null, body: null, AND: null, OR: null, NOT: null }, all],
    ['an empty filter', { title: {}, id: {} }, all],
    [
      'null for every operator but equals',
      {
        body: {
          in: null,
          notIn: null,
          not: null,
          contains: null,
          startsWith: null,
          endsWith: null,
        },
        id: { lt: null, lte: null, gt: null, gte: null },
      },
      all,
    ],

    ['equals of text', { title: { equals: 'b' } }, ['b']],
    ['equals minding the case', { body: { equals: 'text' } }, ['a']],
    ['equals of empty text', { body: { equals: '' } }, ['c']],
    ['equals null', { body: { equals: null } }, ['b']],
    ['equals null of a foreign key', { authorId: { equals: null } }, ['d', 'e']],
    ['equals null of a column that never is', { title: { equals: null } }, []],
    ['equals null of the id', { id: { equals: null } }, []],
    ['not that', { NOT: [{ title: { equals: null } }] }, all],
    ['equals of an id as text', { id: { equals: '2' } }, ['b']],
    ['equals of an id as a number', { id: { equals: 2 } }, ['b']],
    ['equals of a large id', { id: { equals: '9007199254740993' } }, ['e']],
    ['equals of its neighbour', { id: { equals: '9007199254740992' } }, []],
    ['equals of a number', { lockVersion: { equals: 3 } }, ['c']],
    ['equals of a moment', { updatedAt: { equals: '2026-01-01T00:00:00.001Z' } }, ['a']],
    ['equals of a moment elsewhere', { updatedAt: { equals: '2026-01-02T02:00:00+02:00' } }, ['b']],

    ['in', { title: { in: ['a', 'c', 'z'] } }, ['a', 'c']],
    ['in of nothing', { title: { in: [] } }, []],
    ['in of ids', { id: { in: ['1', 3] } }, ['a', 'c']],
    ['in of a nullable column', { body: { in: ['text', ''] } }, ['a', 'c']],
    ['notIn, which leaves out null', { body: { notIn: ['text', ''] } }, ['d', 'e']],
    ['notIn of nothing', { title: { notIn: [] } }, all],
    ['not', { title: { not: 'b' } }, ['a', 'c', 'd', 'e']],
    ['not, which leaves out null', { body: { not: 'text' } }, ['c', 'd', 'e']],
    ['not of an id', { authorId: { not: 1 } }, ['c']],

    ['contains', { body: { contains: 'ex' } }, ['a', 'e']],
    ['contains minding the case', { body: { contains: 'TEXT' } }, []],
    ['contains of %', { body: { contains: '%' } }, ['d']],
    ['contains of _', { body: { contains: '_' } }, ['d']],
    ['contains of a backslash', { body: { contains: '\\' } }, ['d']],
    ['contains of nothing', { body: { contains: '' } }, ['a', 'c', 'd', 'e']],
    ['startsWith', { body: { startsWith: 'te' } }, ['a']],
    ['startsWith of %', { body: { startsWith: '%' } }, []],
    ['endsWith', { body: { endsWith: 'ext' } }, ['a', 'e']],
    ['endsWith of %', { body: { endsWith: '%' } }, []],
    ['a quote', { body: { contains: `'; DROP TABLE posts; --` } }, []],

    ['lt', { id: { lt: 3 } }, ['a', 'b']],
    ['lte', { id: { lte: 3 } }, ['a', 'b', 'c']],
    ['gt', { lockVersion: { gt: 3 } }, ['d', 'e']],
    ['gte', { insertedAt: { gte: '2026-01-04T00:00:00Z' } }, ['d', 'e']],
    ['a range', { id: { gt: 1, lt: 4 } }, ['b', 'c']],
    ['two columns', { id: { gt: 1 }, lockVersion: { lt: 3 } }, ['b']],

    ['AND', { AND: [{ id: { gt: 1 } }, { id: { lt: 3 } }] }, ['b']],
    ['AND of nothing', { AND: [] }, all],
    ['OR', { OR: [{ title: { equals: 'a' } }, { body: { equals: null } }] }, ['a', 'b']],
    ['OR of nothing', { OR: [] }, []],
    ['OR with what always holds', { OR: [{ title: { equals: 'a' } }, {}] }, all],
    [
      'OR beside a column',
      {
        id: { gte: 2 },
        OR: [{ title: { contains: 'a' } }, { body: { equals: null } }],
      },
      ['b'],
    ],
    ['NOT', { NOT: [{ title: { in: ['a', 'b'] } }] }, ['c', 'd', 'e']],
    [
      'NOT of several, none of which may hold',
      { NOT: [{ id: { equals: 1 } }, { id: { equals: 2 } }] },
      ['c', 'd', 'e'],
    ],
    ['NOT of one alone', { NOT: { id: { equals: 1 } } }, ['b', 'c', 'd', 'e']],
    ['NOT of nothing', { NOT: [] }, all],
    ['NOT of what always holds', { NOT: [{}] }, []],
    ['NOT of what never holds', { NOT: [{ OR: [] }] }, all],
    ['NOT of null', { NOT: [{ body: { equals: null } }] }, ['a', 'c', 'd', 'e']],
    ['NOT, which leaves out null', { NOT: [{ body: { equals: 'text' } }] }, ['c', 'd', 'e']],
    ['NOT of NOT', { NOT: [{ NOT: [{ title: { equals: 'a' } }] }] }, ['a']],
  ])('of %s', async (_, where, expected) => {
    await seed();
    expect(await titles(where)).toEqual(expected);
  });
});

const titlesThere = ['a', 'b', 'ab', 'A', '%'];
const bodiesThere = ['a', 'b', 'ab', '', '%', '_'];
const momentsThere = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.001Z'];

const columns = {
  id: fc.integer({ min: 100, max: 155 }).map(String),
  title: fc.constantFrom(...titlesThere),
  body: fc.constantFrom(...bodiesThere),
  lockVersion: fc.constantFrom(1, 2, 3),
  insertedAt: fc.constantFrom(...momentsThere),
};

type Filter = { readonly [operator: string]: unknown };
type Where = { readonly [name: string]: unknown };
type Row = { readonly [column: string]: string | number | null };

function filterOf(name: keyof typeof columns): fc.Arbitrary<Filter> {
  const value: fc.Arbitrary<unknown> = columns[name];
  const list = fc.array(value, { maxLength: 3 });
  const sets = { equals: fc.option(value), in: list, notIn: list, not: value };
  return name === 'title' || name === 'body'
    ? fc.record(
        { ...sets, contains: value, startsWith: value, endsWith: value },
        { requiredKeys: [] },
      )
    : fc.record({ ...sets, lt: value, lte: value, gt: value, gte: value }, { requiredKeys: [] });
}

const { where: anyWhere } = fc.letrec<{ where: Where }>((tie) => {
  const several = fc.array(tie('where'), { maxLength: 3 });
  const filters = Object.fromEntries(
    Object.keys(columns).map((name) => [name, filterOf(name as keyof typeof columns)]),
  );
  return {
    where: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ title: filterOf('title'), body: filterOf('body') }, { requiredKeys: [] }),
      fc.record({ ...filters, AND: several, OR: several, NOT: several }, { requiredKeys: [] }),
    ),
  };
});

/** What SQL says of a condition: true, false, or null for neither. */
type Truth = boolean | null;

const not = (truth: Truth): Truth => (truth === null ? null : !truth);
const and = (truths: readonly Truth[]): Truth =>
  truths.includes(false) ? false : truths.includes(null) ? null : true;
const or = (truths: readonly Truth[]): Truth => not(and(truths.map(not)));

function truthOf(where: Where, row: Row): Truth {
  const list = (name: string) => ((where[name] ?? []) as Where[]).map((item) => truthOf(item, row));
  const filters = Object.keys(columns).flatMap((name) =>
    Object.entries((where[name] ?? {}) as Filter).map(([operator, value]) =>
      compare(operator, row[name] ?? null, value),
    ),
  );
  return and([
    ...filters,
    ...list('AND'),
    ...('OR' in where ? [or(list('OR'))] : []),
    ...list('NOT').map(not),
  ]);
}

function compare(operator: string, has: string | number | null, wants: unknown): Truth {
  if (operator === 'equals' && wants === null) return has === null;
  // No value at all is compared, so SQL answers without looking at the row.
  if (Array.isArray(wants) && wants.length === 0) return operator === 'notIn';
  if (has === null) return null;
  const [a, b] = [String(has), String(wants)];
  switch (operator) {
    case 'equals':
      return a === b;
    case 'not':
      return a !== b;
    case 'in':
      return (wants as unknown[]).map(String).includes(a);
    case 'notIn':
      return !(wants as unknown[]).map(String).includes(a);
    case 'contains':
      return a.includes(b);
    case 'startsWith':
      return a.startsWith(b);
    case 'endsWith':
      return a.endsWith(b);
    case 'lt':
      return a < b;
    case 'lte':
      return a <= b;
    case 'gt':
      return a > b;
    case 'gte':
      return a >= b;
    default:
      throw new Error(operator);
  }
}

describe('any filter', () => {
  test('finds exactly the rows it holds for, as SQL reasons about null', async () => {
    const rows = everyRow();
    await database.client.post.createMany({
      data: rows.map((row) => ({ ...row, id: BigInt(row.id) })),
    });
    await holds(
      anyWhere,
      async (where) => {
        const found = await database.client.post.findMany({
          where: toPrismaWhere(post, where),
          orderBy: { id: 'asc' },
        });
        const expected = rows.filter((row) => truthOf(where, row) === true);
        expect(found.map(({ id }) => String(id))).toEqual(expected.map(({ id }) => id));
      },
      { numRuns: 150 },
    );
  });
});

/** A row for each title and body, with few lock versions and moments. */
function everyRow() {
  return titlesThere.flatMap((title, i) =>
    [...bodiesThere, null].map((body, j) => ({
      id: String(100 + i * 10 + j),
      title,
      body,
      lockVersion: ((i + j) % 3) + 1,
      insertedAt: momentsThere[(i + j) % 2] ?? '',
    })),
  );
}

describe('what is no filter', () => {
  test.each<[string, unknown, string[]]>([
    ['an id of letters', { id: { equals: 'abc' } }, ['where', 'id', 'equals']],
    ['an empty id', { id: { equals: '' } }, ['where', 'id', 'equals']],
    ['a fraction for an id', { id: { gt: '1.5' } }, ['where', 'id', 'gt']],
    [
      'an id beyond bigint',
      { authorId: { equals: '9223372036854775808' } },
      ['where', 'authorId', 'equals'],
    ],
    ['a wrong id in a list', { id: { in: ['1', 'x'] } }, ['where', 'id', 'in', '1']],
    [
      'a wrong id deep inside',
      { OR: [{}, { AND: [{ NOT: [{ id: { not: 'x' } }] }] }] },
      ['where', 'OR', '1', 'AND', '0', 'NOT', '0', 'id', 'not'],
    ],
    ['text with NUL', { title: { equals: 'a\u0000' } }, ['where', 'title', 'equals']],
    [
      'more than 1,000 values',
      { id: { in: Array.from({ length: 1001 }, (_, i) => i) } },
      ['where', 'id', 'in'],
    ],
    [
      'more than 1,000 alternatives',
      { OR: Array.from({ length: 1001 }, () => ({})) },
      ['where', 'OR'],
    ],
    [
      'too many levels',
      nested(11),
      ['where', ...Array.from({ length: 11 }, () => ['NOT', '0']).flat()],
    ],
  ])('%s is BAD_USER_INPUT, and says where', async (_, where, argumentPath) => {
    const statements = await database.statementsOf(async () => {
      const { data, errors } = await execute(
        database.client,
        'query ($where: PostWhere) { posts(where: $where) { totalCount } }',
        { where },
      );
      expect(data).toBeNull();
      expect(errors[0]?.extensions).toEqual({
        code: 'BAD_USER_INPUT',
        argumentPath,
      });
      expect(errors[0]?.message.startsWith(argumentPath.join('.'))).toBe(true);
    });
    expect(statements).toEqual([]);
  });

  test('too many values in all are refused, wherever they stand', async () => {
    const some = { id: { in: Array.from({ length: 900 }, (_, i) => i) } };
    const { errors } = await execute(
      database.client,
      'query ($where: PostWhere) { posts(where: $where) { totalCount } }',
      { where: { AND: [some, some, some], OR: [some, some, some] } },
    );
    expect(errors[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    expect(errors[0]?.message).toMatch(/one value too many: at most 5000$/);
  });

  test('what is within measure is answered', async () => {
    await seed();
    const ids = Array.from({ length: 1000 }, (_, i) => i);
    expect(await titles({ id: { in: ids } })).toEqual(['a', 'b', 'c', 'd']);
    expect(await titles(nested(10))).toEqual(['a']);
  });

  test('the deepest filter is answered wherever it stands', async () => {
    await seed();
    await database.sql(
      `INSERT INTO tags (name) VALUES ('x'); INSERT INTO posts_tags VALUES (1, 1), (2, 1)`,
    );
    const deep = (levels: number): Where => {
      if (levels === 0) return { id: { equals: 1 } };
      const inner = deep(levels - 1);
      return levels % 2 === 0
        ? { OR: [inner, { OR: [] }], lockVersion: { gt: 0 } }
        : { NOT: [{ ...inner, AND: null }] };
    };
    const data = await read(
      database.client,
      `query ($where: PostWhere) { tags { edges { node {
          posts(where: $where) { id }
          first: posts(where: $where, first: 5) { id }
      } } } }`,
      { where: deep(9) },
    );
    const found = [{ id: '2' }];
    expect(data).toEqual({
      tags: { edges: [{ node: { posts: found, first: found } }] },
    });
  });

  test.each([
    ['a number for text', { title: { equals: 1 } }],
    ['a number too large', { lockVersion: { equals: 2 ** 31 } }],
    ['a moment without offset', { insertedAt: { lt: '2026-01-01T00:00:00' } }],
    ['an unknown column', { author: { equals: 1 } }],
    ['an unknown operator', { title: { like: '%' } }],
    ['null in a list', { title: { in: [null] } }],
  ])('%s is refused before anything is resolved', async (_, where) => {
    const { data, errors } = await execute(
      database.client,
      'query ($where: PostWhere) { posts(where: $where) { totalCount } }',
      { where },
    );
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
  });

  test('a path of its own tells where it stands among other arguments', () => {
    const path = ['input', 'comments', 'cast', 'scope'];
    expect(() => toPrismaWhere(post, { id: { equals: 'x' } }, path)).toThrow(
      'input.comments.cast.scope.id.equals is no value of id: "x"',
    );
  });
});

function nested(levels: number): Where {
  return levels === 0 ? { id: { equals: 1 } } : { NOT: [nested(levels - 1)] };
}
