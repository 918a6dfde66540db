import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EmbeddedOptions,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from './embedded-postgres.ts';
import type { Logger } from '../logger.ts';
import { formatError } from '../format-error.ts';
import { rotateLog } from './rotate-log.ts';

/** An embedded server that is kept running. */
export type KeptPostgres = Pick<EmbeddedPostgres, 'url' | 'home' | 'stop'>;

/**
 * Starts an embedded server and starts it again, at the same address, each time it ends by itself;
 * its log is kept short.
 *
 * @throws as `startEmbeddedPostgres`, for the first start.
 */
export async function keepEmbeddedPostgres(
  options: EmbeddedOptions,
  log: Logger,
): Promise<KeptPostgres> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const first = await startEmbeddedPostgres(options);
  const { port } = new URL(first.url);
  const settings = { ...options.settings, port };
  const kept = keep(first, { ...options, settings }, signal, log);
  const stopRotating = rotateNowAndThen(first.log, log);
  return {
    url: first.url,
    home: first.home,
    async stop() {
      stopRotating();
      stopping.abort();
      await (await kept)?.stop();
    },
  };
}

/** The server that runs when `signal` is aborted, if any. */
async function keep(
  first: EmbeddedPostgres,
  options: EmbeddedOptions,
  signal: AbortSignal,
  log: Logger,
): Promise<EmbeddedPostgres | undefined> {
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve());
  });
  for (let server = first; ;) {
    await Promise.race([server.ended, stopped]);
    if (signal.aborted) return server;
    log.error({}, 'the embedded PostgreSQL has ended and is started again');
    const next = await startAgain(options, signal, log);
    if (next === undefined) return undefined;
    server = next;
    log.info({}, 'the embedded PostgreSQL runs again');
  }
}

const FIRST_PAUSE = 100;
const LAST_PAUSE = 5_000;

async function startAgain(
  options: EmbeddedOptions,
  signal: AbortSignal,
  log: Logger,
): Promise<EmbeddedPostgres | undefined> {
  for (let pause = FIRST_PAUSE; !signal.aborted; pause *= 2) {
    try {
      return await startEmbeddedPostgres(options);
    } catch (error) {
      log.warn({ reason: formatError(error) }, 'the embedded PostgreSQL fails');
    }
    const ms = Math.min(pause, LAST_PAUSE);
    await sleep(ms, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

// Bytes; twice as much is kept at most, and what is written within a minute.
const LONGEST_LOG = 5_000_000;
const ROTATION_INTERVAL = 60_000;

function rotateNowAndThen(file: string, log: Logger): () => void {
  const rotate = () =>
    rotateLog(file, LONGEST_LOG).catch((error: unknown) =>
      log.warn({ err: error }, 'the log of PostgreSQL is not kept short'),
    );
  void rotate();
  const timer = setInterval(() => void rotate(), ROTATION_INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
}
