import { driverCause, textAt, valueAt } from './constraint-violation.ts';

/**
 * What keeps the database from doing what it is asked, though there is nothing else wrong with what
 * is asked:
 * - `conflict`: two transactions stand in each other's way, and the database has ended this one;
 * - `lost`: there is no connection (any more), or no answer, and COMMIT was not sent;
 * - `busy`: what others hold was not free in time: a connection, a lock;
 * - `slow`: it took too long by itself;
 * - `commitUnknown`: the connection was lost after COMMIT was sent: the transaction may be
 *   committed.
 */
export type Fault = 'conflict' | 'lost' | 'busy' | 'slow' | 'commitUnknown';

/** The connection was lost after COMMIT was sent, before the answer came; `cause` is how. */
export class CommitLostError extends Error {
  override readonly name = 'CommitLostError';

  constructor(cause: unknown) {
    super('the connection was lost during COMMIT', { cause });
  }
}

/**
 * The database cannot be used now, or what others hold does not become free: nothing was written.
 * `cause` is its own error.
 */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';

  constructor(cause: unknown) {
    super('the database is not available', { cause });
  }
}

/** It took longer by itself than it may, though nothing stood in its way: nothing was written. */
export class OvertimeError extends Error {
  override readonly name = 'OvertimeError';

  constructor(cause?: unknown) {
    super('it takes too long', { cause });
  }
}

/** Another transaction holds what this one is to lock without waiting. */
export class LockedError extends Error {
  override readonly name = 'LockedError';

  constructor() {
    super('another transaction has locked it');
  }
}

/** The connection was lost during COMMIT, and what became of it cannot be found out. */
export class OutcomeUnknownError extends Error {
  override readonly name = 'OutcomeUnknownError';

  constructor(cause: unknown) {
    super('the connection was lost during COMMIT', { cause });
  }
}

/** A row that another refers to was deleted between the reads of the two. */
export class VanishedError extends Error {
  override readonly name = 'VanishedError';
}

/** A query of a transaction was given up, since another that was sent with it has failed. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';

  constructor() {
    super('the query has no answer: another that was sent with it has failed');
  }
}

/**
 * The answer to a query. Of the queries that begin at once in a transaction, Prisma gives those after
 * one that fails no error, but nothing for an answer.
 * @throws UnansweredError
 */
export function answered<T>(answer: T | undefined): T {
  if (answer === undefined) throw new UnansweredError();
  return answer;
}

/** The fault of the database that an error reports; null for every other error. */
export function faultOf(error: unknown): Fault | null {
  if (error instanceof VanishedError) return 'conflict';
  if (error instanceof CommitLostError) return 'commitUnknown';
  if (error instanceof UnansweredError) return 'lost';
  if (error instanceof UnavailableError || error instanceof LockedError) return 'busy';
  if (error instanceof OvertimeError) return 'slow';
  const cause = driverCause(error);
  return (
    faultOfState(textAt(cause, 'originalCode') ?? '') ??
    faults.get(textAt(cause, 'kind') ?? '') ??
    faults.get(textAt(error, 'code') ?? '') ??
    faultOfText(textAt(error, 'message') ?? '')
  );
}

/**
 * Whether an answer to COMMIT says by itself that the transaction is not kept: the server's own
 * refusal, or that nothing was sent.
 */
export function isCommitRefused(error: unknown): boolean {
  const cause = valueAt(error, 'cause');
  const state = textAt(cause, 'originalCode');
  if (state !== undefined) return faultOfState(state) !== 'lost';
  return notSent.test(textAt(error, 'message') ?? '');
}

// By SQLSTATE; the last two are of a server that shuts down or is not up yet.
function faultOfState(state: string): Fault | null {
  if (state === '40001' || state === '40P01') return 'conflict';
  if (/^(08|57P)/.test(state)) return 'lost';
  // The time of a statement or of a transaction is over.
  if (/^(57014|25P03|25P04)/.test(state)) return 'slow';
  // Out of something, or the time to wait for a lock is over.
  return /^(53|55P03)/.test(state) ? 'busy' : null;
}

/** By the adapter's kind of error, by Prisma's code, by the operating system's. */
const faults: ReadonlyMap<string, Fault> = new Map([
  ['TransactionWriteConflict', 'conflict'],
  ['P2034', 'conflict'],
  ['TooManyConnections', 'busy'],
  ['P2024', 'busy'],
  ['P2028', 'busy'],
  ...[
    'DatabaseNotReachable',
    'ConnectionClosed',
    'SocketTimeout',
    'P1001',
    'P1002',
    'P1008',
    'P1017',
    'EAI_AGAIN',
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EPIPE',
    'ETIMEDOUT',
  ].map((name) => [name, 'lost'] as const),
]);

/** What pg says, in words only, if it does not send a statement. */
const notSent = /is not queryable$/;
const gone = /^(Connection terminated|timeout expired|the database is silent)/;
const noneFree = /^timeout exceeded when trying to connect/;

function faultOfText(message: string): Fault | null {
  if (notSent.test(message) || gone.test(message)) return 'lost';
  return noneFree.test(message) ? 'busy' : null;
}
