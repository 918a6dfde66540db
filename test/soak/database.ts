import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../../src/postgres/migrate.ts';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/server/embedded/embedded-postgres.ts';
import { serviceSchema } from '../../src/server/database/service-schema.ts';

/** A PostgreSQL of the soak's own, which can be disturbed. */
export type SoakDatabase = {
  readonly url: string;
  /**
   * Ends one session of the services, as an administrator does; gives how many there were to end.
   */
  readonly killSession: (index: number) => Promise<number>;
  /** Kills one server process as a crash does: all sessions end, and the server recovers. */
  readonly crash: () => Promise<void>;
  /** Stops the server and starts it again at the same address. */
  readonly restart: () => Promise<void>;
  /** Runs a task with a connection of its own, again until the server answers; a minute at most. */
  readonly use: <T>(task: (client: pg.Client) => Promise<T>) => Promise<T>;
  /** How many deadlocks the server has reported. */
  readonly deadlocks: () => Promise<number>;
  readonly close: () => Promise<void>;
};

// Only the server's processes are killed, not the machine: what they have given to the system is
// safe.
const settings = { fsync: 'off' };

/** ms that the server may be away, restarted on a slow machine. */
const PATIENCE = 60_000;

/** Starts a server in a temporary folder, migrated. */
export async function startSoakDatabase(): Promise<SoakDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'soak-'));
  let server = await startEmbeddedPostgres({ folder, settings });
  const { url, home } = server;
  await migrate({ url, ...serviceSchema });
  const use: SoakDatabase['use'] = async (task) => {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE });
      client.on('error', () => {});
      try {
        await client.connect();
        return await task(client);
      } catch (error) {
        if (!isDown(error) || Date.now() > deadline) throw error;
        await sleep(50);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  };
  const services = `FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
  return {
    url,
    use,
    killSession: (index) =>
      use(async (client) => {
        const { rows } = await client.query<{ pid: number }>(
          `SELECT pid ${services} ORDER BY state = 'idle', pid`,
        );
        const victim = rows[index % Math.max(rows.length, 1)];
        if (!victim) return 0;
        await client.query('SELECT pg_terminate_backend($1)', [victim.pid]);
        return 1;
      }),
    crash: () =>
      use(async (client) => {
        const { rows } = await client.query<{ pid: number }>(`SELECT pid ${services} LIMIT 1`);
        if (rows[0]) process.kill(rows[0].pid, 'SIGKILL');
      }),
    restart: async () => {
      server = await startAgain(server, folder);
    },
    deadlocks: async () => {
      const log = await readFile(join(home, 'postgres.log'), 'utf8');
      return log.split('deadlock detected').length - 1;
    },
    close: async () => {
      await server.stop();
      await rm(home, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startAgain(server: EmbeddedPostgres, folder: string): Promise<EmbeddedPostgres> {
  await server.stop();
  const { port } = new URL(server.url);
  return startEmbeddedPostgres({ folder, settings: { ...settings, port } });
}

function isDown(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(57P|08|ECONN|EPIPE)/.test(code) || /terminated|not queryable/.test(String(error));
}
