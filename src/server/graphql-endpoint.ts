import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Logger } from './logger.ts';

/** What a GraphQL request is told about itself. */
export type RequestInfo = {
  /** Of the header `x-request-id`, else made; sent back and logged. */
  readonly requestId: string;
  /** Logs with the request's id. */
  readonly log: Logger;
};

/** What the GraphQL endpoint serves. */
export type GraphqlOptions = {
  readonly schema: GraphQLSchema;
  /** Makes the context of one GraphQL request. */
  readonly makeContext: (request: RequestInfo) => object;
  readonly log: Logger;
};

/** Answers one HTTP request to the GraphQL endpoint. */
export type GraphqlEndpoint = (
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
) => Promise<void>;

/**
 * Makes the GraphQL endpoint. Errors that no client was meant to see are
 * masked and logged with the request's id.
 */
export function makeGraphqlEndpoint({
  schema,
  makeContext,
  log,
}: GraphqlOptions): GraphqlEndpoint {
  // Which request is under way: Yoga's hooks are not told.
  const current = new AsyncLocalStorage<RequestInfo>();
  const info = () => current.getStore() ?? { requestId: '', log };
  const yoga = createYoga<object, object>({
    schema,
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    multipart: false,
    context: () => makeContext(info()),
    plugins: [codesOfRequestErrors],
    logging: {
      debug: (...args) => log.debug({ args }, 'yoga'),
      info: (...args) => log.debug({ args }, 'yoga'),
      warn: (...args) => log.warn({ args }, 'yoga'),
      // A masked error has been logged by maskError already.
      error: (...args) => log.debug({ args }, 'yoga'),
    },
    maskedErrors: { maskError: (error) => maskError(error, info()) },
  });
  return (request, response, about) =>
    current.run(about, async () => yoga(request, response));
}

/** graphql-js gives wrong variables no code of their own. */
const codesOfRequestErrors: Plugin = {
  onExecute: () => ({
    onExecuteDone({ result }) {
      if (!('errors' in result) || 'data' in result) return;
      for (const { extensions } of result.errors ?? []) {
        extensions['code'] ??= 'BAD_USER_INPUT';
      }
    },
  }),
};

/** Lets through what was meant for the client; logs the rest and tells only the request's id. */
function maskError(error: unknown, { requestId, log }: RequestInfo): Error {
  if (isMeantForClient(error)) return error;
  const at = error instanceof GraphQLError ? error : undefined;
  const cause = at?.originalError ?? error;
  log.error({ err: cause, path: at?.path }, 'unexpected error in a request');
  return new GraphQLError('Unexpected error.', {
    ...(at?.nodes ? { nodes: at.nodes } : {}),
    ...(at?.path ? { path: at.path } : {}),
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
  });
}

function isMeantForClient(error: unknown): error is GraphQLError {
  return (
    error instanceof GraphQLError &&
    (error.originalError === undefined || isMeantForClient(error.originalError))
  );
}
