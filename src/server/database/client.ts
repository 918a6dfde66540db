import { type ClientOptions, makeDirectClient, standardLimits } from 'prisma-assoc/postgres';
import { PrismaClient } from '../../generated/prisma/client.ts';

/** Prisma's client of the service's schema. */
export type Client = PrismaClient;

/**
 * Makes the client of the service's schema; it connects at its first query. Close it with
 * `$disconnect`.
 */
export function makeClient(options: ClientOptions): Client {
  const { poolTimeout, transactionTimeout } = { ...standardLimits, ...options };
  const transactionOptions = { maxWait: poolTimeout, timeout: transactionTimeout };
  return makeDirectClient(
    options,
    (adapter) => new PrismaClient({ adapter, transactionOptions, errorFormat: 'minimal' }),
  );
}
