import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/postgres/migrate.ts';
import { startEmbeddedPostgres } from '../../src/server/embedded/embedded-postgres.ts';
import { serviceSchema } from '../../src/server/database/service-schema.ts';
import { conformanceSchema } from './conformance-schema.ts';
import { databaseUrl } from './database-url.ts';
import { LOG_LINE_PREFIX } from './statement-log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that all tests share. */
    postgres: { readonly url: string; readonly log: string };
  }
}

/**
 * Starts one PostgreSQL for all tests, with every statement in its log, and migrates one database
 * for each Prisma schema; workers copy those.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'test-postgres-'));
  const server = await startEmbeddedPostgres({
    folder,
    settings: {
      log_statement: 'all',
      log_line_prefix: LOG_LINE_PREFIX,
      max_connections: '200',
      // What is lost with the machine is made anew anyway.
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
    },
  });
  await makeTemplates(server.url);
  project.provide('postgres', {
    url: server.url,
    log: join(server.home, 'postgres.log'),
  });
  return async () => {
    await server.stop();
    await rm(server.home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
}

async function makeTemplates(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE DATABASE template_service');
  await client.query('CREATE DATABASE template_conformance');
  await client.end();
  for (const [name, files] of [
    ['template_service', serviceSchema],
    ['template_conformance', conformanceSchema],
  ] as const) {
    await migrate({ url: databaseUrl(url, name), ...files });
  }
}
