import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { schemaDiff } from '../../scripts/schema/schema-diff.ts';
import { makeAdapter } from '../../src/postgres/adapter.ts';
import { PrismaClient } from '../repo/keys/generated/prisma/client.ts';
import { databaseUrl } from './database-url.ts';

/** A database of the schema of test/repo/keys, a client of it, and the statements that it sends. */
export interface KeysDatabase {
  readonly client: PrismaClient;
  readonly statements: string[];
  /** Runs SQL beside the client. */
  readonly sql: (text: string) => Promise<void>;
}

/** A database of the schema of test/repo/keys for the tests of a file, which has a name of its own. */
export function useKeys(file: string): KeysDatabase {
  const name = `${file}_${process.env['VITEST_POOL_ID'] ?? '1'}`;
  const server = inject('postgres');
  const url = databaseUrl(server.url, name);
  const statements: string[] = [];
  const adapter = makeAdapter({ url, onStatement: (text) => statements.push(text) });
  const client = new PrismaClient({ adapter, errorFormat: 'minimal' });
  beforeAll(async () => {
    await run(server.url, `DROP DATABASE IF EXISTS ${name}`);
    await run(server.url, `CREATE DATABASE ${name}`);
    const schemaPath = join(import.meta.dirname, '../repo/keys/schema.prisma');
    await run(url, (await schemaDiff(url, schemaPath)) ?? '');
  });
  afterAll(() => client.$disconnect());
  return { client, statements, sql: (text) => run(url, text) };
}

async function run(url: string, text: string): Promise<void> {
  const connection = new pg.Client({ connectionString: url });
  await connection.connect();
  await connection.query(text);
  await connection.end();
}
