import process from 'node:process';
import { defineConfig } from 'prisma/config';

// The command line fetches its migration engine at every command, also for
// `generate`, which never runs it. Any program that exists keeps it from that.
if (process.argv.includes('generate')) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations', seed: 'npm run seed' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
