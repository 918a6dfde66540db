import { Decimal } from '@prisma/client/runtime/client';
import { describe, expect, test } from 'vitest';
import { PrismaClient } from '../../src/generated/prisma/client.ts';
import { makeDirectClient } from '../../src/postgres/direct-client.ts';
import type { PoolState } from '../../src/postgres/watched-adapter.ts';
import { type Delegates, toPrisma } from '../../src/repo/delegate.ts';
import { OvertimeError } from '../../src/repo/errors/database-fault.ts';
import { readViolation } from '../../src/repo/errors/constraint-violation.ts';
import { runTransaction } from '../../src/repo/transaction/transaction.ts';
import { useDatabase } from '../support/database.ts';
import { wideLimits } from '../support/limits.ts';

const database = useDatabase();

let pool: PoolState | undefined;
const client = makeDirectClient(
  {
    ...wideLimits,
    url: database.url,
    poolSize: 4,
    onPool: (opened) => (pool = opened),
  },
  (adapter) => new PrismaClient({ adapter }),
);

/** Runs a direct transaction; gives its result. */
const run = <T>(task: (tx: Delegates) => Promise<T>, timeout = 60_000): Promise<T> =>
  runTransaction(client, ({ tx }) => task(tx), { timeout });

const prismaOf = (tx: Delegates) => toPrisma(tx) as PrismaClient;

async function rowsOf(tx: Delegates, sql: string, ...values: unknown[]): Promise<unknown> {
  return tx.$queryRawUnsafe(sql, ...values);
}

describe('a raw statement has the values that Prisma’s client gives it', () => {
  const at = new Date('2024-02-03T04:05:06.789Z');
  test.each([
    ['int2', "'-7'::int2"],
    ['int4', "'2147483647'::int4"],
    ['int8', "'9007199254740993'::int8"],
    ['oid', "'4294967295'::oid"],
    ['float4', "'1.5'::float4"],
    ['float8', "'NaN'::float8"],
    ['float8 beside integers', "'-1e300'::float8"],
    ['numeric', "'123456789012345678901234567890.1200'::numeric"],
    ['money', "'12.34'::money"],
    ['boolean', 'false'],
    ['text', "'a''b\\c'::text"],
    ['varchar', "'abc'::varchar(3)"],
    ['char', "'ab'::char(4)"],
    ['uuid', "'0f8fad5b-d9cb-469f-a165-70867728950e'::uuid"],
    ['bit', "'101'::bit(3)"],
    ['varbit', "'1011'::varbit"],
    ['inet', "'10.0.0.1/8'::inet"],
    ['xml', "'<a/>'::xml"],
    ['json', `'{"a": [1, null, "x"]}'::json`],
    ['JSON null', "'null'::json"],
    ['jsonb', `'[1.5, {"b": true}]'::jsonb`],
    ['bytea', "'\\x00ff10'::bytea"],
    ['date', "'2024-02-03'::date"],
    ['time', "'04:05:06.789'::time"],
    ['timetz', "'04:05:06.789+00'::timetz"],
    ['timestamp', "'2024-02-03 04:05:06.789123'::timestamp"],
    ['timestamptz', "'2024-02-03 04:05:06.789+00'::timestamptz"],
    ['name', "'posts'::name"],
    ['int4[]', "'{1,NULL,3}'::int4[]"],
    ['int8[]', "'{1,NULL,9007199254740993}'::int8[]"],
    ['float8[]', "'{1.5,NULL}'::float8[]"],
    ['numeric[]', "'{1.10,NULL}'::numeric[]"],
    ['boolean[]', "'{t,NULL,f}'::boolean[]"],
    ['text[]', `'{a,NULL,"b,c"}'::text[]`],
    ['uuid[]', "'{0f8fad5b-d9cb-469f-a165-70867728950e}'::uuid[]"],
    ['jsonb[]', `ARRAY['{"a":1}', 'null', NULL]::jsonb[]`],
    ['bytea[]', "ARRAY['\\x00ff', NULL]::bytea[]"],
    ['date[]', "'{2024-02-03,NULL}'::date[]"],
    ['time[]', "'{04:05:06}'::time[]"],
    ['timestamp[]', "'{2024-02-03 04:05:06.789,NULL}'::timestamp[]"],
    ['timestamptz[]', "'{2024-02-03 04:05:06+00}'::timestamptz[]"],
    ['an empty array', "'{}'::text[]"],
    ['NULL', 'NULL::int8'],
  ])('of type %s', async (_type, sql) => {
    const query = `SELECT ${sql} AS value, 1 AS other, ${sql} AS value`;
    const expected = await client.$queryRawUnsafe(query);
    expect(await run((tx) => rowsOf(tx, query))).toStrictEqual(expected);
  });

  test('of an enum', async () => {
    await database.sql(
      `DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad', 'ok'); EXCEPTION WHEN duplicate_object THEN END $$`,
    );
    const query = `SELECT 'ok'::mood AS value, NULL::mood AS none`;
    const expected = await client.$queryRawUnsafe(query);
    expect(await run((tx) => rowsOf(tx, query))).toStrictEqual(expected);
    await database.sql('DROP TYPE mood');
  });

  test.each<readonly [string, string, unknown]>([
    ['a bigint', 'int8', 9_007_199_254_740_993n],
    ['an integer', 'int4', 7],
    ['a float', 'float8', 1.25],
    ['a text', 'text', 'a\'b"c\\'],
    ['a boolean', 'boolean', true],
    ['a decimal', 'numeric', new Decimal('1e-30')],
    ['a date and time', 'timestamp', at],
    ['a date', 'date', at],
    ['a time', 'time', at],
    ['bytes', 'bytea', new Uint8Array([0, 255])],
    ['JSON', 'jsonb', { a: [1, 'x', null] }],
    ['texts', 'text[]', ['a', null, 'b,"c']],
    ['bigints', 'int8[]', [1n, 2n]],
    ['dates', 'timestamptz[]', [at]],
    ['none', 'text[]', []],
    ['null', 'text', null],
  ])('as a parameter: %s', async (_name, type, value) => {
    const query = `SELECT $1::${type} AS value`;
    const expected = await client.$queryRawUnsafe(query, value);
    expect(await run((tx) => rowsOf(tx, query, value))).toStrictEqual(expected);
  });
});

test('what Prisma’s client reads and writes is of the same transaction', async () => {
  const failure = new Error('undone');
  const write = run(async (tx) => {
    await tx.$executeRawUnsafe("INSERT INTO tags (id, name) VALUES (1, 'raw')");
    const prisma = prismaOf(tx);
    expect(await prisma.tag.findMany({ select: { name: true } })).toEqual([{ name: 'raw' }]);
    await prisma.tag.create({ data: { id: 2n, name: 'prisma' } });
    expect(await prisma.$queryRaw`SELECT count(*) AS count FROM tags`).toEqual([{ count: 2n }]);
    expect(await rowsOf(tx, 'SELECT name FROM tags WHERE id = 2')).toEqual([{ name: 'prisma' }]);
    throw failure;
  });
  await expect(write).rejects.toBe(failure);
  expect(await database.sql('SELECT id FROM tags')).toEqual([]);
});

test('the client of a transaction is lent when a call is awaited, and gives what Prisma’s gives', async () => {
  await database.sql("INSERT INTO authors (id, name) VALUES (1, 'Ann')");
  await database.sql("INSERT INTO posts (id, title, author_id) VALUES (1, 'p', 1)");
  const found = await run(async (tx) => {
    const prisma = prismaOf(tx);
    expect('$connect' in prisma).toBe(false);
    expect(prisma.post).toBe(prisma.post);
    const idle = prisma.post.deleteMany();
    const author = await prisma.post.findUnique({ where: { id: 1n } }).author();
    const missing = await prisma.post.findUniqueOrThrow({ where: { id: 9n } }).catch(String);
    const id = 1n;
    const rows = await prisma.$queryRaw`SELECT title FROM posts WHERE id = ${id}`;
    const posts = await Promise.all([prisma.post.count(), prisma.post.count()]);
    const counted = prisma.post.updateMany({ data: { title: 'x' } });
    expect(await counted).toEqual(await counted);
    expect(idle).toBeTypeOf('object');
    return { author: author?.name, missing, rows, posts };
  });
  expect(found).toMatchObject({
    author: 'Ann',
    missing: expect.stringContaining('No record was found'),
    rows: [{ title: 'p' }],
    posts: [1, 1],
  });
  expect(await database.sql('SELECT title, lock_version FROM posts')).toEqual([
    { title: 'x', lock_version: 1 },
  ]);
});

test('each of many transactions at once is lent to Prisma’s client as itself', async () => {
  const pid = 'SELECT pg_backend_pid() AS pid';
  const both = Array.from({ length: 60 }, () =>
    run(async (tx) => [await rowsOf(tx, pid), await prismaOf(tx).$queryRawUnsafe(pid)]),
  );
  const others = Array.from({ length: 20 }, () =>
    client.$transaction(async (tx) => [await rowsOf(tx, pid), await rowsOf(tx, pid)], {
      maxWait: 60_000,
    }),
  );
  for (const [own, lent] of await Promise.all([...both, ...others])) expect(lent).toEqual(own);
});

test('BEGIN goes with the first statement, and a transaction of none sends nothing', async () => {
  const sent = await database.statementsOf(async () => {
    await run(async () => {});
    await run(async (tx) => tx.$executeRawUnsafe('SELECT 1'));
  });
  expect(sent.map(({ sql }) => sql)).toEqual(['BEGIN', 'SELECT 1', 'COMMIT']);
});

test('statements that are sent together run in their order, and after one that fails none is kept', async () => {
  const insert = (tx: Delegates, id: number, name: string) =>
    tx.$executeRawUnsafe('INSERT INTO tags (id, name) VALUES ($1, $2)', id, name);
  const write = run(async (tx) => {
    const sent = [insert(tx, 1, 'a'), insert(tx, 2, 'a'), insert(tx, 3, 'c')];
    const [first, second, third] = await Promise.allSettled(sent);
    expect([first?.status, second?.status, third?.status]).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    const error: unknown = second?.status === 'rejected' ? second.reason : null;
    expect(readViolation(error)).toMatchObject({ kind: 'unique', name: 'tags_name_index' });
    return 'caught';
  });
  await expect(write).rejects.toThrow('cannot commit: a statement has failed');
  expect(await database.sql('SELECT id FROM tags')).toEqual([]);
  expect(pool?.totalCount).toBe(pool?.idleCount);
});

test('a statement that was first sent behind one that fails is prepared again when it is next sent', async () => {
  const query = 'SELECT count(*) AS count FROM tags WHERE name = $1';
  const write = run(async (tx) => {
    const sent = [rowsOf(tx, 'SELECT 1 / $1::int', 0), rowsOf(tx, query, 'a')];
    await Promise.allSettled(sent);
    await sent[0];
  });
  await expect(write).rejects.toThrow('division by zero');
  const all = Array.from({ length: 8 }, () => run((tx) => rowsOf(tx, query, 'a')));
  expect(await Promise.all(all)).toEqual(all.map(() => [{ count: 0n }]));
});

test('one that takes too long is rolled back, sends nothing more and gives its connection back', async () => {
  const held: Delegates[] = [];
  const never = new Promise<void>(() => {});
  const late = run(async (tx) => {
    await tx.$executeRawUnsafe("INSERT INTO tags (id, name) VALUES (1, 'a')");
    held.push(tx, prismaOf(tx));
    await never;
  }, 50);
  await expect(late).rejects.toBeInstanceOf(OvertimeError);
  await expect.poll(() => pool?.idleCount === pool?.totalCount).toBe(true);
  for (const tx of held) {
    await expect((async () => tx.$executeRawUnsafe('DELETE FROM tags'))()).rejects.toThrow();
  }
  expect(await database.sql('SELECT id FROM tags')).toEqual([]);
  expect(await run((tx) => rowsOf(tx, 'SELECT 1 AS one'))).toEqual([{ one: 1 }]);
});

test('a client that is extended has Prisma’s own transactions', async () => {
  const seen: string[] = [];
  const extended = client.$extends({
    query: {
      $allOperations({ operation, args, query }) {
        seen.push(operation);
        return query(args);
      },
    },
  });
  const tx = extended as unknown as Delegates;
  await runTransaction(tx, (attempt) => rowsOf(attempt.tx, 'SELECT 1'));
  expect(seen).toEqual(['$queryRawUnsafe']);
});

test('it begins again after it was disconnected', async () => {
  await run((tx) => rowsOf(tx, 'SELECT 1'));
  await client.$disconnect();
  expect(await run((tx) => rowsOf(tx, 'SELECT 2 AS two'))).toEqual([{ two: 2 }]);
  await client.$disconnect();
});
