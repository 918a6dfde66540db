import type {
  ConnectionInfo,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  Transaction,
} from '@prisma/driver-adapter-utils';
import type { Delegates } from '../repo/delegate.ts';
import type { TransactionClient } from '../repo/transaction/transaction.ts';

/** A transaction as Prisma's client has it, until it is given back. */
export interface Lent {
  readonly tx: Delegates;
  /** Waits for what is under way there. */
  close(): Promise<void>;
}

/**
 * A client of Prisma that begins no transaction: it is lent those that others begin, and end. It has no
 * connection of its own, and nothing else is asked of it.
 */
export class Lender {
  readonly #make: (adapter: SqlDriverAdapterFactory) => TransactionClient;
  readonly #schema: string;
  #client: TransactionClient | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #next: Transaction | null = null;

  constructor(schema: string, make: (adapter: SqlDriverAdapterFactory) => TransactionClient) {
    this.#schema = schema;
    this.#make = make;
  }

  /** Lends a transaction. One after the other: which one Prisma begins next is which one is lent. */
  lend(transaction: Transaction): Promise<Lent> {
    const lent = this.#last.then(() => this.#open(transaction));
    this.#last = lent.catch(() => {});
    return lent;
  }

  #open(transaction: Transaction): Promise<Lent> {
    this.#client ??= this.#make(this.#adapter());
    this.#next = transaction;
    const client = this.#client;
    return new Promise((resolve, reject) => {
      const running = client.$transaction(
        (tx) =>
          new Promise<void>((end) => {
            resolve({
              tx,
              close() {
                end();
                return running;
              },
            });
          }),
        { timeout: FOREVER },
      );
      running.catch(reject);
    });
  }

  #adapter(): SqlDriverAdapterFactory {
    const name = { provider: 'postgres', adapterName: 'prisma-assoc-lender' } as const;
    const refuse = () => Promise.reject(new Error('a lender has no connection'));
    const adapter: SqlDriverAdapter = {
      ...name,
      queryRaw: refuse,
      executeRaw: refuse,
      executeScript: refuse,
      startTransaction: () => {
        const next = this.#next;
        this.#next = null;
        return next ? Promise.resolve(withoutEnd(next)) : refuse();
      },
      getConnectionInfo: (): ConnectionInfo => ({
        schemaName: this.#schema,
        supportsRelationJoins: true,
      }),
      dispose: () => Promise.resolve(),
    };
    return { ...name, connect: () => Promise.resolve(adapter) };
  }
}

/** The same transaction, which stays open whatever becomes of Prisma's. */
function withoutEnd(transaction: Transaction): Transaction {
  const { provider, adapterName } = transaction;
  return {
    provider,
    adapterName,
    // Prisma is to say that it ends, not to send it.
    options: { usePhantomQuery: true },
    queryRaw: (query) => transaction.queryRaw(query),
    executeRaw: (query) => transaction.executeRaw(query),
    commit: () => Promise.resolve(),
    rollback: () => Promise.resolve(),
    createSavepoint: async (name) => transaction.createSavepoint?.(name),
    rollbackToSavepoint: async (name) => transaction.rollbackToSavepoint?.(name),
    releaseSavepoint: async (name) => transaction.releaseSavepoint?.(name),
  };
}

// ms: who begins a transaction ends it in time.
const FOREVER = 2_147_483_647;
