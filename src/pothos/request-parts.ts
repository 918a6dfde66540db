import type { Policy } from '../mutation/authorize.ts';
import { type MutationLimits, standardMutationLimits } from '../mutation/mutate.ts';
import type { Models } from '../model/model.ts';
import type { Result, Success } from '../mutation/request.ts';
import { assertSameSchema } from '../repo/assert-same-schema.ts';
import type { Channel } from '../repo/channel/channel.ts';
import type { Delegates } from '../repo/delegate.ts';
import { type Loaders, makeLoaders } from '../repo/read/loaders.ts';
import { makeRowBudget, standardMaxRows } from '../repo/read/row-budget.ts';
import type { RetryReason } from '../repo/errors/backoff.ts';
import { makeTurns, type Turns } from '../repo/transaction/turns.ts';
import type { WriteWay } from '../repo/write/write-way.ts';
import type { RequestParts } from './parts.ts';

/** Where a kit finds what it needs of a request: in its context. */
export interface RequestOptions<Context> extends Policy<Context> {
  /** The Prisma client of a request, or a transaction of one, which you commit. */
  readonly client: (context: Context) => Delegates;
  /** What a mutation may take. Default `standardMutationLimits`. */
  readonly limits?: (context: Context) => Partial<MutationLimits>;
  /**
   * Whose idempotency keys they are: a key is another one for each. Null for everybody's, as by
   * default; undefined for nobody's, then the key that a mutation is sent under is not kept.
   */
  readonly idempotencyOwner?: (context: Context) => string | null | undefined;
  /**
   * Mutations that wait for the locks of others have a turn here: half as many as there are
   * connections leave room for who need not wait. Default five turns for all requests.
   */
  readonly lockTurns?: (context: Context) => Turns | undefined;
  /** How the rows of a mutation are written. Default nested. */
  readonly writeWay?: (context: Context) => WriteWay | undefined;
  /** Once aborted, nothing more is begun for the request; its reason is the error of what is not. */
  readonly signal?: (context: Context) => AbortSignal;
  /**
   * Over which processes tell each other of writes, and subscriptions hear of them: `openChannel` of
   * prisma-assoc/postgres. Default none: then no subscription is served.
   */
  readonly channel?: (context: Context) => Channel | undefined;
  /** Rows that one request may read, those handed out again counted again. Default 20,000. */
  readonly maxRows?: (context: Context) => number | undefined;
  /**
   * Called once a mutation has been kept, before any afterCommit runs and its record is read. In a
   * transaction of yours `success.afterCommit` is to be called once you have committed it.
   */
  readonly onWrite?: (context: Context, success: Success) => void;
  /** Told how each mutation has ended. */
  readonly onResult?: (context: Context, result: Result) => void;
  /** Told of each attempt of a mutation after the first, and why it is made. */
  readonly onRetry?: (context: Context, reason: RetryReason) => void;
  /** Told what an afterCommit throws. Default the console. */
  readonly onError?: (context: Context, error: unknown) => void;
}

/** What a kit needs of a request. It has one context, and so one set of loaders. */
export function requestParts(options: RequestOptions<object>, models: Models): RequestParts {
  const { limits, writeWay, maxRows, idempotencyOwner, onWrite, onError } = options;
  const loaders = new WeakMap<object, Loaders>();
  const turns = makeTurns();
  const client = (context: object) => {
    const found = options.client(context);
    assertSameSchema(found, models);
    return found;
  };
  const signal = (context: object) => options.signal?.(context);
  return {
    client,
    loaders(context) {
      const existing = loaders.get(context);
      if (existing) return existing;
      const budget = makeRowBudget(maxRows?.(context) ?? standardMaxRows);
      const made = makeLoaders(client(context), {
        retryOnConnectionLoss: true,
        budget,
        signal: signal(context),
      });
      loaders.set(context, made);
      return made;
    },
    renewLoaders: (context) => void loaders.delete(context),
    channel: (context) => options.channel?.(context),
    signal,
    lockTurns: (context) => options.lockTurns?.(context) ?? turns,
    limits: (context) => ({ ...standardMutationLimits, ...limits?.(context) }),
    policy: {
      ...(options.authorize && { authorize: options.authorize.bind(options) }),
      allowsAll: (context) => options.allowsAll?.(context) ?? false,
    },
    idempotencyOwner: (context) => (idempotencyOwner ? idempotencyOwner(context) : null),
    writeWay: (context) => writeWay?.(context) ?? 'nested',
    onWrite: (context, success) => onWrite?.(context, success),
    onResult: (context, result) => options.onResult?.(context, result),
    onRetry: (context, reason) => options.onRetry?.(context, reason),
    onError,
  };
}
