import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { blog } from '../blog/domain.ts';
import type { Context } from '../graphql/context.ts';
import { schema } from '../graphql/schema.ts';
import { dropExpiredKeys, makeTurns } from 'prisma-assoc/mutation';
import { makeAuthenticate } from './auth/authenticate.ts';
import { type Config, StartError } from './config.ts';
import type { Client } from './database/client.ts';
import { openDatabase } from './database/open-database.ts';
import { makeHttpServer } from './http/http.ts';
import { type Logger, makeLogger } from './logger.ts';
import { makeReadiness } from './database/readiness.ts';

/** A running service. */
export type Service = {
  /** Its address, without a path: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Three lines for the person who started it: where to look, what to try. */
  readonly greeting: string;
  /**
   * Is not ready any more and serves on for DRAIN_DELAY, until `hurry` is aborted; then takes no
   * more requests, lets those under way finish, closes the database.
   */
  readonly stop: (hurry?: AbortSignal) => Promise<void>;
};

/**
 * Starts the service: database, migrations, first seed, HTTP, in this order. What was started is
 * stopped again when a later step fails.
 *
 * @throws StartError for what the one who starts it can put right.
 */
export async function startService(config: Config): Promise<Service> {
  const log = makeLogger(config.logLevel);
  const database = await openDatabase(config, log);
  try {
    const { client } = database;
    const { limits, writeWay } = config;
    const tables = [...blog.models.values()].map(({ table }) => table);
    // Who waits leaves half of the connections to those who need not.
    const lockTurns = makeTurns(Math.max(1, Math.floor(limits.poolSize / 2)));
    const readiness = makeReadiness(client, tables, log);
    const http = makeHttpServer({
      ...config,
      schema,
      makeContext: (request): Context => ({ client, limits, lockTurns, writeWay, ...request }),
      isReady: readiness.isReady,
      allowedOrigins: config.corsOrigins,
      authenticate: makeAuthenticate(config.auth),
      log,
    });
    const url = await listen(http.server, config);
    if (config.auth === null) log.warn({}, OPEN);
    const stopDropping = dropExpiredKeysNowAndThen(client, log);
    return {
      url,
      greeting: greeting(url, database.description),
      async stop(hurry) {
        stopDropping();
        readiness.end();
        await wait(config.drainDelay, hurry);
        await http.close(config.shutdownTimeout);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

const OPEN =
  'the service is open: everybody may write; AUTH_JWT_SECRET or AUTH_JWKS_URL says whose tokens are taken';

function greeting(url: string, database: string): string {
  return [
    `GraphiQL  ${url}/graphql  opens with the worked example: run it, then look at the operations`,
    `Or try    curl -s ${url}/graphql -H 'content-type: application/json' -d '{"query":"{ post(id: 7) { title comments { id body } } }"}'`,
    `Database  ${database}`,
  ].join('\n');
}

async function listen(server: Server, config: Config): Promise<string> {
  const { host, port } = config;
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw new StartError(`cannot listen on ${host}:${port}: ${refusalOf(error)}`);
  }
  const address = server.address();
  const taken = address === null || typeof address === 'string' ? port : address.port;
  const shown = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${taken}`;
}

const REFUSALS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses that port; set PORT to a free one',
  EACCES: 'that port may not be used; set PORT to one above 1023',
  EADDRNOTAVAIL: 'this machine has no such address; set HOST to one it has',
  ENOTFOUND: 'there is no such host; set HOST to one there is',
};

function refusalOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return REFUSALS[code] ?? error.message;
}

/** Waits so many ms, or until `hurry` is aborted. */
async function wait(ms: number, hurry?: AbortSignal): Promise<void> {
  if (ms === 0) return;
  await sleep(ms, undefined, hurry ? { signal: hurry } : {}).catch(() => {});
}

const DROP_INTERVAL = 60_000;

/** Deletes expired idempotency keys every minute; gives what ends that. */
function dropExpiredKeysNowAndThen(client: Client, log: Logger): () => void {
  const drop = () =>
    dropExpiredKeys(client, blog.model('IdempotencyKey').table).catch((error: unknown) =>
      log.warn({ err: error }, 'expired idempotency keys are left over'),
    );
  const timer = setInterval(() => void drop(), DROP_INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
}
