import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findProgram } from './debian.ts';
import { freePort } from './free-port.ts';

/** PgBouncer in transaction mode. */
export type PgBouncer = {
  /** The address of a database by way of the pooler, whatever its server. */
  readonly pooled: (url: string) => string;
  readonly stop: () => Promise<void>;
};

/** Debian's, or another version that the environment names. */
const PROGRAM = process.env['PGBOUNCER_PROGRAM'] ?? '/usr/sbin/pgbouncer';

/** Whether PgBouncer is there; see `findProgram`. */
export const hasPgBouncer = (): boolean => findProgram(PROGRAM) !== null;

/** Whether it keeps named statements, as it does from 1.21; a loud line says if it does not. */
export function keepsNamed(): boolean {
  if (!hasPgBouncer()) return false;
  const { stdout } = spawnSync(PROGRAM, ['--version'], { encoding: 'utf8' });
  const [version = '', minor] = /1\.(\d+)/.exec(stdout) ?? [];
  if (Number(minor) >= 21) return true;
  console.warn(`NOT TRIED: PgBouncer ${version} keeps no named statements`);
  return false;
}

/** How PgBouncer is started. */
export type PgBouncerOptions = {
  /** Connections to each database at most. Default 10. */
  readonly poolSize?: number;
  /** Whether it keeps named statements. Default false. */
  readonly named?: boolean;
};

/** Starts PgBouncer before a server, for all of its databases. */
export async function startPgBouncer(
  server: string,
  { poolSize = 10, named = false }: PgBouncerOptions = {},
): Promise<PgBouncer> {
  const { hostname, port, username, password } = new URL(server);
  const folder = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
  await chmod(folder, 0o755);
  const file = join(folder, 'pgbouncer.ini');
  const own = await freePort();
  await writeFile(
    file,
    `[databases]
* = host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 500
server_login_retry = 1
${named ? 'max_prepared_statements = 200' : ''}
`,
  );
  const child = spawn(PROGRAM, [file], { stdio: ['ignore', 'ignore', 'pipe'], ...ordinaryUser() });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed = `${printed}${text}`.slice(-2_000);
  });
  const pooled = (url: string) => {
    const address = new URL(url);
    address.port = `${own}`;
    address.searchParams.set('pgbouncer', named ? 'named' : 'true');
    return address.href;
  };
  while (!(await answers(pooled(server)))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer does not start: ${printed}`);
    await sleep(50);
  }
  return {
    pooled,
    async stop() {
      await kill(child);
      await rm(folder, { recursive: true });
    },
  };
}

/** It does not run as root. */
function ordinaryUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) =>
    Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
