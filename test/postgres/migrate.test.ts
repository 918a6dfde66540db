import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { schemaDiff } from '../../scripts/schema/schema-diff.ts';
import { MigrationError, migrate } from '../../src/postgres/migrate.ts';
import { makeClient } from '../../src/server/database/client.ts';
import { seed } from '../../src/server/database/seed.ts';
import { type SchemaFiles, serviceSchema } from '../../src/server/database/service-schema.ts';
import { databaseUrl } from '../support/database-url.ts';
import { deploy, markRolledBack } from '../support/schema-engine.ts';
import { tsx } from '../support/tsx.ts';

const root = join(import.meta.dirname, '../..');
const name = `migrate_${process.env['VITEST_POOL_ID'] ?? '1'}`;
const url = databaseUrl(inject('postgres').url, name);
const server = new pg.Client({ connectionString: inject('postgres').url });
let folder = '';
let files: SchemaFiles = serviceSchema;

beforeAll(async () => {
  await server.connect();
  folder = await mkdtemp(join(tmpdir(), 'migrate-'));
});
afterAll(async () => {
  await server.end();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await server.query(`CREATE DATABASE ${name}`);
  const migrationsFolder = await mkdtemp(join(folder, 'migrations-'));
  await cp(serviceSchema.migrationsFolder, migrationsFolder, {
    recursive: true,
  });
  files = { ...serviceSchema, migrationsFolder };
});

// A slow machine may take its time.
const run = () => migrate({ url, ...files, lockTimeout: 60_000 });
const runEngine = () => deploy(url, files);
const FIRST = '20261123000000_init';
const LAST = '20990101000000_last';

test('migrate applies what is missing, once', async () => {
  expect(await run()).toEqual(expect.arrayContaining([FIRST]));
  expect(await run()).toEqual([]);
});

test('a migrated database agrees with schema.prisma', async () => {
  await run();
  expect(await schemaDiff(url, files.schemaPath)).toBeUndefined();
});

test.each([1, 2, 3])('runs at once take turns, an engine among them (%i)', async () => {
  const applied = await Promise.all([run(), run(), run(), runEngine()]);
  expect(applied.filter(({ length }) => length > 0)).toHaveLength(1);
});

test('migrate keeps the records that the engine keeps', async () => {
  await runEngine();
  const kept = { table: await recordsTable(), rows: await records() };
  await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await server.query(`CREATE DATABASE ${name}`);
  await run();
  expect({ table: await recordsTable(), rows: await records() }).toEqual(kept);
});

test.each([
  ['the engine', 'migrate', runEngine, run],
  ['migrate', 'the engine', run, runEngine],
])('what %s applied is applied for %s', async (_one, _other, one, other) => {
  await one();
  expect(await other()).toEqual([]);
  await write(LAST, 'CREATE TABLE last (id int)');
  expect(await other()).toEqual([LAST]);
  expect(await one()).toEqual([]);
});

const broken = `CREATE TABLE half (id int);
INSERT INTO half VALUES (1); -- a ; in a comment
SELECT no_such_function();`;

test.each([
  ['as one transaction', broken],
  ['as a transaction of its own', `BEGIN;\n${broken}\nCOMMIT;`],
])(
  'a migration that fails %s leaves nothing behind, and its reason in the record',
  async (_case, sql) => {
    await write(LAST, sql);
    await expect(run()).rejects.toThrow(
      /^P3018: A migration failed to apply[^]*Migration name: 20990101000000_last\nDatabase error code: 42883\nDatabase error: function no_such_function\(\) does not exist \(line [34]\)$/,
    );
    expect(await tables()).not.toContain('half');
    expect((await records()).at(-1)).toMatchObject({
      name: LAST,
      finished: false,
      steps: 0,
      logs: expect.stringContaining('no_such_function'),
    });
  },
);

test.each([
  ['the engine', 'migrate', runEngine, run],
  ['migrate', 'the engine', run, runEngine],
])(
  'a migration that failed for %s is refused by %s until it is marked as rolled back',
  async (_one, _other, one, other) => {
    await write(LAST, broken);
    await expect(one()).rejects.toThrow('no_such_function');
    await write(LAST, 'CREATE TABLE last (id int)');
    for (const next of [one, other]) {
      await expect(next()).rejects.toThrow(
        /migrate found failed migrations in the target database, new migrations will not be applied\.[^]*\nThe `20990101000000_last` migration started at .* failed/,
      );
    }
    await markRolledBack(url, files, LAST);
    expect(await other()).toEqual([LAST]);
    expect(await one()).toEqual([]);
  },
);

test('migrate refuses to go on when the file of an applied migration was changed', async () => {
  await write(LAST, 'CREATE TABLE last (id int);\n');
  await run();
  await write(LAST, 'CREATE TABLE last (id bigint);\n');
  await write('20990101000001_next', 'CREATE TABLE next (id int)');
  await expect(run()).rejects.toThrow(
    `The migration \`${LAST}\` was modified after it was applied.`,
  );
  expect(await tables()).not.toContain('next');
});

test('other line ends are no change of a file', async () => {
  await write(LAST, 'CREATE TABLE last (\n  id int\n);\n');
  await run();
  await write(LAST, 'CREATE TABLE last (\r\n  id int\r\n);\r\n');
  expect(await run()).toEqual([]);
});

test('a record whose file is gone is left alone', async () => {
  await write(LAST, 'CREATE TABLE last (id int)');
  await run();
  await rm(join(files.migrationsFolder, LAST), { recursive: true });
  expect(await run()).toEqual([]);
});

test('migrate and the engine refuse tables that no migration made', async () => {
  await sql('CREATE TABLE stranger (id int)');
  const error: unknown = await run().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MigrationError);
  expect(error).toMatchObject({
    code: 'P3005',
    message: expect.stringMatching(/^P3005: .*schema is not empty/),
  });
  await expect(runEngine()).rejects.toThrow('schema is not empty');
  expect(await tables()).toEqual(['stranger']);
});

const SCRIPT = `
  import { migrate } from './src/postgres/migrate.ts';
  await migrate(JSON.parse(process.env.OPTIONS));
`;

test('a run that is killed in the middle of a migration is found unfinished by the next one', async () => {
  await write(LAST, 'CREATE TABLE half (id int); SELECT pg_sleep(3600)');
  const child = spawn(process.execPath, [...tsx, '--input-type=module', '--eval', SCRIPT], {
    cwd: root,
    env: { ...process.env, OPTIONS: JSON.stringify({ url, ...files }) },
  });
  const sleeps = `SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = '${name}'`;
  while ((await server.query(sleeps)).rowCount === 0) await sleep(20);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect(migrate({ url, ...files, lockTimeout: 0 })).rejects.toThrow(/^P1002: /);
  await server.query(`SELECT pg_terminate_backend(pid) FROM (${sleeps}) s`);
  await expect(run()).rejects.toThrow(/^P3009: [^]*20990101000000_last/);
  expect(await tables()).not.toContain('half');
});

test('a run whose connection is lost says so, and leaves the migration unfinished', async () => {
  await write(LAST, 'SELECT pg_terminate_backend(pg_backend_pid())');
  await expect(run()).rejects.toThrow(/^P3018: [^]*terminat/);
  await expect(run()).rejects.toThrow(/^P3009: /);
});

test('a migration may hold several statements and a semicolon in a text', async () => {
  await write(
    LAST,
    `CREATE TABLE whole (name text DEFAULT 'a;b');
     CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;`,
  );
  expect(await run()).toContain(LAST);
  expect(await tables()).toContain('whole');
});

test('a migration may be one that no transaction may hold, also while other runs wait', async () => {
  await write(LAST, 'CREATE TABLE last (id int)');
  await write('20990101000001_index', 'CREATE INDEX CONCURRENTLY last_id ON last (id);\n');
  const applied = await Promise.all([run(), run(), run()]);
  expect(applied.flat()).toContain('20990101000001_index');
});

test('a migration without a statement is applied', async () => {
  await write(LAST, '-- This is an empty migration.\n');
  expect(await run()).toContain(LAST);
});

test('a migration that leaves its transaction open fails', async () => {
  await write(LAST, 'BEGIN; CREATE TABLE half (id int);');
  await expect(run()).rejects.toThrow('the file leaves a transaction open');
  expect(await tables()).not.toContain('half');
});

test('settings that a migration leaves behind do not reach the next one', async () => {
  await write(LAST, `SELECT set_config('search_path', '', false);`);
  await write('20990101000001_next', 'CREATE TABLE next (id int)');
  await run();
  expect(await tables()).toContain('next');
});

test('migrate finds and makes its tables in public, whatever the search path of the database', async () => {
  await server.query(`ALTER DATABASE ${name} SET search_path = elsewhere`);
  expect(await run()).not.toEqual([]);
  const other = `${url}?options=-c%20search_path%3Dother`;
  expect(await migrate({ url: other, ...files })).toEqual([]);
  expect(await tables()).toContain('_prisma_migrations');
  const client = makeClient({ url });
  expect(await seed(client)).toBe(true);
  await client.$disconnect();
});

test('an error of the engine does not tell where in its code it was', async () => {
  await server.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await expect(runEngine()).rejects.toThrow(
    /^ERROR: cannot execute CREATE TABLE in a read-only transaction$/,
  );
});

async function write(migration: string, text: string): Promise<void> {
  const place = join(files.migrationsFolder, migration);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'migration.sql'), text);
}

/** The rows of `_prisma_migrations`, without ids and times. */
function records() {
  return sql(
    `SELECT migration_name AS name, checksum, length(id) AS id, finished_at >= started_at IS TRUE AS finished,
            rolled_back_at, logs, applied_steps_count AS steps
       FROM _prisma_migrations ORDER BY started_at`,
  );
}

/** Columns and keys of `_prisma_migrations`. */
async function recordsTable() {
  return {
    columns: await sql(
      `SELECT column_name, udt_name, character_maximum_length, is_nullable, column_default
         FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
    ),
    keys: await sql(
      `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = '_prisma_migrations'::regclass ORDER BY conname`,
    ),
  };
}

async function tables(): Promise<string[]> {
  const rows = await sql<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  return rows.map((row) => row.name);
}

async function sql<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Row>(text);
  await client.end();
  return rows;
}
