import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../src/generated/prisma/client.ts';
import { poolConfig } from '../src/postgres/connection.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { type Client, makeClient } from '../src/server/database/client.ts';
import { serviceSchema } from '../src/server/database/service-schema.ts';
import { startEmbeddedPostgres } from '../src/server/embedded/embedded-postgres.ts';

/** A PostgreSQL of the bench's own, and the ways to reach it that are compared. */
export interface Place {
  readonly url: string;
  /** What SQL by hand uses. */
  readonly pool: pg.Pool;
  /** A client as Prisma's documentation makes it. */
  readonly plain: PrismaClient;
  /** The service's client. */
  readonly own: Client;
}

/** Runs a task beside a new database with the service's tables, and leaves nothing behind. */
export async function withPlace(task: (place: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const server = await startEmbeddedPostgres({ folder, settings: { max_connections: '200' } });
  const { url } = server;
  const pool = new pg.Pool(poolConfig({ url }));
  // Sessions that are about to end may be ended by the server first.
  pool.on('error', () => {});
  const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 10 }) });
  const own = makeClient({ url });
  try {
    await migrate({ url, ...serviceSchema });
    await task({ url, pool, plain, own });
  } finally {
    await Promise.all([pool.end(), plain.$disconnect(), own.$disconnect()]);
    await server.stop();
    await Promise.all([server.home, folder].map((at) => rm(at, { recursive: true, force: true })));
  }
}
