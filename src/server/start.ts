import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { blog } from '../blog/domain.ts';
import type { Context } from '../graphql/context.ts';
import { schema } from '../graphql/schema.ts';
import { makeTurns } from 'prisma-assoc';
import { dropExpiredKeys } from 'prisma-assoc/mutation';
import { type OpenChannel, openChannel } from 'prisma-assoc/postgres';
import { makeAuthenticate } from './auth/authenticate.ts';
import { type Config, StartError } from './config.ts';
import { type Database, openDatabase } from './database/open-database.ts';
import { makeHttpServer } from './http/http.ts';
import { replyStatus } from './http/reply.ts';
import { type Logger, makeLogger } from './logger.ts';
import { makeMetrics, type Metrics } from './observe/metrics.ts';
import { makeObserver } from './observe/observer.ts';
import { makeReadiness } from './database/readiness.ts';

/** A running service. */
export type Service = {
  /** Its address, without a path: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** A few lines for the person who started it: where to look, what to try. */
  readonly greeting: string;
  /** Writes the greeting's facts to the log, whatever its level. */
  readonly logGreeting: () => void;
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
export async function startService(
  config: Config,
  log = makeLogger(config.logLevel),
): Promise<Service> {
  const metrics = config.metrics ? makeMetrics() : null;
  const observer = makeObserver({ log, metrics, slowStatement: config.slowStatement });
  const database = await openDatabase(config, log, {
    timeStatement: observer.timeStatement,
    ...(metrics && { onPool: metrics.onPool }),
  });
  let metricsServer: Server | null = null;
  const channel = config.live ? openWatchedChannel(database.sessionUrl, log) : undefined;
  try {
    const { client } = database;
    const { limits, writeWay } = config;
    const tables = [...blog.models.values()].map(({ table }) => table);
    // Who waits leaves half of the connections to those who need not.
    const turns = makeTurns(Math.max(1, Math.floor(limits.poolSize / 2)));
    const lockTurns = metrics?.watchTurns(turns) ?? turns;
    const shared = { client, limits, lockTurns, writeWay, ...(channel && { channel }) };
    const readiness = makeReadiness(database, tables, log);
    const http = makeHttpServer({
      ...config,
      schema,
      makeContext: ({ account: progress, ...request }): Context => ({
        ...shared,
        progress,
        ...request,
      }),
      isReady: readiness.isReady,
      allowedOrigins: config.corsOrigins,
      authenticate: makeAuthenticate(config.auth),
      observer,
      metrics: config.metricsPort === undefined ? metrics : null,
      log,
    });
    metrics?.watchReaders(http.readers);
    metricsServer = metrics && (await serveMetrics(metrics, config));
    const url = await listen(http.server, config);
    if (config.auth === null) log.warn({}, OPEN);
    const stopDropping = dropExpiredKeysNowAndThen(database, log);
    return {
      url,
      greeting: greeting(url, config, database.description),
      logGreeting() {
        const facts = { url: `${url}/graphql`, database: database.description };
        log.child({}, { level: 'info' }).info(facts, 'the service takes requests');
      },
      async stop(hurry) {
        stopDropping();
        readiness.end();
        await wait(config.drainDelay, hurry);
        await http.close(config.shutdownTimeout);
        metricsServer?.close().closeAllConnections();
        await channel?.close();
        await database.close();
      },
    };
  } catch (error) {
    metricsServer?.close();
    await database.close();
    throw error;
  }
}

function openWatchedChannel(url: string, log: Logger): OpenChannel {
  const onError = (err: unknown) =>
    log.warn({ err }, 'the connection that hears of changes was lost');
  return openChannel({ url, onError });
}

const OPEN =
  'the service is open: everybody may write; AUTH_JWT_SECRET or AUTH_JWKS_URL says whose tokens are taken';

function greeting(url: string, { pageFolder }: Config, database: string): string {
  return [
    ...(pageFolder === null
      ? []
      : [`Page      ${url}/  edits posts, and shows what saving would do`]),
    `GraphiQL  ${url}/graphql  opens with examples: run one, then look at the operations`,
    `Or try    curl -s ${url}/graphql -H 'content-type: application/json' -d '{"query":"{ post(id: 7) { title comments { id body } } }"}'`,
    `Database  ${database}`,
  ].join('\n');
}

async function listen(server: Server, config: Config): Promise<string> {
  const { host, port } = config;
  await listenOn(server, host, port, 'PORT');
  const address = server.address();
  const taken = address === null || typeof address === 'string' ? port : address.port;
  const shown = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${taken}`;
}

/** Serves the metrics on a port of their own, if they have one. */
async function serveMetrics(
  metrics: Metrics,
  { host, metricsPort: port }: Config,
): Promise<Server | null> {
  if (port === undefined) return null;
  const server = createServer((request, response) => {
    if (request.url === '/metrics') void metrics.send(response);
    else replyStatus(response, 404, 'not found');
  });
  await listenOn(server, host, port, 'METRICS_PORT');
  return server;
}

async function listenOn(server: Server, host: string, port: number, name: string): Promise<void> {
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw new StartError(`cannot listen on ${host}:${port}: ${refusalOf(error, name)}`);
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses that port; set PORT to a free one',
  EACCES: 'that port may not be used; set PORT to one above 1023',
  EADDRNOTAVAIL: 'this machine has no such address; set HOST to one it has',
  ENOTFOUND: 'there is no such host; set HOST to one there is',
};

function refusalOf(error: unknown, name: string): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return REFUSALS[code]?.replace('PORT', name) ?? error.message;
}

/** Waits so many ms, or until `hurry` is aborted. */
async function wait(ms: number, hurry?: AbortSignal): Promise<void> {
  if (ms === 0) return;
  await sleep(ms, undefined, hurry ? { signal: hurry } : {}).catch(() => {});
}

const DROP_INTERVAL = 60_000;

/** Deletes expired idempotency keys every minute; gives what ends that. */
function dropExpiredKeysNowAndThen({ client, schema }: Database, log: Logger): () => void {
  const table = `${schema}.${blog.model('IdempotencyKey').table}`;
  const drop = () =>
    dropExpiredKeys(client, table).catch((error: unknown) =>
      log.warn({ err: error }, 'expired idempotency keys are left over'),
    );
  const timer = setInterval(() => void drop(), DROP_INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
}
