import { Socket } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Transaction } from '@prisma/driver-adapter-utils';
import type { ClientBase, Pool, PoolConfig } from 'pg';
import { textAt, valueAt } from '../repo/errors/constraint-violation.ts';
import { CommitLostError, isCommitRefused } from '../repo/errors/database-fault.ts';

type AdapterOptions = NonNullable<ConstructorParameters<typeof PrismaPg>[1]>;

/**
 * Prisma's adapter, which also
 * - distinguishes a connection that is lost during COMMIT (CommitLostError) from one that is lost
 *   before;
 * - keeps a transaction in which a statement failed from being taken for committed: PostgreSQL
 *   answers its COMMIT with ROLLBACK, which is no error;
 * - gives up a connection that is silent for too long while it is in use, as when the network has
 *   swallowed it;
 * - outlives a connection that ends in the moment it is handed out;
 * - keeps the detail of an error, which names the values that are refused.
 */
export class WatchedAdapter extends PrismaPg {
  readonly #silence: number;

  /** `silence`: ms without a byte from the server. */
  constructor(config: PoolConfig, options: AdapterOptions, silence: number) {
    super(config, options);
    this.#silence = silence;
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    watchConnections(adapter.underlyingDriver(), this.#silence);
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (level) => watched(withDetails(await start(level)));
    return adapter;
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
  const noteFailure = (error: unknown): never => {
    failed = true;
    throw error;
  };
  const query = transaction.queryRaw.bind(transaction);
  transaction.queryRaw = (sql) => query(sql).catch(noteFailure);
  const execute = transaction.executeRaw.bind(transaction);
  transaction.executeRaw = async (sql) => {
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
function watchConnections(pool: Pool, silence: number): void {
  const used = new WeakSet<ClientBase>();
  pool.on('acquire', (client) => used.add(client));
  pool.on('release', (_error, client) => used.delete(client));
  pool.on('connect', (client) => {
    // Between the pool and the adapter nobody listens, and an error that nobody hears ends the
    // process.
    client.on('error', () => {});
    const { stream } = client.connection;
    if (!(stream instanceof Socket)) return;
    stream.setTimeout(silence, () => {
      if (used.has(client)) stream.destroy(new Error('the database is silent'));
    });
  });
}
