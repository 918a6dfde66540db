import type { SqlDriverAdapterFactory, Transaction } from '@prisma/driver-adapter-utils';
import { type Delegates, type Direct, LENT } from '../repo/delegate.ts';
import {
  DIRECT,
  type DirectAccess,
  type DirectTransaction,
} from '../repo/transaction/direct-transaction.ts';
import type { TransactionClient } from '../repo/transaction/transaction.ts';
import { type ClientOptions, makeAdapter } from './adapter.ts';
import { readAddress } from './address.ts';
import { Lender, type Lent } from './lender.ts';
import { lentClient } from './lent-client.ts';
import { rawQuery, rawRows } from './raw-values.ts';

/** A client of Prisma, as far as its transactions are concerned. */
interface PrismaClientLike extends TransactionClient {
  $connect(): Promise<void>;
}

/**
 * Makes a Prisma client whose mutations run in transactions that Prisma need not begin: their own
 * statements go straight to the database, several in one flight, and Prisma's client is lent the
 * transaction where it writes or reads itself. `make` is called with the adapter, `new PrismaClient({
 * adapter })`, and once more for the client that is lent to. Records and associations that are read
 * without a filter are read by statements of our own. One that is extended by `$extends` has Prisma's
 * transactions and reads as before.
 */
export function makeDirectClient<Client extends PrismaClientLike>(
  options: ClientOptions,
  make: (adapter: SqlDriverAdapterFactory) => Client,
): Client {
  const adapter = makeAdapter(options);
  const client = make(adapter);
  const { schema } = readAddress(options.url);
  const lender = new Lender(schema, make);
  const open = new Set<DirectTransaction>();
  adapter.endOthers = () => Promise.all([...open].map((transaction) => transaction.rollback()));
  /** Connects first, as Prisma's client does, where that has not been done. */
  const connected = async <Result>(run: () => Promise<Result> | null): Promise<Result> => {
    let running = run();
    if (running === null) {
      await client.$connect();
      running = run();
    }
    if (running === null) throw new Error('Client was closed and is not queryable');
    return running;
  };
  const direct: DirectAccess = {
    schema,
    async begin() {
      const begun = await connected(() => adapter.begin());
      const transaction: DirectTransaction = directTransaction(begun, client, lender, () =>
        open.delete(transaction),
      );
      open.add(transaction);
      return transaction;
    },
    async $queryRawUnsafe(sql, ...values) {
      const query = rawQuery(sql, values);
      return rawRows(await connected(() => adapter.query(query)));
    },
  };
  return Object.assign(client, { [DIRECT]: direct });
}

function directTransaction(
  transaction: Transaction,
  client: Delegates,
  lender: Lender,
  onEnd: () => void,
): DirectTransaction {
  let lent: Promise<Lent> | null = null;
  let ending: Promise<void> | null = null;
  const lend = async () => (await (lent ??= lender.lend(transaction))).tx;
  const tx: Direct = {
    $queryRawUnsafe: async (sql, ...values) =>
      rawRows(await transaction.queryRaw(rawQuery(sql, values))),
    $executeRawUnsafe: (sql, ...values) => transaction.executeRaw(rawQuery(sql, values)),
    [LENT]: lentClient(client, lend),
  };
  const end = async (sql: 'COMMIT' | 'ROLLBACK') => {
    try {
      await transaction.executeRaw(rawQuery(sql, []));
    } finally {
      onEnd();
      // Gives the connection back.
      await transaction.commit();
    }
  };
  const close = async () => lent && (await lent).close();
  return {
    tx,
    async commit() {
      await close();
      if (ending) throw new Error('the transaction has ended');
      await (ending = end('COMMIT'));
    },
    async rollback() {
      await (ending ??= end('ROLLBACK')).catch(() => {});
      close().catch(() => {});
    },
  };
}
