import type { Delegates } from './delegates.ts';
import type { Outcome } from './write.ts';
import { AmbiguousRefusal } from './run-plan.ts';

/** A Prisma client that can begin a transaction. */
export interface TransactionClient extends Delegates {
  $transaction<T>(
    run: (tx: Delegates) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
}

/** How long a transaction may wait for a connection, and last, in ms. */
export interface TransactionOptions {
  readonly maxWait?: number;
  readonly timeout?: number;
}

/** Thrown to end a transaction without keeping anything, where the outcome is not an error but an answer. */
export class Rollback extends Error {
  override readonly name = 'Rollback';
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('the write is refused');
    this.outcome = outcome;
  }
}

/**
 * Runs a transaction. Where the database refuses one of several rows without saying which, it is run once more with
 * `oneByOne`, so that the refusal names its row.
 */
export async function runTransaction<T>(
  client: TransactionClient,
  run: (tx: Delegates, oneByOne: boolean) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  try {
    return await client.$transaction((tx) => run(tx, false), options);
  } catch (error) {
    if (!(error instanceof AmbiguousRefusal)) throw error;
    return await client.$transaction((tx) => run(tx, true), options);
  }
}
