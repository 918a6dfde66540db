import { afterAll } from 'vitest';
import { makeAdapter } from '../../src/postgres/adapter.ts';
import { PrismaClient } from '../repo/keys/generated/prisma/client.ts';
import { type Emptied, type TestDatabase, useDatabaseOf } from './database.ts';
import { wideLimits } from './limits.ts';

/** A database of the schema of test/repo/keys, a client of it, and the statements that it sends. */
export interface KeysDatabase extends TestDatabase {
  readonly client: PrismaClient;
  readonly statements: string[];
}

/** As `useDatabase`, of the schema of test/repo/keys. */
export function useKeys(emptied?: Emptied): KeysDatabase {
  const database = useDatabaseOf('keys', emptied);
  const statements: string[] = [];
  const adapter = makeAdapter({
    ...wideLimits,
    url: database.url,
    poolSize: 5,
    onStatement: (text) => statements.push(text),
  });
  const client = new PrismaClient({ adapter, errorFormat: 'minimal' });
  afterAll(() => client.$disconnect());
  return { ...database, client, statements };
}
