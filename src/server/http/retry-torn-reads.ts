import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { RETRIES, VanishedError } from 'prisma-assoc';
import type { ServerContext } from './under-way.ts';

/**
 * Retries a query, a few times, if a row that another refers to was deleted while it read: each
 * level is a statement of its own. Not a mutation, which has written. `makeContext` makes a context
 * that has read nothing yet.
 */
export function retryTornReads(
  makeContext: (context: ServerContext) => object,
): Plugin<ServerContext> {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      if (args.contextValue.underWay.account.type !== 'query') return;
      const renew = () => makeContext(args.contextValue);
      setExecuteFn((asked: ExecutionArgs) => executeWhole(executeFn, asked, renew));
    },
  };
}

/** Executes, and again as `retryTornReads` says. */
export async function executeWhole<Result>(
  execute: (args: ExecutionArgs) => Result,
  args: ExecutionArgs,
  makeContext: () => object,
): Promise<Awaited<Result>> {
  let result = await execute(args);
  for (let again = 1; again <= RETRIES && isTorn(result); again += 1) {
    const contextValue = Object.assign({}, args.contextValue, makeContext());
    result = await execute({ ...args, contextValue });
  }
  return result;
}

/** Whether a result lacks a row that was there when the rows that refer to it were read. */
function isTorn(result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return false;
  if (!('errors' in result) || !Array.isArray(result.errors)) return false;
  return result.errors.some(
    (error: { readonly originalError?: unknown }) => error.originalError instanceof VanishedError,
  );
}
