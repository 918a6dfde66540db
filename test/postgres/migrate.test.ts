import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { makeClient } from '../../src/server/database/client.ts';
import { migrate, type SchemaFiles, serviceSchema } from '../../src/postgres/migrate.ts';
import { seed } from '../../src/server/database/seed.ts';
import { databaseUrl } from '../support/database-url.ts';

const name = `migrate_${process.env['VITEST_POOL_ID'] ?? '1'}`;
const url = databaseUrl(inject('postgres').url, name);
const server = new pg.Client({ connectionString: inject('postgres').url });
let folder = '';

beforeAll(async () => {
  await server.connect();
  folder = await mkdtemp(join(tmpdir(), 'migrate-'));
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await server.query(`DROP DATABASE IF EXISTS ${name}`);
  await server.query(`CREATE DATABASE ${name}`);
});

test('migrate applies what is missing, once', async () => {
  expect(await migrate(url)).toEqual(expect.arrayContaining(['20261123000000_init']));
  expect(await migrate(url)).toEqual([]);
});

test('two migrations at once take turns', async () => {
  const applied = await Promise.all([migrate(url), migrate(url)]);
  expect(applied.filter(({ length }) => length > 0)).toHaveLength(1);
});

test('a migration that fails leaves nothing behind and stops the next run', async () => {
  const files = await withMigration(
    '20990101000000_broken',
    `CREATE TABLE half (id int);
     INSERT INTO half VALUES (1); -- a ; in a comment
     SELECT no_such_function();`,
  );
  await migrate(url);
  await expect(migrate(url, files)).rejects.toThrow(/no_such_function/);
  expect(await tables()).not.toContain('half');
  await expect(migrate(url, files)).rejects.toThrow(/20990101000000_broken/);
});

test('a migration may hold several statements and a semicolon in a text', async () => {
  const files = await withMigration(
    '20990101000001_whole',
    `CREATE TABLE whole (name text DEFAULT 'a;b');
     CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;`,
  );
  expect(await migrate(url, files)).toContain('20990101000001_whole');
  expect(await tables()).toContain('whole');
});

test('migrate finds and makes its tables in public, whatever the search path of the database', async () => {
  await server.query(`ALTER DATABASE ${name} SET search_path = elsewhere`);
  expect(await migrate(url)).not.toEqual([]);
  expect(await migrate(`${url}?options=-c%20search_path%3Dother`)).toEqual([]);
  expect(await tables()).toContain('_prisma_migrations');
  const client = makeClient({ url });
  expect(await seed(client)).toBe(true);
  await client.$disconnect();
});

test('an error of the engine does not tell where in its code it was', async () => {
  await server.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await expect(migrate(url)).rejects.toThrow(
    /^ERROR: cannot execute CREATE TABLE in a read-only transaction$/,
  );
});

async function withMigration(migration: string, sql: string) {
  const migrationsFolder = join(folder, migration);
  await cp(serviceSchema.migrationsFolder, migrationsFolder, {
    recursive: true,
  });
  await mkdir(join(migrationsFolder, migration));
  await writeFile(join(migrationsFolder, migration, 'migration.sql'), sql);
  const files: SchemaFiles = { ...serviceSchema, migrationsFolder };
  return files;
}

async function tables(): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  await client.end();
  return rows.map((row) => row.name);
}
