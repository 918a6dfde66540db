/**
 * Writes the worked example once: `npm run seed`. Into DATABASE_URL, which must
 * be migrated, else into the embedded database, also while the service runs.
 */
import { makeClient } from '../src/repo/client.ts';
import { migrate } from '../src/repo/migrate.ts';
import { seed } from '../src/repo/seed.ts';
import { readConfig } from '../src/server/config.ts';
import {
  EmbeddedInUse,
  startEmbeddedPostgres,
} from '../src/server/embedded-postgres.ts';

const config = readConfig(process.env);
const server = await openServer();
if (config.migrateOnStart) await migrate(server.url);
const client = makeClient({ url: server.url });
const written = await seed(client);
console.log(
  written
    ? 'seeded: post 7 with comments 10, 11 and 12'
    : 'nothing written: there are data already',
);
await client.$disconnect();
await server.stop();
// The migration engine leaves a timer of ten seconds behind.
process.exit(0);

async function openServer() {
  const stop = async (): Promise<void> => {};
  if (config.databaseUrl !== undefined) {
    return { url: config.databaseUrl, stop };
  }
  try {
    return await startEmbeddedPostgres({ folder: config.dataFolder });
  } catch (error) {
    if (error instanceof EmbeddedInUse) return { url: error.url, stop };
    throw error;
  }
}
