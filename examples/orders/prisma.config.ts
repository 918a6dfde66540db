import process from 'node:process';
import { defineConfig } from 'prisma/config';

// Prisma fetches its migration engine at every command, also for `generate`, which never runs it. Where
// nothing can be fetched, any program that exists keeps it from that.
if (process.argv.includes('generate')) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;
}

export default defineConfig({ schema: 'prisma/schema.prisma' });
