import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import { schemaDiff } from '../../scripts/schema/schema-diff.ts';
import { type Client, makeClient } from '../../src/server/database/client.ts';
import { poolConfig } from '../../src/postgres/connection.ts';
import { databaseUrl } from './database-url.ts';
import { wideLimits } from './limits.ts';
import { markLog, readErrors, readStatements, type Statement } from './statement-log.ts';

/** A worker's own database; all of it may be used once the tests run. */
export type TestDatabase = {
  /** Where the code under test reaches it. */
  readonly url: string;
  /** Where it is itself, whatever is before it. */
  readonly directUrl: string;
  readonly name: string;
  /** Runs SQL beside the code under test; gives the rows. */
  readonly sql: <Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ) => Promise<Row[]>;
  /** Empties every table and sets the sequences to their start. */
  readonly empty: () => Promise<void>;
  /** The statements the database ran during `task`, read from the server's own log. */
  readonly statementsOf: (task: () => Promise<unknown>) => Promise<Statement[]>;
  /** What the database reported as errors during `task`. */
  readonly errorsOf: (task: () => Promise<unknown>) => Promise<string[]>;
};

/** A worker's database of the service's schema, with a client of it. */
export type ServiceDatabase = TestDatabase & { readonly client: Client };

/**
 * When the tables are emptied: before each test, or (where tests only read) once before the first.
 */
export type Emptied = 'each' | 'once';

/**
 * Gives a test file the database of its worker, empty before each test. Call it at the top of the
 * file: `const database = useDatabase();`
 */
export function useDatabase(emptied: Emptied = 'each'): ServiceDatabase {
  const database = useDatabaseOf('service', emptied);
  clientOfWorker ??= makeClient({ ...wideLimits, url: database.url, poolSize: 5 });
  return { ...database, client: clientOfWorker };
}

/** All files of a worker have one, as a process of the service has; it ends with the worker. */
let clientOfWorker: Client | undefined;

/** The Prisma schemas without migrations: a worker makes a database of one when it first needs it. */
const unmigrated = { keys: '../repo/keys', shop: '../any-schema' } as const;

type Schema = 'service' | 'conformance' | keyof typeof unmigrated;

/** As `useDatabase`, of one of the Prisma schemas and without a client. */
export function useDatabaseOf(schema: Schema, emptied: Emptied = 'each'): TestDatabase {
  const server = inject('postgres');
  const name = `${schema}_${process.env['VITEST_POOL_ID'] ?? '1'}`;
  const url = databaseUrl(server.pooled, name);
  const directUrl = databaseUrl(server.url, name);
  const pool = new pg.Pool(poolConfig({ url: directUrl, poolSize: 2 }));
  let emptying: string | undefined;
  const database: TestDatabase = {
    url,
    directUrl,
    name,
    async sql<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
      return (await pool.query<Row>(text, [...values])).rows;
    },
    async empty() {
      emptying ??= await emptyingOf(pool);
      await pool.query(emptying);
    },
    async statementsOf(task) {
      const mark = await markLog(server.log);
      await task();
      return readStatements(server.log, name, mark);
    },
    async errorsOf(task) {
      const mark = await markLog(server.log);
      await task();
      return readErrors(server.log, name, mark);
    },
  };
  beforeAll(() => makeDatabase(server.url, directUrl, schema));
  if (emptied === 'each') beforeEach(() => database.empty());
  else beforeAll(() => database.empty());
  afterAll(() => pool.end());
  return database;
}

/** The writes among statements, as `DELETE comments`. */
export function writesOf(statements: readonly Statement[]): string[] {
  return statements
    .filter(({ kind }) => kind === 'write')
    .map(({ verb, table }) => `${verb} ${table ?? ''}`);
}

// A worker runs many files; the first one makes its database.
async function makeDatabase(server: string, url: string, schema: Schema): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    const found = 'SELECT FROM pg_database WHERE datname = $1';
    const { rowCount } = await client.query(found, [name]);
    if (rowCount !== 0) return;
    if (schema === 'service' || schema === 'conformance') {
      await client.query(`CREATE DATABASE ${name} TEMPLATE template_${schema} STRATEGY FILE_COPY`);
    } else {
      await client.query(`CREATE DATABASE ${name}`);
      await pushSchema(url, join(import.meta.dirname, unmigrated[schema], 'schema.prisma'));
    }
  } finally {
    await client.end();
  }
}

async function pushSchema(url: string, schemaPath: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query((await schemaDiff(url, schemaPath)) ?? '');
  } finally {
    await client.end();
  }
}

/**
 * Waits for what still writes. TRUNCATE takes fifteen times as long on small tables, and has all
 * sessions plan their statements again: it is for what a test has written much to.
 */
async function emptyingOf(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ tables: string[]; sequences: string[] }>(
    `SELECT array(SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
        WHERE ${OWN} AND tablename <> '_prisma_migrations') AS tables,
      array(SELECT format('setval(%L, %s, false)', format('%I.%I', schemaname, sequencename), start_value)
        FROM pg_sequences WHERE ${OWN}) AS sequences`,
  );
  const [{ tables, sequences } = { tables: [], sequences: [] }] = rows;
  const names = tables.join(', ');
  return `DO $$ BEGIN
    LOCK TABLE ${names};
    IF ${tables.map((name) => `pg_relation_size('${name}')`).join(' + ')} > ${MUCH} THEN
      TRUNCATE ${names};
    ELSE
      SET LOCAL session_replication_role = replica;
      ${tables.map((name) => `DELETE FROM ${name};`).join('\n')}
    END IF;
    ${sequences.map((call) => `PERFORM ${call};`).join('\n')}
  END $$`;
}

const OWN = `schemaname NOT IN ('pg_catalog', 'information_schema')`;

/** Bytes in all tables. */
const MUCH = 300_000;
