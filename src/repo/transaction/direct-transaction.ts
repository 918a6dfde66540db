import { type Delegates, type Direct, isDirect, isPlain } from '../delegate.ts';

/** A transaction that does without Prisma's client, begun and to be ended. */
export interface DirectTransaction {
  readonly tx: Direct;
  commit(): Promise<void>;
  /** Also after a COMMIT that failed, and more than once. */
  rollback(): Promise<void>;
}

/** What runs statements that give rows, without Prisma's client. */
export interface DirectReader extends Pick<Delegates, '$queryRawUnsafe'> {
  /** Where tables are that name no schema; absent where sessions look for them there by themselves. */
  readonly schema?: string;
}

/** What a client can do without Prisma's: it reads on a connection of the pool. */
export interface DirectAccess extends DirectReader {
  readonly schema: string;
  begin(): Promise<DirectTransaction>;
}

/** Where a client has its direct access. */
export const DIRECT: unique symbol = Symbol('prisma-assoc direct');

/** The direct access of a client; null if it is not made so, is extended, or is a transaction. */
export function directOf(client: Delegates): DirectAccess | null {
  const direct: unknown = Reflect.get(client, DIRECT);
  // A transaction has what its client has.
  return isAccess(direct) && '$connect' in client && isPlain(client) ? direct : null;
}

function isAccess(value: unknown): value is DirectAccess {
  return typeof value === 'object' && value !== null && 'begin' in value;
}

/** What reads for a client or a transaction without Prisma's client; null where nothing can. */
export function directReaderOf(client: Delegates): DirectReader | null {
  return isDirect(client) ? client : directOf(client);
}

/** Runs a direct transaction as Prisma runs its own: it is rolled back once its time, in ms, is over. */
export async function runDirect<T>(
  direct: DirectAccess,
  run: (tx: Delegates) => Promise<T>,
  timeout: number,
): Promise<T> {
  const transaction = await direct.begin();
  const timer = setTimeout(() => void transaction.rollback(), timeout);
  try {
    const result = await run(transaction.tx).finally(() => clearTimeout(timer));
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}
