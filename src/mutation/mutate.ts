import { standardTransactionTimeout } from '../repo/limits.ts';
import { standardMaxRows } from '../repo/read/row-budget.ts';
import { makeLocks } from '../repo/lock/row-locks.ts';
import { runTransaction, type TransactionClient } from '../repo/transaction/transaction.ts';
import { attemptWrite } from './attempt.ts';
import type { Domain } from './domain.ts';
import { findExceededLimit } from './input/max-entries.ts';
import { identityOf, once } from './idempotency/run-once.ts';
import type { ToWhere } from './input/read-input.ts';
import { Ended, readInput, type Request, type Result, rootPath } from './request.ts';

/** What a mutation may take. */
export interface MutationLimits {
  /** The most entries that one association may be sent. */
  readonly maxEntries: number;
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
  maxRows: standardMaxRows,
  transactionTimeout: standardTransactionTimeout,
  idempotencyTtl: 86_400_000,
};

/** What a mutation needs of the service. */
export interface Setup {
  readonly client: TransactionClient;
  readonly domain: Domain;
  readonly toWhere: ToWhere;
  readonly limits: MutationLimits;
}

/** How a mutation is run. */
export interface MutateOptions {
  readonly dryRun?: boolean;
  /** The same request under the same key is done once; a dry run takes no notice of it. */
  readonly idempotencyKey?: string | null;
}

/**
 * Runs one mutation in a transaction of its own. Everything is kept, or nothing.
 * @throws TooManyRowsError, which names the association, UnavailableError, OutcomeUnknownError, and the database's own errors for which there is
 * no answer.
 */
export async function mutate(
  setup: Setup,
  request: Request,
  { dryRun = false, idempotencyKey = null }: MutateOptions = {},
): Promise<Result> {
  const { client, limits } = setup;
  const { models, aggregates } = setup.domain;
  const input = readInput(setup.toWhere, request);
  const at = rootPath(request);
  const exceeded = input && findExceededLimit(input, limits.maxEntries, at);
  if (exceeded) return { kind: 'limit', ...exceeded };
  const keyed =
    idempotencyKey === null || dryRun
      ? null
      : {
          key: idempotencyKey,
          request: identityOf(request),
          ttl: limits.idempotencyTtl,
        };
  const order = [...aggregates.keys()];
  const interruptions = new Map<string, number>();
  try {
    return await runTransaction(
      client,
      ({ tx, ...attempt }) => {
        const locks = makeLocks(tx, order, { strict: true });
        const { maxRows } = limits;
        const known = { models, request, input, dryRun, interruptions, maxRows };
        const write = { tx, locks, ...known, ...attempt };
        return once({ tx, request, keyed }, () => attemptWrite(write));
      },
      { timeout: limits.transactionTimeout, settles: keyed !== null },
    );
  } catch (error) {
    if (error instanceof Ended) return error.result;
    throw error;
  }
}
