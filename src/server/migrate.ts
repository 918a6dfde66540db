/** Applies the pending migrations and exits: `npm run migrate`, `node dist/server/migrate.js`. */
import { migrate } from 'prisma-assoc/postgres';
import { readConfig } from './config.ts';
import { assertReachable, assertSession } from './database/open-database.ts';
import { serviceSchema } from './database/service-schema.ts';
import { formatError } from './format-error.ts';

try {
  // Who may write decides the start in production, and nothing here.
  const { directUrl } = readConfig({ ...process.env, NODE_ENV: undefined });
  if (directUrl === undefined) throw new Error('DATABASE_URL is not set');
  assertSession(directUrl);
  const url = await assertReachable(directUrl);
  const names = await migrate({ url, ...serviceSchema });
  for (const name of names) console.log(`applied: ${name}`);
  if (names.length === 0) console.log('nothing to do: all are applied');
} catch (error) {
  console.error(`cannot migrate: ${formatError(error)}`);
  process.exitCode = 1;
}
