import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryConnection } from 'prisma-assoc/postgres';
import { dataOf, ensureData, passwordOf, programEnvironment } from './data.ts';
import { findPlace, type Place } from './place.ts';
import { commandOf, findRunningServer, isAlive, stopServer } from './postmaster.ts';

/** A PostgreSQL server of our own, for a machine that has none set up. */
export type EmbeddedPostgres = {
  /** Address of its one database, password included. */
  readonly url: string;
  /** Where its data, its password and its log are. */
  readonly home: string;
  /** Its own log file. */
  readonly log: string;
  /** Resolves when its process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Stops the server; returns when it is gone. */
  readonly stop: () => Promise<void>;
};

/** What may be chosen of an embedded server. */
export type EmbeddedOptions = {
  /** Absolute; where the data are kept if PostgreSQL can reach it. */
  readonly folder: string;
  /**
   * PostgreSQL's settings: `{ log_statement: 'all' }`. A free port is taken unless they name one.
   */
  readonly settings?: Readonly<Record<string, string>>;
};

/** A server that runs already on these data, and the process that uses it. */
export class EmbeddedInUse extends Error {
  override readonly name = 'EmbeddedInUse';
  readonly url: string;

  constructor(home: string, owner: number, url: string) {
    super(
      `the data in ${home} are in use by another service (process ${owner}): stop it, or set DATABASE_URL`,
    );
    this.url = url;
  }
}

/**
 * Starts the PostgreSQL that npm installed, on a free port of this machine only, and makes its data
 * at the first start. A server left over by a process that was killed is stopped first; its data
 * recover. Of several starts at once on the same data one succeeds.
 *
 * @throws EmbeddedInUse while another live process runs on the same data.
 */
export async function startEmbeddedPostgres({
  folder,
  settings = {},
}: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = await findPlace(folder);
  await ensureData(place);
  const { server, url } = await startServer(place, settings);
  return {
    url,
    home: place.home,
    log: logOf(place),
    ended: endOf(server),
    async stop() {
      if (server.pid !== undefined && isAlive(server.pid)) {
        await stopServer(server.pid);
      }
    },
  };
}

async function endOf(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  await once(server, 'exit');
}

const logOf = ({ home }: Place) => join(home, 'postgres.log');

const ATTEMPTS = 3;

// Another program may take the free port first, another start may be faster, and after a crash the
// old server's helpers may take a moment to leave.
async function startServer(
  place: Place,
  settings: Readonly<Record<string, string>>,
): Promise<{ server: ChildProcess; url: string }> {
  for (let attempt = 1; ; attempt += 1) {
    await takeOver(place);
    const port = Number(settings['port'] ?? (await freePort()));
    const server = await spawnServer(place, { ...settings, port: `${port}` });
    const url = await addressOf(place, port);
    if (await answers(server, url)) return { server, url };
    if (attempt === ATTEMPTS) {
      const log = await readFile(logOf(place), 'utf8').catch(() => '');
      const last = log.trimEnd().split('\n').slice(-3).join(' | ');
      throw new Error(`the embedded PostgreSQL does not start: ${last}`);
    }
    await sleep(300);
  }
}

/** The server's own setting that names the process it was started by. */
const OWNER = /\bservice\.owner=(\d+)/;

async function takeOver(place: Place): Promise<void> {
  const running = await findRunningServer(dataOf(place));
  if (running === undefined) return;
  const [, pid] = OWNER.exec(await commandOf(running.pid)) ?? [];
  const owner = Number(pid);
  if (owner && owner !== process.pid && (await isNode(owner))) {
    throw new EmbeddedInUse(place.home, owner, await addressOf(place, running.port));
  }
  await stopServer(running.pid);
}

async function isNode(pid: number): Promise<boolean> {
  return isAlive(pid) && (await commandOf(pid)).includes('node');
}

async function addressOf(place: Place, port: number): Promise<string> {
  const password = await readFile(passwordOf(place), 'utf8');
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
}

async function spawnServer(
  place: Place,
  settings: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const log = await open(logOf(place), 'a');
  const args = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    'service.owner': `${process.pid}`,
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(place.bin, 'postgres'), ['-D', dataOf(place), ...args], {
    ...place.account,
    cwd: place.home,
    env: programEnvironment(),
    // Ctrl-C in the terminal is for us alone: we end the sessions first.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  server.unref();
  try {
    await once(server, 'spawn');
  } finally {
    await log.close();
  }
  return server;
}

const START_TIMEOUT = 60_000;

async function answers(server: ChildProcess, url: string): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT;
  while (server.exitCode === null && server.signalCode === null) {
    try {
      await tryConnection({ url });
      return true;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(20);
    }
  }
  return false;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') {
    throw new Error('no free port');
  }
  return address.port;
}
