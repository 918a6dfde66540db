import { type Delegates, type Direct, isPlain } from '../delegate.ts';

/** A transaction that does without Prisma's client, begun and to be ended. */
export interface DirectTransaction {
  readonly tx: Direct;
  commit(): Promise<void>;
  /** Also after a COMMIT that failed, and more than once. */
  rollback(): Promise<void>;
}

/** What begins a direct transaction. */
export type BeginDirect = () => Promise<DirectTransaction>;

/** Where a client has what begins direct transactions. */
export const DIRECT: unique symbol = Symbol('prisma-assoc begin');

/** What begins direct transactions of a client; null if it is not made so, or is extended. */
export function directOf(client: Delegates): BeginDirect | null {
  const begin: unknown = Reflect.get(client, DIRECT);
  return isBegin(begin) && isPlain(client) ? begin : null;
}

function isBegin(value: unknown): value is BeginDirect {
  return typeof value === 'function';
}

/** Runs a direct transaction as Prisma runs its own: it is rolled back once its time, in ms, is over. */
export async function runDirect<T>(
  begin: BeginDirect,
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
