/**
 * Writes a new migration from what schema.prisma says now and the migrations do not say yet: `npm
 * run migration -- add_likes`. Needs no database: it takes the embedded PostgreSQL, in a temporary
 * folder.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from 'prisma-assoc/postgres';
import { startEmbeddedPostgres } from '../src/server/embedded/embedded-postgres.ts';
import { serviceSchema } from '../src/server/database/service-schema.ts';
import { schemaDiff } from './schema/schema-diff.ts';

const [name] = process.argv.slice(2);
if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('usage: npm run migration -- name_in_snake_case');
  process.exit(1);
}

const sql = await missingSql();
if (sql === undefined) {
  console.log('nothing to do: the migrations say what schema.prisma says');
} else {
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = join(serviceSchema.migrationsFolder, `${stamp}_${name}`);
  await mkdir(folder);
  await writeFile(join(folder, 'migration.sql'), sql);
  console.log(`written: ${join(folder, 'migration.sql')}`);
}

async function missingSql(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'migration-'));
  const server = await startEmbeddedPostgres({ folder });
  try {
    await migrate({ url: server.url, ...serviceSchema });
    return await schemaDiff(server.url, serviceSchema.schemaPath);
  } finally {
    await server.stop();
    await rm(server.home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}
