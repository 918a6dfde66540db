import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import type { Model } from '../../src/model/model.ts';
import { makeMeasure } from '../../src/pothos/filter/measure.ts';
import { toPrismaWhere, type WhereInput } from '../../src/pothos/filter/to-prisma-where.ts';
import { standardInputLimits } from '../../src/pothos/input-limits.ts';
import { useDatabase } from '../support/database.ts';
import { execute, read } from '../support/execute.ts';
import { holds } from '../support/holds.ts';

const database = useDatabase();
const post = blog.model('Post');
const aboutAuthor = { author: { is: {} } };

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
    INSERT INTO comments (body, post_id) VALUES ('x', 1), ('y', 1), ('x', 2), ('z', 3);
    INSERT INTO tags (name) VALUES ('one'), ('two');
    INSERT INTO posts_tags (post_id, tag_id) VALUES (1, 1), (1, 2), (2, 1);
    INSERT INTO permalinks (url, post_id) VALUES ('/a', 1), ('/b', 2), ('/lost', NULL);
  `);
}

const all = ['a', 'b', 'c', 'd', 'e'];

describe('a filter', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing', {}, all],
    ['null', null, all],
    ['an empty filter', { title: {}, id: {} }, all],
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
    ['contains whatever the case', { body: { contains: 'TEX', mode: 'Insensitive' } }, ['a', 'e']],
    [
      'startsWith whatever the case',
      { body: { startsWith: 'tE', mode: 'Insensitive' } },
      ['a', 'e'],
    ],
    ['endsWith whatever the case', { body: { endsWith: 'XT', mode: 'Insensitive' } }, ['a', 'e']],
    ['equals whatever the case', { body: { equals: 'TEXT', mode: 'Insensitive' } }, ['a', 'e']],
    ['equals null whatever the case', { body: { equals: null, mode: 'Insensitive' } }, ['b']],
    ['not whatever the case', { body: { not: 'TEXT', mode: 'Insensitive' } }, ['c', 'd']],
    ['in whatever the case', { body: { in: ['TEXT', ''], mode: 'Insensitive' } }, ['a', 'c', 'e']],
    ['notIn whatever the case', { body: { notIn: ['TEXT'], mode: 'Insensitive' } }, ['c', 'd']],
    ['in of nothing whatever the case', { body: { in: [], mode: 'Insensitive' } }, []],
    ['what minds the case', { body: { equals: 'TEXT', mode: 'Sensitive' } }, []],
    ['a mode alone', { body: { mode: 'Insensitive' } }, all],
    ...(['equals', 'in', 'contains', 'startsWith', 'endsWith'] as const).map(
      (operator): [string, unknown, string[]] => {
        const text = operator === 'startsWith' ? '%' : '50%_\\X';
        const found = operator === 'startsWith' ? [] : ['d'];
        const value = operator === 'in' ? [text] : text;
        return [
          `${operator} of wildcards whatever the case`,
          { body: { [operator]: value, mode: 'Insensitive' } },
          found,
        ];
      },
    ),
    [
      'not of wildcards whatever the case',
      { body: { not: 't_xt', mode: 'Insensitive' } },
      ['a', 'c', 'd', 'e'],
    ],
    ['equals of % whatever the case', { body: { equals: '%', mode: 'Insensitive' } }, []],
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
    ['some', { comments: { some: { body: { equals: 'x' } } } }, ['a', 'b']],
    ['some of any', { comments: { some: {} } }, ['a', 'b', 'c']],
    ['some of what never holds', { comments: { some: { OR: [] } } }, []],
    [
      'every, which holds for none',
      { comments: { every: { body: { equals: 'x' } } } },
      ['b', 'd', 'e'],
    ],
    ['every of any', { comments: { every: {} } }, all],
    ['every of what never holds', { comments: { every: { OR: [] } } }, ['d', 'e']],
    ['none', { comments: { none: { body: { equals: 'x' } } } }, ['c', 'd', 'e']],
    ['none of any', { comments: { none: {} } }, ['d', 'e']],
    ['some and none', { comments: { some: {}, none: { body: { equals: 'x' } } } }, ['c']],
    ['no operator of a list', { comments: {} }, all],
    ['NOT of some', { NOT: [{ comments: { some: { body: { equals: 'x' } } } }] }, ['c', 'd', 'e']],
    ['NOT of every', { NOT: [{ comments: { every: { body: { equals: 'x' } } } }] }, ['a', 'c']],
    ['some of a many_to_many', { tags: { some: { name: { equals: 'two' } } } }, ['a']],
    ['some of any of a many_to_many', { tags: { some: {} } }, ['a', 'b']],
    [
      'every of a many_to_many',
      { tags: { every: { name: { equals: 'one' } } } },
      ['b', 'c', 'd', 'e'],
    ],
    [
      'none of a many_to_many',
      { tags: { none: { name: { equals: 'two' } } } },
      ['b', 'c', 'd', 'e'],
    ],
    ['is of a belongs_to', { author: { is: { name: { equals: 'Ann' } } } }, ['a', 'b']],
    ['is of any', { author: { is: {} } }, ['a', 'b', 'c']],
    [
      'isNot, which holds where there is none',
      { author: { isNot: { name: { equals: 'Ann' } } } },
      ['c', 'd', 'e'],
    ],
    ['isNot of any', { author: { isNot: {} } }, ['d', 'e']],
    ['is and isNot', { author: { is: {}, isNot: { name: { equals: 'Ann' } } } }, ['c']],
    ['NOT of is', { NOT: [{ author: { is: { name: { equals: 'Ann' } } } }] }, ['c', 'd', 'e']],
    ['is of a has_one', { permalink: { is: { url: { startsWith: '/' } } } }, ['a', 'b']],
    [
      'isNot of a has_one',
      { permalink: { isNot: { url: { equals: '/a' } } } },
      ['b', 'c', 'd', 'e'],
    ],
    ['isNot of any of a has_one', { permalink: { isNot: {} } }, ['c', 'd', 'e']],
    [
      'an association of an association',
      { author: { is: { posts: { some: { comments: { some: { body: { equals: 'z' } } } } } } } },
      ['c'],
    ],
    [
      'OR of associations',
      { OR: [{ author: { isNot: {} } }, { comments: { some: { body: { equals: 'z' } } } }] },
      ['c', 'd', 'e'],
    ],
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

/** As `toPrismaWhere`, of a where that may be as large as it happens to be. */
function wideWhere(model: Model, where: WhereInput): object {
  const limits = { ...standardInputLimits, maxWhereValues: 30_000, maxWhereAssociations: 1_000 };
  return toPrismaWhere(model, where, ['where'], makeMeasure(limits));
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
          where: wideWhere(post, where),
          orderBy: { id: 'asc' },
        });
        const expected = rows.filter((row) => truthOf(where, row) === true);
        expect(found.map(({ id }) => String(id))).toEqual(expected.map(({ id }) => id));
      },
      { numRuns: 60 },
    );
  });
});

describe('any filter of an association', () => {
  const [author, comment] = [blog.model('Author'), blog.model('Comment')];
  const operators = ['some', 'every', 'none'] as const;

  test('holds by the rows that the filter finds by itself', async () => {
    const rows = everyRow();
    const ids = rows.map(({ id }) => id);
    await database.sql(`INSERT INTO authors (name) SELECT 'a' FROM generate_series(1, 8)`);
    await database.client.post.createMany({
      // The last author has no post, and some posts no author.
      data: rows.map((row, i) => ({
        ...row,
        id: BigInt(row.id),
        authorId: i % 8 === 0 ? null : BigInt(i % 8),
      })),
    });
    await database.client.comment.createMany({
      data: ids.map((id) => ({ id: BigInt(id), body: '', postId: BigInt(id) })),
    });
    await holds(
      anyWhere,
      async (where) => {
        const met = await database.client.post.findMany({ where: wideWhere(post, where) });
        const meets = new Set(met.map(({ id }) => String(id)));
        const authors = Array.from({ length: 8 }, (_, i) => {
          const own = ids.filter((_id, at) => at % 8 === i + 1).map((id) => meets.has(id));
          return {
            some: own.includes(true),
            every: !own.includes(false),
            none: !own.includes(true),
          };
        });
        for (const operator of operators) {
          for (const truth of [true, false]) {
            const asked = { posts: { [operator]: where } };
            const found = await database.client.author.findMany({
              where: wideWhere(author, truth ? asked : { NOT: [asked] }),
              orderBy: { id: 'asc' },
            });
            const expected = authors.flatMap((holding, i) =>
              holding[operator] === truth ? [BigInt(i + 1)] : [],
            );
            expect(found.map(({ id }) => id)).toEqual(expected);
          }
        }
        for (const asked of [
          { post: { isNot: where } },
          { NOT: [{ post: { is: where } }] },
          { NOT: [{ NOT: [{ post: { isNot: where } }] }] },
        ]) {
          const found = await database.client.comment.findMany({
            where: wideWhere(comment, asked),
            orderBy: { id: 'asc' },
          });
          expect(found.map(({ id }) => String(id))).toEqual(ids.filter((id) => !meets.has(id)));
        }
      },
      { numRuns: 15 },
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
    ['a null filter', { title: null }, ['where', 'title']],
    ['a null operator', { body: { not: null } }, ['where', 'body', 'not']],
    ['a null list', { id: { in: null } }, ['where', 'id', 'in']],
    ['a null mode', { body: { equals: 'x', mode: null } }, ['where', 'body', 'mode']],
    ['a null AND', { AND: null }, ['where', 'AND']],
    ['a null OR', { id: { gt: 1 }, OR: null }, ['where', 'OR']],
    ['a null NOT', { OR: [{ NOT: null }] }, ['where', 'OR', '0', 'NOT']],
    ['a null association', { comments: null }, ['where', 'comments']],
    ['a null operator of an association', { author: { is: null } }, ['where', 'author', 'is']],
    [
      'null deep in an association',
      { comments: { none: { OR: [{ post: { isNot: { id: { gt: null } } } }] } } },
      ['where', 'comments', 'none', 'OR', '0', 'post', 'isNot', 'id', 'gt'],
    ],
    [
      'too many levels of associations',
      nestedPosts(6),
      [
        'where',
        ...Array.from({ length: 5 }, () => ['author', 'is', 'posts', 'some']).flat(),
        'author',
        'is',
      ],
    ],
    [
      'a wrong id in an association',
      { comments: { every: { postId: { equals: 'x' } } } },
      ['where', 'comments', 'every', 'postId', 'equals'],
    ],
    ['an id of more than 64 bytes', { id: { equals: '0'.repeat(65) } }, ['where', 'id', 'equals']],
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
      'more than 10 conditions on associations',
      { AND: Array.from({ length: 11 }, () => aboutAuthor) },
      ['where', 'AND', '10', 'author', 'is'],
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

  // 8 of its values stand around the ids.
  const ofValues = (count: number): Where => ({
    OR: [1000, count - 1008].map((length) => ({
      id: { in: Array.from({ length }, (_, i) => i) },
    })),
  });

  test('too many values in all are refused, wherever they stand', async () => {
    const { errors } = await execute(
      database.client,
      'query ($where: PostWhere) { posts(where: $where) { totalCount } }',
      { where: ofValues(1501) },
    );
    expect(errors[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    expect(errors[0]?.message).toBe('where.OR.1.id.in.492 is one value too many: at most 1500');
  });

  test('what is within measure is answered', async () => {
    await seed();
    const ids = Array.from({ length: 1000 }, (_, i) => i);
    expect(await titles({ id: { in: ids } })).toEqual(['a', 'b', 'c', 'd']);
    expect(await titles(nested(10))).toEqual(['a']);
    expect(await titles(nestedPosts(5))).toEqual(['a', 'b']);
    expect(await titles(ofValues(1500))).toEqual(['a', 'b', 'c', 'd']);
    expect(await titles({ AND: Array.from({ length: 10 }, () => aboutAuthor) })).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  test('the deepest filter is answered wherever it stands', async () => {
    await seed();
    await database.sql(
      `DELETE FROM posts_tags; DELETE FROM tags WHERE id = 2; INSERT INTO posts_tags VALUES (1, 1), (2, 1)`,
    );
    const deep = (levels: number): Where => {
      if (levels === 0) return { id: { equals: 1 } };
      const inner = deep(levels - 1);
      return levels % 2 === 0
        ? { OR: [inner, { OR: [] }], lockVersion: { gt: 0 } }
        : { NOT: [inner] };
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

  test('a variable that is absent is no condition', async () => {
    await seed();
    const { posts } = await read<Titles>(
      database.client,
      `query ($body: String, $id: IDFilter, $all: [PostWhere!]) {
        posts(where: { body: { not: $body }, id: $id, OR: $all }) { edges { node { title } } }
      }`,
    );
    expect(posts.edges).toHaveLength(5);
  });

  test('a variable that is null is refused', async () => {
    const { errors } = await execute(
      database.client,
      'query ($body: String) { posts(where: { body: { not: $body } }) { totalCount } }',
      { body: null },
    );
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argumentPath: ['where', 'body', 'not'],
    });
  });

  test.each([
    ['a where', 'query ($id: ID) { posts(where: { id: { equals: $id } }) { totalCount } }'],
    ['a record', 'query ($id: ID!) { post(id: $id) { id } }'],
    ['a mutation', 'mutation ($id: ID!) { deletePost(id: $id) { __typename } }'],
    [
      'a list of a mutation',
      'mutation ($id: ID!) { updatePost(id: 7, input: { tags: { put: { refs: [{ id: $id }] } } }) { __typename } }',
    ],
  ])('an id that JSON cannot hold as a number is BAD_USER_INPUT in %s', async (_, document) => {
    const statements = await database.statementsOf(async () => {
      for (const id of [2 ** 53, -(2 ** 53)]) {
        const { errors } = await execute(database.client, document, { id });
        expect(errors[0]?.message).toMatch(/Send it as text/);
        expect(errors[0]?.extensions['code']).toBe('BAD_USER_INPUT');
      }
    });
    expect(statements).toEqual([]);
  });

  test.each([
    ['a number for text', { title: { equals: 1 } }],
    ['a number too large', { lockVersion: { equals: 2 ** 31 } }],
    ['a moment without offset', { insertedAt: { lt: '2026-01-01T00:00:00' } }],
    ['an unknown column', { writer: { equals: 1 } }],
    ['join rows', { postTags: { some: {} } }],
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

/** Two levels for each: a post whose author has a post. */
function nestedPosts(times: number): Where {
  if (times === 0) return { id: { equals: 1 } };
  return { author: { is: { posts: { some: nestedPosts(times - 1) } } } };
}
