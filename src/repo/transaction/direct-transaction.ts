import { type Delegates, type Direct, isDirect, isPlain } from '../delegate.ts';

/** A transaction that does without Prisma's client, begun and to be ended. */
export interface DirectTransaction {
  readonly tx: Direct;
  commit(): Promise<void>;
  /** Also after a COMMIT that failed, and more than once. */
  rollback(): Promise<void>;
}

/** What a client can do without Prisma's. */
export interface DirectAccess {
  begin(): Promise<DirectTransaction>;
  /** Runs a statement on a connection of the pool; gives the rows as `$queryRawUnsafe` does. */
  readonly query: Delegates['$queryRawUnsafe'];
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

/** What reads without Prisma's client, where a client or a transaction can; else null. */
export function directQueryOf(client: Delegates): DirectAccess['query'] | null {
  return isDirect(client) ? client.$queryRawUnsafe : (directOf(client)?.query ?? null);
}

/** Runs a direct transaction as Prisma runs its own: it is rolled back once its time, in ms, is over. */
export async function runDirect<T>(
  { begin }: DirectAccess,
  run: (tx: Delegates) => Promise<T>,
  timeout: number,
): Promise<T> {
  const transaction = await begin();
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
