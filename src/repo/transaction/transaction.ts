import { setTimeout as sleep } from 'node:timers/promises';
import type { Delegates } from '../delegate.ts';
import { standardTransactionTimeout } from '../limits.ts';
import { faultOf, OutcomeUnknownError, UnavailableError } from '../errors/database-fault.ts';
import { Outdated, type RowsToLock } from '../lock/row-locks.ts';
import { pause, RETRIES } from '../errors/backoff.ts';
import { AmbiguousRefusal } from '../write/run-plan.ts';

/** A Prisma client that can begin a transaction. */
export interface TransactionClient extends Delegates {
  $transaction<T>(
    run: (tx: Delegates) => Promise<T>,
    options?: { readonly timeout?: number },
  ): Promise<T>;
}

/** One attempt to run a transaction. */
export interface Attempt {
  readonly tx: Delegates;
  /** Each operation is to be written by a call of its own; see `AmbiguousRefusal`. */
  readonly oneByOne: boolean;
  /** What an earlier attempt has found that it must lock first. */
  readonly ahead: readonly RowsToLock[];
}

/** How a transaction is run. */
export interface TransactionOptions {
  /** How long it may take, all attempts together, in ms. */
  readonly timeout?: number;
  /**
   * Whether `run` finds out by itself if an earlier attempt was kept after all: then it may run
   * again after a lost COMMIT.
   */
  readonly settles?: boolean;
}

/**
 * Runs a transaction. It is begun anew, a few times and after a moment, where it is Outdated, where
 * another stood in its way, and where the connection was lost before COMMIT; and once with
 * `oneByOne`, where the database refuses one of several rows without saying which one.
 * @throws UnavailableError where nothing was written, OutcomeUnknownError where that cannot be
 * told.
 */
export async function runTransaction<T>(
  client: TransactionClient,
  run: (attempt: Attempt) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const { timeout: whole = standardTransactionTimeout, settles = false } = options;
  const deadline = Date.now() + whole;
  let attempt = firstAttempt;
  let failures = 0;
  let doubt = false;
  for (;;) {
    try {
      const timeout = Math.max(deadline - Date.now(), 1);
      const current = attempt;
      return await runInTime(client, (tx) => run({ tx, ...current }), timeout);
    } catch (error) {
      const next = nextAttempt(error, attempt);
      if (next && Date.now() < deadline) {
        attempt = next;
        continue;
      }
      const fault = next ? 'busy' : faultOf(error);
      if (fault === null) throw error;
      doubt ||= fault === 'doubt';
      failures += 1;
      const wait = pause(failures);
      const repeatable = fault === 'doubt' ? settles : fault !== 'busy';
      if (!repeatable || failures > RETRIES || Date.now() + wait > deadline) {
        throw doubt ? new OutcomeUnknownError(error) : new UnavailableError(error);
      }
      await sleep(wait);
    }
  }
}

/**
 * Runs a transaction that is refused when its time is over, once COMMIT is not sent by then: also
 * where a statement takes longer, after which Prisma rolls it back.
 */
function runInTime<T>(
  client: TransactionClient,
  run: (tx: Delegates) => Promise<T>,
  timeout: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const running = client.$transaction(
      async (tx) => {
        const late = new UnavailableError(new Error('it takes too long'));
        let isLate = false;
        const timer = setTimeout(() => {
          isLate = true;
          reject(late);
        }, timeout);
        const result = await run(tx).finally(() => clearTimeout(timer));
        if (isLate) throw late;
        return result;
      },
      { timeout },
    );
    running.then(resolve, reject);
  });
}

type Start = Omit<Attempt, 'tx'>;

const firstAttempt: Start = { oneByOne: false, ahead: [] };

/** How the next attempt starts, which may be made at once; null where nothing calls for one. */
function nextAttempt(error: unknown, last: Start): Start | null {
  if (error instanceof AmbiguousRefusal && !last.oneByOne) {
    return { ...last, oneByOne: true };
  }
  if (error instanceof Outdated) return { ...last, ahead: error.rows };
  return null;
}
