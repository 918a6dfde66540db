import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from 'prisma-assoc/pothos';
import type { ServerContext, UnderWay } from './under-way.ts';

/** Masks what a request failed with by itself. */
export const maskErrors: Plugin<object, ServerContext> = {
  onResultProcess({ result, serverContext }) {
    if (!('errors' in result) || !result.errors) return;
    const mask = (error: unknown) => maskError(error, serverContext.underWay);
    Object.assign(result, { errors: result.errors.map(mask) });
  },
};

/** Lets through what was meant for the client; logs the rest and tells only the request's id. */
export function maskError(
  error: unknown,
  { requestId, log, account, end }: UnderWay,
): GraphQLError {
  if (isMeantForClient(error)) return error;
  const at = error instanceof GraphQLError ? error : undefined;
  const cause = at?.originalError ?? error;
  const path = at?.path;
  const fault = requestError({
    error: cause,
    depth: path?.length ?? 0,
    isWritten: account.written,
  });
  // A body that breaks off looks like a lost connection.
  if (fault) log[end.signal.aborted ? 'debug' : 'warn']({ err: cause, path }, fault.message);
  else log.error({ err: cause, path }, 'unexpected error in a request');
  const shown =
    fault ??
    new GraphQLError('Unexpected error.', {
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
    });
  return new GraphQLError(shown.message, {
    ...(at?.nodes ? { nodes: at.nodes } : {}),
    ...(path ? { path } : {}),
    extensions: shown.extensions,
  });
}

function isMeantForClient(error: unknown): error is GraphQLError {
  return (
    error instanceof GraphQLError &&
    (error.originalError === undefined || isMeantForClient(error.originalError))
  );
}
