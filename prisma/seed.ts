/**
 * Writes the worked example once: `npm run seed`; `npm run seed -- --reset` deletes all other rows
 * first. Into DATABASE_URL, which must be migrated, else into the embedded database, also while the
 * service runs.
 */
import { parseArgs } from 'node:util';
import { makeClient } from '../src/server/database/client.ts';
import { migrate, tryConnection } from 'prisma-assoc/postgres';
import { seed } from '../src/server/database/seed.ts';
import { type Config, readConfig, StartError } from '../src/server/config.ts';
import { EmbeddedInUse, startEmbeddedPostgres } from '../src/server/embedded/embedded-postgres.ts';
import { formatError } from '../src/server/format-error.ts';
import { serviceSchema } from '../src/server/database/service-schema.ts';

try {
  const { values } = parseArgs({ options: { reset: { type: 'boolean', default: false } } });
  if (values.reset && process.env['NODE_ENV'] === 'production') {
    throw new StartError('--reset deletes every row: not with NODE_ENV=production');
  }
  const written = await seedDatabase(readConfig(process.env), values.reset);
  console.log(
    written
      ? 'seeded: post 7 with comments 10, 11 and 12'
      : 'nothing written: there are data already; --reset deletes them first',
  );
} catch (error) {
  console.error(`cannot seed: ${formatError(error)}`);
  process.exitCode = 1;
}

async function seedDatabase(config: Config, reset: boolean): Promise<boolean> {
  const server = await openServer(config);
  try {
    await tryConnection({ url: server.url });
    if (config.migrateOnStart) {
      await migrate({ url: server.url, ...serviceSchema });
    }
    const client = makeClient({ url: server.url });
    try {
      return await seed(client, { reset });
    } finally {
      await client.$disconnect();
    }
  } finally {
    await server.stop();
  }
}

async function openServer({ directUrl, dataFolder }: Config) {
  const stop = async (): Promise<void> => {};
  if (directUrl !== undefined) return { url: directUrl, stop };
  try {
    return await startEmbeddedPostgres({ folder: dataFolder });
  } catch (error) {
    if (error instanceof EmbeddedInUse) return { url: error.url, stop };
    throw error;
  }
}
