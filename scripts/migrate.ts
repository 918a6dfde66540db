/** Applies the pending migrations to DATABASE_URL and exits: `npm run migrate`. */
import { migrate } from 'prisma-assoc/postgres';
import { readConfig } from '../src/server/config.ts';
import { formatError } from '../src/server/format-error.ts';
import { serviceSchema } from '../src/server/database/service-schema.ts';

try {
  const { directUrl: url } = readConfig(process.env);
  if (url === undefined) throw new Error('DATABASE_URL is not set');
  const names = await migrate({ url, ...serviceSchema });
  for (const name of names) console.log(`applied: ${name}`);
  if (names.length === 0) console.log('nothing to do: all are applied');
} catch (error) {
  console.error(`cannot migrate: ${formatError(error)}`);
  process.exitCode = 1;
}
