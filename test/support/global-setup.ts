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
import { startDebianPostgres } from './debian-postgres.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { LOG_LINE_PREFIX } from './statement-log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * The server that all tests share, and the address by which the code under test reaches it:
     * through PgBouncer where that is asked for.
     */
    postgres: { readonly url: string; readonly log: string; readonly pooled: string };
  }
}

/**
 * Starts one PostgreSQL for all tests, with every statement in its log, and migrates one database
 * for each Prisma schema; workers copy those. `POSTGRES=debian npm test` takes Debian's instead of
 * the embedded one, `PGBOUNCER=true npm test` goes through PgBouncer, `named` with named statements.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'test-postgres-'));
  const start = process.env['POSTGRES'] === 'debian' ? startDebianPostgres : startEmbeddedPostgres;
  const server = await start({
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
  const pooler = process.env['PGBOUNCER'];
  const options = { poolSize: SESSIONS, named: pooler === 'named' };
  const pgbouncer = pooler === undefined ? undefined : await startPgBouncer(server.url, options);
  project.provide('postgres', {
    url: server.url,
    log: server.log,
    pooled: pgbouncer?.pooled(server.url) ?? server.url,
  });
  return async () => {
    await pgbouncer?.stop();
    await server.stop();
    await rm(server.home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
}

/** To each database at most; tests hold as many as 20 at once. */
const SESSIONS = 40;

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
