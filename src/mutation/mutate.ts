import type { Changeset } from '../changeset/changeset.ts';
import { listErrors } from '../changeset/traverse-errors.ts';
import type { Models } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { findConflicts } from '../plan/plan-write.ts';
import type { Delegates } from '../repo/delegate.ts';
import type { RetryReason } from '../repo/errors/backoff.ts';
import { StaleEntryError } from '../repo/errors/errors.ts';
import { giveWay } from '../repo/give-way.ts';
import { standardTransactionTimeout } from '../repo/limits.ts';
import { standardMaxRows, TooManyRowsError } from '../repo/read/row-budget.ts';
import { makeLocks } from '../repo/lock/row-locks.ts';
import { beginsTransactions, runTransaction } from '../repo/transaction/transaction.ts';
import type { Turns } from '../repo/transaction/turns.ts';
import type { WriteWay } from '../repo/write/write-way.ts';
import { writeChangeset } from '../repo/write/write-changeset.ts';
import { type Ask, askOf, type Asked, plannedOperations, type Policy } from './authorize.ts';
import { rootChangeset } from './changeset/input-changeset.ts';
import { findStaleEntry, toStaleEntry } from './changeset/stale-entry.ts';
import { type BeforeCommit, runAfterCommit } from './commit-hooks.ts';
import type { Domain } from '../domain/domain.ts';
import { keyedRequest, runOnce, type Written } from './idempotency/run-once.ts';
import { type InputLimits, LimitExceededError, makeInputMeter } from './input/meter.ts';
import type { ToWhere } from './input/read-input.ts';
import { countLoaded } from './load/load-input.ts';
import { type LockedLoading, loadLocked } from './load/load-locked.ts';
import { readInput, type Request, type Result, rootAction, type Success } from './request.ts';

/*
 * A mutation writes one root record and, through the associations of it, other records.
 *
 * - Request: which record, by its aggregate and id, and the input that was sent. (request.ts)
 * - Input: what was sent, read: of each record its params and, of each association, the tool that
 *   changes it: cast, put, build. (input/)
 * - Loaded input: an input with the records that it is about. (load/load-input.ts)
 * - Owners: the records whose lists the request changes. A transaction that has locked them all is
 *   the only one that changes these lists. (load/owners.ts)
 * - Attempt: one run of the transaction. The first may not wait for the locks of others: those that
 *   may have turns, so that they leave connections to all who need not wait. One that read what has
 *   changed since, or would have to wait for a lock too late in the order of all locks, throws
 *   StaleReadError and is retried: the next attempt first takes the locks that it lacked.
 *
 * The steps, in order:
 *  1. read the input, and refuse one that is too long;
 *  2. begin a transaction; under an idempotency key that is taken, answer what is kept there;
 *  3. lock the owners that are known, load the input level by level, each below its owners' locks,
 *     and lock the owners that this has found;
 *  4. make the changeset; end here if it is stale or invalid;
 *  5. write it: prepare, plan, lock the rows of the plan, compare them with what was loaded, ask
 *     whether all of it is allowed, run the plan;
 *  6. run beforeCommit, then COMMIT; a dry run, as everything that ends without a write, rolls back;
 *  7. run the afterCommit of what is written.
 *
 * Rows that may be written are locked by the statement that reads them, if nobody else holds them:
 * none is read again to be locked. An attempt that waits locks them in step 5, in order, and only
 * those that it writes.
 */

/** What a mutation may take. */
export interface MutationLimits extends InputLimits {
  /** The most rows that it may read to be compared, and again the most that may go with them. */
  readonly maxRows: number;
  /** How long a mutation may take, all attempts together, in ms. */
  readonly transactionTimeout: number;
  /** For how long an idempotency key is kept, in ms. */
  readonly idempotencyTtl: number;
}

/** The limits that hold where no others are set. */
export const standardMutationLimits: MutationLimits = {
  maxEntries: 1_000,
  maxTotalEntries: 5_000,
  maxRows: standardMaxRows,
  transactionTimeout: standardTransactionTimeout,
  idempotencyTtl: 86_400_000,
};

/** What a mutation needs of the service. */
export interface Setup extends Policy<unknown> {
  /** A Prisma client, or a transaction of one that the caller has opened, and commits. */
  readonly client: Delegates;
  readonly domain: Domain;
  readonly toWhere: ToWhere;
  readonly limits: MutationLimits;
  /** The request's context, which the functions of the domain get. */
  readonly context?: unknown;
  /** The table of the idempotency keys, with its schema or without. Default none. */
  readonly idempotencyTable?: string | null;
  /** Whose idempotency keys they are: a key is another one for each. Default everybody's. */
  readonly idempotencyOwner?: string | null;
  /** Runs last in the transaction of a mutation: not of a dry run, nor of a replay. */
  readonly beforeCommit?: BeforeCommit;
  /** Called once the mutation is kept, before any afterCommit runs. */
  readonly onWrite?: (success: Success) => void;
  /** Told what an afterCommit throws. Default the console. */
  readonly onError?: (error: unknown) => void;
  /** Who waits for the locks of others has a turn here. Default none: each waits at once. */
  readonly lockTurns?: Turns | undefined;
  /** Told of each attempt after the first, and why it is made. */
  readonly onRetry?: ((reason: RetryReason) => void) | undefined;
  /** How rows are written. Default nested. */
  readonly writeWay?: WriteWay;
}

/** How a mutation is run. */
export interface MutateOptions {
  readonly dryRun?: boolean;
  /** The same request under the same key is done once; a dry run takes no notice of it. */
  readonly idempotencyKey?: string | null;
}

/**
 * Runs one mutation in a transaction of its own. Everything is kept, or nothing.
 * @throws UnavailableError, OvertimeError, OutcomeUnknownError, and the database's own errors for
 * which there is no answer.
 */
export function mutate(
  setup: Setup,
  request: Request,
  options: MutateOptions = {},
): Promise<Result> {
  return runMutation(setup, request, options).catch(answerLimit);
}

async function runMutation(
  setup: Setup,
  request: Request,
  { dryRun = false, idempotencyKey = null }: MutateOptions,
): Promise<Result> {
  const { client, domain, toWhere, limits, writeWay = 'nested', context } = setup;
  const input = readInput({ toWhere, meter: makeInputMeter(limits) }, request);
  const keyed =
    idempotencyKey === null || dryRun
      ? null
      : keyedRequest({ ...setup, ttl: limits.idempotencyTtl }, request, idempotencyKey);
  const order = [...domain.aggregates.keys()];
  const { maxRows } = limits;
  const known = { models: domain.models, request, input, context, dryRun, maxRows, writeWay };
  const shared = { ...known, interruptions: new Map<string, number>() };
  const result = await runTransaction<Result>(
    client,
    async ({ tx, rollback, waits, ...start }) => {
      const locks = makeLocks(tx, order, { strict: true, waits });
      const ask = askOf(setup, tx, rollback);
      const attempt = { tx, locks, ask, rollback, ...shared, ...start };
      const once = { tx, waits, request, keyed, ask, rollback };
      const success = await runOnce(once, () => write(attempt));
      if (setup.beforeCommit && !success.isReplay) {
        const operations = plannedOperations(success.plan, domain.models, locks);
        if (operations) await setup.beforeCommit(tx, success, operations);
      }
      return success;
    },
    { ...setup, timeout: limits.transactionTimeout, settles: keyed !== null },
  );
  if (result.kind !== 'success') return result;
  const afterCommit = () => runAfterCommit(setup, request, result);
  const success = beginsTransactions(client) ? result : { ...result, afterCommit };
  setup.onWrite?.(success);
  if (success === result) await afterCommit();
  return success;
}

/** The answer to a mutation that takes more than it may. */
function answerLimit(error: unknown): Result {
  if (error instanceof LimitExceededError) return { kind: 'limit', ...error.exceeded };
  if (!(error instanceof TooManyRowsError)) throw error;
  const { path, limit } = error;
  return { kind: 'limit', path: path ?? [], counted: 'rows', limit, actual: limit + 1 };
}

/** One attempt to do what is asked for, within a transaction. */
interface Attempt extends LockedLoading {
  readonly models: Models;
  readonly dryRun: boolean;
  readonly writeWay: WriteWay;
  /** Each operation is to be written by a call of its own. */
  readonly oneByOne: boolean;
  /** How often others have come between in all attempts, by what was refused then. */
  readonly interruptions: Map<string, number>;
  readonly ask: Ask | null;
}

/**
 * Loads what a request is about under locks, makes the changeset, plans and writes it. (In Ecto the
 * caller preloads, and nothing is locked.)
 * @throws what `rollback` throws, for every result but success; StaleReadError, to be retried.
 */
async function write(attempt: Attempt): Promise<Written> {
  const { tx, locks, models, writeWay, oneByOne, request, maxRows, ask, rollback } = attempt;
  const loaded = await loadLocked(attempt);
  const records = countLoaded(loaded);
  await giveWay(records);
  const changeset = await rootChangeset(loaded, rootAction(request), attempt.context);
  await giveWay(records);
  const stale = findStaleEntry(loaded, changeset);
  if (stale) return rollback({ kind: 'stale', ...stale });
  if (!changeset.valid) {
    const issues = [...listErrors(changeset), ...findConflicts(changeset)];
    return rollback({ kind: 'invalid', issues });
  }
  let asked: Asked = null;
  const beforeWrite =
    ask && ((plan: Plan) => ask((asked = plannedOperations(plan, models, locks))));
  const options = { models, writeWay, oneByOne, locks, maxRows, exact: true };
  const how = { ...options, now: new Date(), ...(beforeWrite && { beforeWrite }) };
  const outcome = await writeChangeset(tx, changeset, how).catch((error: unknown) => {
    if (error instanceof StaleEntryError) {
      return rollback({ kind: 'stale', ...toStaleEntry(error, models) });
    }
    throw error;
  });
  if (!outcome.ok) {
    retryIfNew(attempt, outcome.race ?? findTakenRef(outcome.changeset));
    return rollback({ kind: 'invalid', issues: listErrors(outcome.changeset) });
  }
  const { plan, struct } = outcome;
  if (attempt.dryRun) return rollback({ kind: 'dryRun', plan });
  return { success: { kind: 'success', record: struct.fields, plan, isReplay: false }, asked };
}

/**
 * Retries where something is refused that another may have made since it was read. What is refused
 * again each time is not another's doing: a name is taken within the request itself.
 * @throws StaleReadError, to be retried.
 */
function retryIfNew({ interruptions, locks }: Attempt, refused: string | undefined): void {
  if (refused === undefined) return;
  const times = (interruptions.get(refused) ?? 0) + 1;
  interruptions.set(refused, times);
  if (times <= MAX_INTERRUPTIONS) throw locks.staleRead();
}

const MAX_INTERRUPTIONS = 3;

/**
 * The place of a reference whose record was to be created and has been made by another: then it can
 * be linked.
 */
function findTakenRef(changeset: Changeset): string | undefined {
  return listErrors(changeset)
    .find(({ code, path }) => code === 'UNIQUE' && path.includes('refs'))
    ?.path.join('.');
}
