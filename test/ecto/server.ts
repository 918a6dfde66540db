import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../src/postgres/migrate.ts';
import { startEmbeddedPostgres } from '../../src/server/embedded/embedded-postgres.ts';
import { conformanceSchema } from '../support/conformance-schema.ts';
import { LOG_LINE_PREFIX } from '../support/statement-log.ts';
import type { ServerPlace } from './world.ts';

/**
 * Runs a task with a PostgreSQL of its own that has the conformance schema, and leaves nothing
 * behind.
 */
export async function withServer(task: (place: ServerPlace) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  const server = await startEmbeddedPostgres({
    folder,
    settings: {
      log_statement: 'all',
      log_line_prefix: LOG_LINE_PREFIX,
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
    },
  });
  const clear = async () => {
    await server.stop();
    await rm(server.home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
  // The server would outlive a run that is broken off.
  const breakOff = () => void clear().then(() => process.exit(130));
  process.once('SIGINT', breakOff).once('SIGTERM', breakOff);
  try {
    await migrate({ url: server.url, ...conformanceSchema });
    await task({ url: server.url, log: join(server.home, 'postgres.log') });
  } finally {
    process.off('SIGINT', breakOff).off('SIGTERM', breakOff);
    await clear();
  }
}
