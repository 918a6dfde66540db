import pg from 'pg';
import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import { type Client, makeClient } from '../../src/server/database/client.ts';
import { poolConfig } from '../../src/postgres/connection.ts';
import { databaseUrl } from './database-url.ts';
import { wideLimits } from './limits.ts';
import { markLog, readErrors, readStatements, type Statement } from './statement-log.ts';

/** A worker's own database; all of it may be used once the tests run. */
export type TestDatabase = {
  readonly url: string;
  readonly name: string;
  /** Runs SQL beside the code under test; gives the rows. */
  readonly sql: <Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ) => Promise<Row[]>;
  /** Empties every table and sets the sequences to their start. */
  readonly truncate: () => Promise<void>;
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
  let client: Client | undefined;
  const database = useDatabaseOf('service', emptied);
  beforeAll(() => {
    client = makeClient({ ...wideLimits, url: database.url, poolSize: 5 });
  });
  afterAll(() => client?.$disconnect());
  return Object.defineProperty(database, 'client', {
    get: () => present(client),
  }) as ServiceDatabase;
}

/** As `useDatabase`, of either Prisma schema and without a client. */
export function useDatabaseOf(
  schema: 'service' | 'conformance',
  emptied: Emptied = 'each',
): TestDatabase {
  const server = inject('postgres');
  const name = `${schema}_${process.env['VITEST_POOL_ID'] ?? '1'}`;
  const url = databaseUrl(server.url, name);
  const pool = new pg.Pool(poolConfig({ url, poolSize: 2 }));
  let truncation: string | undefined;
  const database: TestDatabase = {
    url,
    name,
    async sql<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
      return (await pool.query<Row>(text, [...values])).rows;
    },
    async truncate() {
      truncation ??= await truncationOf(pool);
      await pool.query(truncation);
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
  beforeAll(() => makeDatabase(server.url, name, `template_${schema}`));
  if (emptied === 'each') beforeEach(() => database.truncate());
  else beforeAll(() => database.truncate());
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
async function makeDatabase(url: string, name: string, template: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = 'SELECT FROM pg_database WHERE datname = $1';
    const { rowCount } = await client.query(found, [name]);
    if (rowCount !== 0) return;
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  } finally {
    await client.end();
  }
}

async function truncationOf(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables
      WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
  );
  const names = rows.map(({ name }) => name).join(', ');
  return `TRUNCATE ${names} RESTART IDENTITY CASCADE`;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the database is not there yet');
  return value;
}
