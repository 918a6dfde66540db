import { AsyncResource } from 'node:async_hooks';
import { Socket } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import type {
  IsolationLevel,
  SqlQuery,
  SqlQueryable,
  SqlResultSet,
  Transaction,
} from '@prisma/driver-adapter-utils';
import type { ClientBase, Pool, PoolConfig } from 'pg';
import { textAt, valueAt } from '../repo/errors/constraint-violation.ts';
import {
  CommitLostError,
  isCommitRefused,
  UnavailableError,
} from '../repo/errors/database-fault.ts';
import type { TransactionSettings } from './connection.ts';
import { LateConnection } from './late-connection.ts';

type AdapterOptions = NonNullable<ConstructorParameters<typeof PrismaPg>[1]>;

/** Who hears of what connections do. */
export type Listeners = {
  /** Called with the text of every statement as it is sent: gives what is told how many ms it took. */
  readonly timeStatement?: (sql: string) => (ms: number) => void;
  /** Called with the pool of connections once it is there. */
  readonly onPool?: (pool: PoolState) => void;
};

/** How many connections a pool has, how many of them are idle, and how many wait for one. */
export type PoolState = Pick<Pool, 'totalCount' | 'idleCount' | 'waitingCount'>;

type Watching = Listeners & {
  /** How long a connection in use may be without a byte from the server, in ms. */
  readonly silence: number;
  /** Sent at the start of every transaction. */
  readonly transactionSettings: TransactionSettings | null;
};

/**
 * Prisma's adapter, which also
 * - distinguishes a connection that is lost during COMMIT (CommitLostError) from one that is lost
 *   before;
 * - keeps a transaction in which a statement failed from being taken for committed: PostgreSQL
 *   answers its COMMIT with ROLLBACK, which is no error;
 * - sends nothing more for a transaction that has ended: Prisma rolls back what takes too long while
 *   a nested write is on its way, whose next statements would stand alone;
 * - gives up a connection that is silent for too long while it is in use, as when the network has
 *   swallowed it;
 * - outlives a connection that ends in the moment it is handed out;
 * - keeps the detail of an error, which names the values that are refused.
 */
export class WatchedAdapter extends PrismaPg {
  readonly #watching: Watching;
  #begin: (() => Promise<Transaction>) | null = null;
  #connected: SqlQueryable | null = null;
  /** Ends the transactions that are not Prisma's, before the connections are closed. */
  endOthers: () => Promise<unknown> = () => Promise.resolve();

  constructor(config: PoolConfig, options: AdapterOptions, watching: Watching) {
    super(config, options);
    this.#watching = watching;
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    const pool = adapter.underlyingDriver();
    watchConnections(pool, this.#watching);
    this.#watching.onPool?.(pool);
    const { transactionSettings } = this.#watching;
    const setUp = async (begun: Promise<Transaction>, level?: IsolationLevel) => {
      const transaction = watched(withDetails(await begun));
      return transactionSettings === null
        ? transaction
        : withSettings(transaction, transactionSettings(level));
    };
    this.#begin = async () => {
      let connection: LateConnection | undefined;
      const connect = async () => (connection = new LateConnection(await pool.connect()));
      const late: typeof adapter = Object.create(adapter, { client: { value: { connect } } });
      const transaction = await setUp(late.startTransaction());
      connection?.open();
      return transaction;
    };
    const startTransaction = (level?: IsolationLevel) =>
      setUp(adapter.startTransaction(level), level);
    this.#connected = adapter;
    const dispose = async () => {
      this.#begin = null;
      this.#connected = null;
      await this.endOthers();
      await adapter.dispose();
    };
    const watchedAdapter: typeof adapter = Object.create(adapter);
    return Object.assign(watchedAdapter, { startTransaction, dispose });
  }

  /** Begins a transaction that is not Prisma's, with its first statement; null if not connected. */
  begin(): Promise<Transaction> | null {
    return this.#begin?.() ?? null;
  }

  /** Runs a statement that is not Prisma's; null if not connected. */
  query(query: SqlQuery): Promise<SqlResultSet> | null {
    return this.#connected?.queryRaw(query) ?? null;
  }
}

async function withSettings(transaction: Transaction, sql: string): Promise<Transaction> {
  try {
    await transaction.executeRaw({ sql, args: [], argTypes: [] });
    return transaction;
  } catch (error) {
    await transaction.executeRaw({ sql: 'ROLLBACK', args: [], argTypes: [] }).catch(() => {});
    await transaction.rollback();
    throw error;
  }
}

/** The adapter's own reader of errors drops the detail of the commonest ones. */
function withDetails(transaction: Transaction): Transaction {
  const onError: unknown = Reflect.get(transaction, 'onError');
  if (typeof onError !== 'function') return transaction;
  return Object.assign(transaction, {
    onError(error: unknown) {
      try {
        return Reflect.apply(onError, transaction, [error]);
      } catch (read) {
        const cause = valueAt(read, 'cause');
        const detail = textAt(error, 'detail');
        if (typeof cause === 'object' && cause !== null) Object.assign(cause, { detail });
        throw read;
      }
    },
  });
}

function watched(transaction: Transaction): Transaction {
  let failed = false;
  let ended = false;
  const assertOpen = () => {
    if (ended) throw new UnavailableError(new Error('the transaction has ended'));
  };
  const noteFailure = (error: unknown): never => {
    failed = true;
    throw error;
  };
  const query = transaction.queryRaw.bind(transaction);
  transaction.queryRaw = async (sql) => {
    assertOpen();
    return query(sql).catch(noteFailure);
  };
  const execute = transaction.executeRaw.bind(transaction);
  transaction.executeRaw = async (sql) => {
    assertOpen();
    ended = sql.sql === 'COMMIT' || sql.sql === 'ROLLBACK';
    if (sql.sql !== 'COMMIT') {
      const count = await execute(sql).catch(noteFailure);
      if (sql.sql.startsWith('ROLLBACK TO ')) failed = false;
      return count;
    }
    if (failed) {
      // Prisma only gives the connection back where COMMIT fails.
      await execute({ ...sql, sql: 'ROLLBACK' });
      throw new Error('cannot commit: a statement has failed');
    }
    return execute(sql).catch((error: unknown) => {
      throw isCommitRefused(error) ? error : new CommitLostError(error);
    });
  };
  const rollBackTo = transaction.rollbackToSavepoint?.bind(transaction);
  if (rollBackTo) {
    transaction.rollbackToSavepoint = async (name) => {
      await rollBackTo(name);
      failed = false;
    };
  }
  return transaction;
}

/** Connections at rest may be silent as long as they like. */
function watchConnections(pool: Pool, { silence, timeStatement }: Watching): void {
  if (timeStatement) keepContext(pool);
  const used = new WeakSet<ClientBase>();
  pool.on('acquire', (client) => used.add(client));
  pool.on('release', (_error, client) => used.delete(client));
  pool.on('connect', (client) => {
    // Between the pool and the adapter nobody listens, and an error that nobody hears ends the
    // process.
    client.on('error', () => {});
    if (timeStatement) timeStatements(client, timeStatement);
    const { stream } = client.connection;
    if (!(stream instanceof Socket)) return;
    stream.setTimeout(silence, () => {
      if (used.has(client)) stream.destroy(new Error('the database is silent'));
    });
  });
}

/** Runs what waits for a connection in the context of its request, not of who gave one back. */
function keepContext(pool: Pool): void {
  const connect: unknown = Reflect.get(pool, 'connect');
  if (typeof connect !== 'function') return;
  Object.assign(pool, {
    connect: (then?: (...answer: unknown[]) => void): unknown =>
      Reflect.apply(connect, pool, then ? [AsyncResource.bind(then)] : []),
  });
}

/** The pool asks with a callback, the adapter's transactions without. */
function timeStatements(client: ClientBase, time: (sql: string) => (ms: number) => void): void {
  const query: unknown = Reflect.get(client, 'query');
  if (typeof query !== 'function') return;
  Object.assign(client, {
    query(...args: unknown[]): unknown {
      const begun = performance.now();
      const onEnd = time(textAt(args[0], 'text') ?? String(args[0]));
      const end = () => onEnd(performance.now() - begun);
      const then = args.at(-1);
      if (typeof then === 'function') {
        const ended = (...answer: unknown[]): unknown => {
          end();
          return Reflect.apply(then, undefined, answer);
        };
        return Reflect.apply(query, client, [...args.slice(0, -1), ended]);
      }
      const answer: unknown = Reflect.apply(query, client, args);
      if (answer instanceof Promise) answer.then(end, end);
      return answer;
    },
  });
}
