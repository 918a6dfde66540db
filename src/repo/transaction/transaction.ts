import { setTimeout as sleep } from 'node:timers/promises';
import type { Delegates } from '../delegate.ts';
import { standardTransactionTimeout } from '../limits.ts';
import {
  type Fault,
  faultOf,
  LockedError,
  OutcomeUnknownError,
  OvertimeError,
  UnavailableError,
} from '../errors/database-fault.ts';
import { textAt } from '../errors/constraint-violation.ts';
import { StaleReadError, type RowsToLock } from '../lock/row-locks.ts';
import { pause, RETRIES, type RetryReason } from '../errors/backoff.ts';
import { AmbiguousViolationError } from '../write/steps.ts';
import { directOf, runDirect } from './direct-transaction.ts';
import type { Turns } from './turns.ts';

/** A Prisma client that can begin a transaction. */
export interface TransactionClient extends Delegates {
  $transaction<T>(
    run: (tx: Delegates) => Promise<T>,
    options?: { readonly timeout?: number },
  ): Promise<T>;
}

/** One attempt to run a transaction. */
export interface Attempt<T> {
  readonly tx: Delegates;
  /** Each operation is to be written by a call of its own; see `AmbiguousViolationError`. */
  readonly oneByOne: boolean;
  /** The rows that an earlier attempt found that must be locked first. */
  readonly ahead: readonly RowsToLock[];
  /** Whether it may wait for what others have locked; else it is to throw LockedError. */
  readonly waits: boolean;
  readonly rollback: Rollback<T>;
}

/**
 * Ends a transaction, of which nothing is kept, with a value as its result. As
 * Ecto.Repo.rollback/1.
 */
export type Rollback<T> = (value: T, reason?: string) => never;

/** Thrown by `rollback`. */
export class RollbackError extends Error {
  override readonly name = 'RollbackError';
}

/** Runs what may end with `rollback`: the result is then the value that was given to it. */
export async function withRollback<T>(run: (rollback: Rollback<T>) => Promise<T>): Promise<T> {
  const ends = new Map<unknown, { readonly value: T }>();
  const rollback: Rollback<T> = (value, reason = 'it is rolled back') => {
    const error = new RollbackError(reason);
    ends.set(error, { value });
    throw error;
  };
  try {
    return await run(rollback);
  } catch (error) {
    const end = ends.get(error);
    if (!end) throw error;
    return end.value;
  }
}

/** How a transaction is run. */
export interface TransactionOptions {
  /** How long it may take, all attempts together, in ms. */
  readonly timeout?: number;
  /**
   * Whether `run` finds out by itself if an earlier attempt was committed: then it may run again
   * after a lost COMMIT.
   */
  readonly settles?: boolean;
  /**
   * Who waits for what others have locked has a turn here: an attempt that may not wait comes first,
   * and a turn is waited for without a connection. Default none: it may wait at once.
   */
  readonly lockTurns?: Turns | undefined;
  /** Told of each attempt after the first, and why it is made. */
  readonly onRetry?: ((reason: RetryReason) => void) | undefined;
}

/**
 * Runs a transaction. It is retried, a few times and after a pause, on a StaleReadError, a conflict
 * with another transaction, and a connection that is lost before COMMIT; and once with `oneByOne`,
 * if the database refuses one of several rows without naming it.
 *
 * Within a transaction that the caller has opened it is a part of that: nothing is committed, and
 * no transaction is retried. What has to be read again, or written one by one, is done again from
 * a savepoint, to which everything else that fails goes back before it is thrown.
 * @throws UnavailableError or OvertimeError if nothing was written, OutcomeUnknownError if that is not known; within
 * the caller's transaction the database's own error.
 */
export function runTransaction<T>(
  client: Delegates,
  run: (attempt: Attempt<T>) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return withRollback((rollback) => {
    const attempt: Run<T> = (tx, start) => run({ tx, rollback, ...start });
    return beginsTransactions(client)
      ? retryTransaction(client, attempt, options)
      : runAtSavepoint(client, attempt);
  });
}

/** Whether this is a client, not a transaction of one: from that Prisma takes the connection. */
export function beginsTransactions(client: Delegates): client is TransactionClient {
  return '$connect' in client;
}

async function runAtSavepoint<T>(tx: Delegates, run: Run<T>): Promise<T> {
  for (let start = firstStart; ;) {
    await tx.$executeRawUnsafe(`SAVEPOINT ${SAVEPOINT}`);
    try {
      const result = await run(tx, start);
      await tx.$executeRawUnsafe(`RELEASE ${SAVEPOINT}`);
      return result;
    } catch (error) {
      const next = nextStart(error, start);
      const isBack = await tx.$executeRawUnsafe(`ROLLBACK TO ${SAVEPOINT}`).then(
        () => true,
        () => false,
      );
      if (!next || !isBack) throw error;
      start = next;
    }
  }
}

const SAVEPOINT = 'prisma_assoc';

async function retryTransaction<T>(
  client: TransactionClient,
  run: Run<T>,
  { timeout = standardTransactionTimeout, settles = false, lockTurns, onRetry }: TransactionOptions,
): Promise<T> {
  const deadline = Date.now() + timeout;
  let start: Start = { ...firstStart, waits: lockTurns === undefined };
  let failures = 0;
  let commitUnknown = false;
  for (;;) {
    try {
      const current = start;
      const endTurn = current.waits ? await takeTurn(lockTurns, deadline) : null;
      const left = Math.max(deadline - Date.now(), 1);
      return await runInTime(client, (tx) => run(tx, current), left, endTurn);
    } catch (error) {
      const next = nextStart(error, start);
      if (next && Date.now() < deadline) {
        onRetry?.(reasonOf(start, next));
        start = next;
        continue;
      }
      const fault = next ? 'busy' : faultOf(error);
      if (fault === null) throw error;
      // Where others have taken some of its time, it may succeed another time.
      const isHindered = failures > 0 || (lockTurns !== undefined && start.waits);
      if (fault === 'slow' && !isHindered) throw new OvertimeError(error);
      commitUnknown ||= fault === 'commitUnknown';
      failures += 1;
      const wait = pause(failures);
      const repeatable = fault === 'commitUnknown' ? settles : repeated.includes(fault);
      if (!repeatable || failures > RETRIES || Date.now() + wait > deadline) {
        throw commitUnknown ? new OutcomeUnknownError(error) : new UnavailableError(error);
      }
      onRetry?.(fault);
      await sleep(wait);
    }
  }
}

function reasonOf(last: Start, next: Start): RetryReason {
  if (next.ahead !== last.ahead) return 'staleRead';
  return next.waits === last.waits ? 'oneByOne' : 'locked';
}

const repeated: readonly Fault[] = ['conflict', 'lost'];

/** @throws LockedError if it has no turn in time. */
async function takeTurn(turns: Turns | undefined, deadline: number): Promise<(() => void) | null> {
  const endTurn = turns ? await turns.take(deadline - Date.now()) : null;
  if (turns && endTurn === null) throw new LockedError();
  return endTurn;
}

/**
 * Runs a transaction that is refused when its time is over, once COMMIT is not sent by then: also
 * if a statement takes longer, after which Prisma rolls it back. Its turn ends with it.
 */
function runInTime<T>(
  client: TransactionClient,
  run: (tx: Delegates) => Promise<T>,
  timeout: number,
  endTurn: (() => void) | null,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isBegun = false;
    const runUntil = async (tx: Delegates) => {
      isBegun = true;
      let late: OvertimeError | null = null;
      const timer = setTimeout(() => reject((late = new OvertimeError())), timeout);
      const result = await run(tx).finally(() => clearTimeout(timer));
      if (late) throw late;
      return result;
    };
    const direct = directOf(client);
    const running = direct
      ? runDirect(direct, runUntil, timeout)
      : client.$transaction(runUntil, { timeout });
    // Prisma has one code for a transaction that did not begin in time and for one that did not end.
    running
      .catch((error: unknown) => {
        throw isBegun && textAt(error, 'code') === 'P2028' ? new OvertimeError() : error;
      })
      .finally(() => endTurn?.())
      .then(resolve, reject);
  });
}

/** How an attempt starts. */
type Start = Pick<Attempt<unknown>, 'oneByOne' | 'ahead' | 'waits'>;

const firstStart: Start = { oneByOne: false, ahead: [], waits: true };

type Run<T> = (tx: Delegates, start: Start) => Promise<T>;

/** How the next attempt starts, which may be made at once; null if the error calls for none. */
function nextStart(error: unknown, last: Start): Start | null {
  if (error instanceof AmbiguousViolationError && !last.oneByOne)
    return { ...last, oneByOne: true };
  if (error instanceof LockedError && !last.waits) return { ...last, waits: true };
  return error instanceof StaleReadError ? { ...last, ahead: error.rows, waits: true } : null;
}
