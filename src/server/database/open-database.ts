import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addressesToTry,
  type ClientOptions,
  migrate,
  readAddress,
  tryConnection,
} from 'prisma-assoc/postgres';
import { type Client, makeClient } from './client.ts';
import { seed } from './seed.ts';
import { type Config, StartError } from '../config.ts';
import { keepEmbeddedPostgres } from '../embedded/embedded-keeper.ts';
import type { Logger } from '../logger.ts';
import { formatError } from '../format-error.ts';
import { serviceSchema } from './service-schema.ts';

/** The database the service works on. */
export type Database = {
  readonly client: Client;
  /** Where its tables are. */
  readonly schema: string;
  /** The address for what needs a session of its own, as LISTEN does: no pooler is there. */
  readonly sessionUrl: string;
  /** Which database it is, to be printed at the start; without a password. */
  readonly description: string;
  /** Closes the connections, and stops the server if it is our own. */
  readonly close: () => Promise<void>;
};

/**
 * Opens the database of the settings, migrated; without an address that is the embedded one, which
 * gets the worked example at its first start.
 *
 * @throws StartError when it cannot be reached, started or migrated.
 */
export async function openDatabase(
  config: Config,
  log: Logger,
  listeners: Pick<ClientOptions, 'timeStatement' | 'onPool'> = {},
): Promise<Database> {
  const server = await openServer(config, log);
  try {
    if (config.migrateOnStart || config.live) assertSession(server.directUrl);
    const directUrl = await assertReachable(server.directUrl);
    const url = server.url === server.directUrl ? directUrl : await assertReachable(server.url);
    warnOfUnknown(url, log);
    if (config.migrateOnStart) await migrateDatabase(directUrl, log);
    const { schema } = readAddress(url);
    const client = makeClient({
      ...config.limits,
      ...listeners,
      url,
      onStatement: (sql) => log.trace({ sql }, 'statement'),
      onConnectionError: (error) =>
        log.warn({ err: error }, 'a connection to the database was lost'),
    });
    // Loads Prisma's query compiler, for half a second: no request is to be held up by that.
    await client.$connect();
    if (server.home !== undefined) await seedOnce(client, server.home);
    return {
      client,
      schema,
      sessionUrl: directUrl,
      description: server.description,
      async close() {
        await Promise.race([client.$disconnect(), sleep(CLOSE_TIMEOUT, undefined, { ref: false })]);
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

// ms: a request that was cut may hold its connection for as long as a transaction may take. The
// database rolls back what the process leaves open.
const CLOSE_TIMEOUT = 1_000;

type Server = {
  readonly url: string;
  readonly directUrl: string;
  readonly description: string;
  /** Of the embedded one: where its data are. */
  readonly home?: string;
  readonly stop: () => Promise<void>;
};

async function openServer(config: Config, log: Logger): Promise<Server> {
  if (config.databaseUrl !== undefined) {
    const { databaseUrl: url, directUrl = url } = config;
    const description = `${placeOf(url)} (if it is empty, npm run seed writes the example's rows)`;
    return { url, directUrl, description, stop: async () => {} };
  }
  try {
    const folder = config.dataFolder;
    const server = await keepEmbeddedPostgres({ folder, settings: QUIET }, log);
    const home = relative(process.cwd(), server.home);
    const shown = home.startsWith('..') ? server.home : home;
    return {
      ...server,
      directUrl: server.url,
      description: `embedded PostgreSQL, its data in ${shown} (DATABASE_URL takes another)`,
    };
  } catch (error) {
    throw new StartError(formatError(error));
  }
}

/**
 * What a statement does wrong is the service's to log: the server's own log would keep the values.
 */
const QUIET = {
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
} as const;

/**
 * The address by which a database is reached: `sslmode=prefer` and `allow` try two.
 *
 * @throws StartError when it cannot be reached, with what to do about it.
 */
export async function assertReachable(url: string): Promise<string> {
  const failures: string[] = [];
  for (const address of addressesToTry(url)) {
    try {
      await tryConnection({ url: address });
      return address;
    } catch (error) {
      failures.push(`${formatError(error)}${hintOf(error)}`);
    }
  }
  throw new StartError(`cannot use the database at ${placeOf(url)}: ${failures.join('; ')}`);
}

function hintOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const text = 'code' in error ? `${String(error.code)} ${error.message}` : error.message;
  const hint = HINTS.find(([pattern]) => pattern.test(text))?.[1];
  return hint === undefined ? '' : ` (${hint})`;
}

/** What to do about an encryption that does not come about. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /UNABLE_TO_(VERIFY|GET_ISSUER)|SELF_SIGNED|self-signed/,
    "name the certificate of the server's authority: sslrootcert=/path/root.crt",
  ],
  [
    /ALTNAME_INVALID/,
    'the certificate is for another host name: use that name, or sslmode=verify-ca',
  ],
  [/does not support SSL/, 'sslmode=disable goes without encryption'],
  [/no encryption|SSL off/, 'the server wants encryption: sslmode=require'],
];

function warnOfUnknown(url: string, log: Logger): void {
  const { unknown } = readAddress(url);
  if (unknown.length === 0) return;
  log.warn({ parameters: unknown }, 'parameters of DATABASE_URL that have no effect');
}

/** Host, port and name of a database, and nothing else of its address. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

async function migrateDatabase(url: string, log: Logger): Promise<void> {
  try {
    const names = await migrate({ url, ...serviceSchema });
    if (names.length > 0) log.debug({ names }, 'migrations applied');
  } catch (error) {
    throw new StartError(`cannot migrate the database at ${placeOf(url)}: ${formatError(error)}`);
  }
}

/** @throws StartError for the address of a pooler, where what needs a session of its own is to go. */
export function assertSession(url: string): void {
  if (readAddress(url).pooler !== 'none') throw new StartError(NO_SESSION);
}

const NO_SESSION =
  'neither migrations nor LISTEN go through a pooler: set DIRECT_URL to the address of the database itself, or MIGRATE_ON_START and LIVE to false';

async function seedOnce(client: Client, home: string): Promise<void> {
  const mark = join(home, 'seeded');
  if (existsSync(mark)) return;
  await seed(client);
  await writeFile(mark, '');
}
