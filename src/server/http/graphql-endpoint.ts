import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { requestError } from 'prisma-assoc/pothos';
import type { Progress } from '../../graphql/context.ts';
import { type AllowedOrigins, corsOf, refuseForms } from './cors.ts';
import { makeDocumentCache } from './document-cache.ts';
import type { Logger } from '../logger.ts';
import { readAnew } from './retry-torn-reads.ts';

/** What a GraphQL request is told about itself. */
export type RequestInfo = {
  /** Of the header `x-request-id`, else made; sent back and logged. */
  readonly requestId: string;
  /** Logs with the request's id. */
  readonly log: Logger;
};

/** A GraphQL request that is being answered. */
export type RequestUnderWay = RequestInfo & { readonly progress: Progress };

/** What the GraphQL endpoint serves. */
export type GraphqlOptions = {
  readonly schema: GraphQLSchema;
  /** Makes the context of one GraphQL request. */
  readonly makeContext: (request: RequestUnderWay) => object;
  readonly log: Logger;
  /** Other origins whose pages may call the service; none unless given. */
  readonly allowedOrigins?: AllowedOrigins;
};

/** Answers one HTTP request to the GraphQL endpoint. */
export type GraphqlEndpoint = (
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
) => Promise<void>;

/**
 * Makes the GraphQL endpoint. Errors that no client was meant to see are masked and logged with the
 * request's id.
 */
export function makeGraphqlEndpoint({
  schema,
  makeContext,
  log,
  allowedOrigins = [],
}: GraphqlOptions): GraphqlEndpoint {
  // Which request is under way: Yoga's hooks are not told.
  const current = new AsyncLocalStorage<RequestUnderWay>();
  const info = () => current.getStore() ?? { requestId: '', log, progress: { written: false } };
  const contextOf = () => makeContext(info());
  const yoga = createYoga<object, object>({
    schema,
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    multipart: false,
    cors: corsOf(allowedOrigins),
    parserAndValidationCache: {
      documentCache: makeDocumentCache(),
      errorCache: makeDocumentCache(),
    },
    context: contextOf,
    plugins: [refuseForms, codesOfRequestErrors, readAnew(contextOf)],
    logging: {
      debug: (...args) => info().log.debug({ args }, 'yoga'),
      info: (...args) => info().log.debug({ args }, 'yoga'),
      warn: (...args) => info().log.warn({ args }, 'yoga'),
      // A masked error has been logged by maskError already.
      error: (...args) => info().log.debug({ args }, 'yoga'),
    },
    maskedErrors: { maskError: (error) => maskError(error, info()) },
  });
  return (request, response, about) =>
    current.run({ ...about, progress: { written: false } }, async () => yoga(request, response));
}

/**
 * What is refused before any field runs has a code too: wrong variables and a subscription have
 * none of their own.
 */
const codesOfRequestErrors: Plugin = {
  onResultProcess({ result }) {
    if (!('errors' in result) || 'data' in result) return;
    for (const { extensions } of result.errors ?? []) {
      extensions['code'] ??= 'BAD_USER_INPUT';
    }
  },
};

/** Lets through what was meant for the client; logs the rest and tells only the request's id. */
function maskError(error: unknown, { requestId, log, progress }: RequestUnderWay): Error {
  if (isMeantForClient(error)) return error;
  const at = error instanceof GraphQLError ? error : undefined;
  const cause = at?.originalError ?? error;
  const path = at?.path;
  const fault = requestError({
    error: cause,
    depth: path?.length ?? 0,
    isWritten: progress.written,
  });
  if (fault) log.warn({ err: cause, path }, fault.message);
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
