import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { TooManyRowsError } from 'prisma-assoc';
import type { ServerContext } from './under-way.ts';

/**
 * Refuses a request that takes too many rows as one: else each field that was not read any more had
 * an error of its own, by the thousand. A query has no data then; a mutation has written, so each of
 * its root fields keeps its first.
 */
export const oneRefusal: Plugin<ServerContext> = {
  onExecute: ({ args }) => ({
    onExecuteDone({ result, setResult }) {
      if (!('errors' in result) || !result.errors) return;
      const { type } = args.contextValue.underWay.account;
      setResult(asOneRefusal(result, type === 'mutation'));
    },
  }),
};

/** A result with one refusal at most; of a mutation with one for each root field. */
export function asOneRefusal(result: ExecutionResult, isMutation = false): ExecutionResult {
  const refusal = result.errors?.find(isRefusal);
  if (!refusal || !result.errors) return result;
  if (isMutation) return { ...result, errors: firstOfEach(result.errors) };
  return { data: null, errors: [refusal] };
}

function isRefusal({ originalError }: GraphQLError): boolean {
  return originalError instanceof TooManyRowsError;
}

function firstOfEach(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const refused = new Set<unknown>();
  return errors.filter((error) => {
    const root = error.path?.[0];
    if (!isRefusal(error)) return true;
    if (refused.has(root)) return false;
    refused.add(root);
    return true;
  });
}
