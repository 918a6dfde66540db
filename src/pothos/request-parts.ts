import { type MutationLimits, standardMutationLimits } from '../mutation/mutate.ts';
import { type Loaders, makeLoaders } from '../repo/read/loaders.ts';
import { makeRowBudget, standardMaxRows } from '../repo/read/row-budget.ts';
import type { TransactionClient } from '../repo/transaction/transaction.ts';
import type { WriteWay } from '../repo/write/write-way.ts';
import type { RequestParts } from './parts.ts';

/** Where a kit finds what it needs of a request: in its context. */
export interface RequestOptions<Context> {
  /** The Prisma client of a request. */
  readonly client: (context: Context) => TransactionClient;
  /** What a mutation may take. Default `standardMutationLimits`. */
  readonly limits?: (context: Context) => Partial<MutationLimits>;
  /** How the rows of a mutation are written. Default nested. */
  readonly writeWay?: (context: Context) => WriteWay | undefined;
  /** Once aborted, nothing more is begun for the request; its reason is the error of what is not. */
  readonly signal?: (context: Context) => AbortSignal;
  /** Rows that one request may read, those handed out again counted again. Default 20,000. */
  readonly maxRows?: (context: Context) => number | undefined;
  /** Called once a mutation has been kept, before its record is read. */
  readonly onWrite?: (context: Context) => void;
}

/** What a kit needs of a request. It has one context, and so one set of loaders. */
export function requestParts(options: RequestOptions<object>): RequestParts {
  const { client, limits, writeWay, maxRows, onWrite } = options;
  const loaders = new WeakMap<object, Loaders>();
  const signal = (context: object) => options.signal?.(context);
  return {
    client,
    loaders(context) {
      const known = loaders.get(context);
      if (known) return known;
      const budget = makeRowBudget(maxRows?.(context) ?? standardMaxRows);
      const made = makeLoaders(client(context), {
        retryOnConnectionLoss: true,
        budget,
        signal: signal(context),
      });
      loaders.set(context, made);
      return made;
    },
    signal,
    limits: (context) => ({ ...standardMutationLimits, ...limits?.(context) }),
    writeWay: (context) => writeWay?.(context) ?? 'nested',
    onWrite: (context) => onWrite?.(context),
  };
}
