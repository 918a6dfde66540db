import type { ServerResponse } from 'node:http';
import type { Turns } from 'prisma-assoc';
import type { PoolState } from 'prisma-assoc/postgres';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestAccount } from './request-account.ts';

/** What is measured of a service, for Prometheus. */
export type Metrics = {
  /** To be told of each request: its outcome, and the ms that it took. */
  readonly onRequestEnd: (account: RequestAccount, code: string, ms: number) => void;
  readonly onStatementEnd: (ms: number) => void;
  readonly onPool: (pool: PoolState) => void;
  /** Counts those who listen to a stream. */
  readonly watchReaders: (count: () => number) => void;
  /** Measures how long mutations wait for the locks of others. */
  readonly watchTurns: (turns: Turns) => Turns;
  /** Answers with all of it. */
  readonly send: (response: ServerResponse) => Promise<void>;
};

/** Makes the metrics of one service, in a registry of their own. */
export function makeMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'graphql_requests_total',
    help: 'GraphQL requests by type of operation and outcome: OK, the code of the first error, or the first refusal of a mutation.',
    labelNames: ['type', 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'graphql_request_duration_seconds',
    help: 'How long GraphQL requests take, from their head to the end of the answer.',
    labelNames: ['type'],
    buckets: SECONDS,
    registers,
  });
  const refusals = new Counter({
    name: 'graphql_refusals_total',
    help: 'GraphQL requests that went over a limit, by what they had too much of.',
    labelNames: ['limit'],
    registers,
  });
  const operations = new Counter({
    name: 'mutation_operations_total',
    help: 'What mutations have written, by action.',
    labelNames: ['action'],
    registers,
  });
  const retries = new Counter({
    name: 'mutation_retries_total',
    help: 'Transactions that ran again, by why.',
    labelNames: ['reason'],
    registers,
  });
  const lockWaits = new Histogram({
    name: 'mutation_lock_wait_seconds',
    help: 'Transactions that wait for the locks of others: how long until they end.',
    buckets: SECONDS,
    registers,
  });
  const statements = new Histogram({
    name: 'database_statement_duration_seconds',
    help: 'How long statements take.',
    buckets: SECONDS,
    registers,
  });
  let pool: PoolState | undefined;
  new Gauge({
    name: 'database_connections',
    help: 'Connections to the database: in use and idle; requests that wait for one.',
    labelNames: ['state'],
    registers,
    collect() {
      const { totalCount = 0, idleCount = 0, waitingCount = 0 } = pool ?? {};
      this.set({ state: 'used' }, totalCount - idleCount);
      this.set({ state: 'idle' }, idleCount);
      this.set({ state: 'awaited' }, waitingCount);
    },
  });
  let readers = () => 0;
  new Gauge({
    name: 'live_readers',
    help: 'Clients that listen to a subscription.',
    registers,
    collect() {
      this.set(readers());
    },
  });
  return {
    onRequestEnd(account, code, ms) {
      if (account.path !== '/graphql') return;
      const type = account.type ?? 'none';
      requests.inc({ type, code });
      durations.observe({ type }, ms / 1_000);
      const limit = account.limit ?? LIMIT_OF_CODE[code];
      if (limit !== undefined) refusals.inc({ limit });
      for (const [action, count] of account.operations) operations.inc({ action }, count);
      for (const [reason, count] of account.retries) retries.inc({ reason }, count);
    },
    onStatementEnd: (ms) => statements.observe(ms / 1_000),
    onPool(made) {
      pool = made;
    },
    watchReaders(count) {
      readers = count;
    },
    watchTurns: (turns) => ({
      async take(patience) {
        const measure = lockWaits.startTimer();
        const end = await turns.take(patience);
        if (end === null) measure();
        return end && (() => (measure(), end()));
      },
    }),
    async send(response) {
      const text = await registry.metrics();
      response.setHeader('content-type', registry.contentType);
      response.end(text);
    },
  };
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** The limits that have a code of their own. */
const LIMIT_OF_CODE: Readonly<Record<string, string>> = {
  TOO_MANY_ROWS: 'rows of a request',
  TIMEOUT: 'time',
  HTTP_413: 'bytes of a body',
};
