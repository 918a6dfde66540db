import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { makeClient } from '../../src/server/database/client.ts';
import { makeLogger } from '../../src/server/logger.ts';
import { readConfig } from '../../src/server/config.ts';
import { startService } from '../../src/server/start.ts';
import { databaseUrl } from '../support/database-url.ts';
import { useDatabase } from '../support/database.ts';
import { wideLimits } from '../support/limits.ts';
import { hasPgBouncer, keepsNamed, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { post } from '../support/service.ts';

const database = useDatabase();

describe.skipIf(!hasPgBouncer())('through PgBouncer', () => {
  let pgbouncer: PgBouncer | undefined;
  // One connection for all: what a session keeps, the next one meets.
  beforeAll(async () => {
    pgbouncer = await startPgBouncer(inject('postgres').url, { poolSize: 1 });
  });
  afterAll(() => pgbouncer?.stop());
  const pooled = () => pgbouncer?.pooled(database.directUrl) ?? '';

  test('a transaction has its settings and the isolation that it asks for, reads beside it are in UTC, and no session keeps anything', async () => {
    const client = makeClient({ url: pooled(), lockTimeout: 4_321, statementTimeout: 5_432 });
    const plain = new pg.Client({ connectionString: pooled() });
    await plain.connect();
    try {
      await plain.query(`SET TimeZone = 'Asia/Tokyo'`);
      const settings = `SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement,
        current_setting('transaction_isolation') AS isolation, current_setting('search_path') AS path`;
      const [inside] = await client.$transaction((tx) => tx.$queryRawUnsafe<object[]>(settings));
      expect(inside).toEqual({
        lock: '4321ms',
        statement: '5432ms',
        isolation: 'read committed',
        path: 'public',
      });
      const isolation = `SELECT current_setting('transaction_isolation') AS isolation`;
      const asked = await client.$transaction((tx) => tx.$queryRawUnsafe<object[]>(isolation), {
        isolationLevel: 'RepeatableRead',
      });
      expect(asked).toEqual([{ isolation: 'repeatable read' }]);
      const zones = `SELECT current_setting('TimeZone') AS zone, current_setting('lock_timeout') AS lock`;
      expect(await client.$queryRawUnsafe(zones)).toEqual([{ zone: 'UTC', lock: '0' }]);
      expect((await plain.query(zones)).rows).toEqual([{ zone: 'Asia/Tokyo', lock: '0' }]);
    } finally {
      await plain.end();
      await client.$disconnect();
    }
  });

  test('the same statements on many connections at once are answered: none is named', async () => {
    await askManyAtOnce(pooled());
    expect(await namesAt(pooled())).toEqual([]);
  });

  test('a service migrates by DIRECT_URL, and says that it has to', async () => {
    const name = `pooled_${randomUUID().slice(0, 8)}`;
    await database.sql(`CREATE DATABASE ${name}`);
    const direct = databaseUrl(database.directUrl, name);
    const address = pgbouncer?.pooled(direct).replace('?pgbouncer=true', '') ?? '';
    const environment = { PORT: '0', DATABASE_URL: address, PGBOUNCER: 'true', METRICS: 'false' };
    const log = makeLogger('silent');
    const start = (more: object) => startService(readConfig({ ...environment, ...more }), log);
    await expect(start({})).rejects.toThrow(/set DIRECT_URL/);
    const service = await start({ DIRECT_URL: direct });
    try {
      const author = 'mutation { createAuthor(input: { name: "Ann" }) { __typename } }';
      const { data } = await post<unknown>(service.url, author);
      expect(data).toEqual({ createAuthor: { __typename: 'CreateAuthorSuccess' } });
      expect((await fetch(`${service.url}/ready`)).status).toBe(200);
    } finally {
      await service.stop();
    }
  });
});

test.skipIf(!keepsNamed())('a PgBouncer that keeps named statements is sent them', async () => {
  const pgbouncer = await startPgBouncer(inject('postgres').url, { poolSize: 1, named: true });
  try {
    const url = pgbouncer.pooled(database.directUrl);
    await askManyAtOnce(url);
    expect(await namesAt(url)).not.toEqual([]);
  } finally {
    await pgbouncer.stop();
  }
});

async function askManyAtOnce(url: string): Promise<void> {
  const clients = [1, 2, 3].map(() => makeClient({ ...wideLimits, url, poolSize: 4 }));
  try {
    await database.sql(`INSERT INTO tags (name) SELECT 't' || i FROM generate_series(1, 9) AS i`);
    const sizes = Array.from({ length: 20 }, (_, i) => 1 + (i % 9));
    for (const client of clients) {
      const reads = sizes.map((size) => client.tag.findMany({ where: { id: { lte: size } } }));
      const writes = sizes.map((size) =>
        client.$transaction((tx) =>
          tx.tag.updateMany({ where: { id: size }, data: { name: `w${size}` } }),
        ),
      );
      const counts = (await Promise.all(reads)).map(({ length }) => length);
      expect(counts).toEqual(sizes);
      expect(await Promise.all(writes)).toEqual(sizes.map(() => ({ count: 1 })));
    }
  } finally {
    await Promise.all(clients.map((client) => client.$disconnect()));
  }
}

/** The names of the statements that the one connection of a pooler has prepared. */
async function namesAt(url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT name FROM pg_prepared_statements');
  await client.end();
  return rows;
}
