import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { requestError } from 'prisma-assoc/pothos';
import type { Asker } from '../../blog/asker.ts';
import type { Progress } from '../../graphql/context.ts';
import { type Authenticate, makeAuthenticate } from '../auth/authenticate.ts';
import { askWho } from './ask-who.ts';
import { type AllowedOrigins, corsOf, refuseForms } from './cors.ts';
import { makeDocumentCache } from './document-cache.ts';
import { hideSchema } from './hide-schema.ts';
import { type HttpLimits, standardHttpLimits } from './http-limits.ts';
import { sendResponse } from './send-response.ts';
import { type DocumentLimits, standardDocumentLimits } from '../limits/document-limits.ts';
import { limitDocuments } from '../limits/limit-documents.ts';
import type { Logger } from '../logger.ts';
import { oneRefusal } from './one-refusal.ts';
import { persistedQueries } from './persisted-queries.ts';
import { retryTornReads } from './retry-torn-reads.ts';
import { endQueries, makeRequestEnd, type RequestEnd } from './request-end.ts';
import { tidyErrors } from './request-errors.ts';
import { checkParams } from './request-params.ts';

/** What a GraphQL request knows of itself. */
export type RequestInfo = {
  /** Of the header `x-request-id`, else made; sent back and logged. */
  readonly requestId: string;
  /** Logs with the request's id. */
  readonly log: Logger;
};

/** A GraphQL request that is being answered. */
export type RequestUnderWay = RequestInfo & {
  readonly asker: Asker;
  readonly progress: Progress;
  /** Aborted when its client hangs up or its time is over. */
  readonly signal: AbortSignal;
};

/** What the GraphQL endpoint serves. */
export type GraphqlOptions = {
  readonly schema: GraphQLSchema;
  /** Makes the context of one GraphQL request. */
  readonly makeContext: (request: RequestUnderWay) => object;
  readonly log: Logger;
  /** Finds out who asks; unless given, the service is open. */
  readonly authenticate?: Authenticate;
  /** Other origins whose pages may call the service; none unless given. */
  readonly allowedOrigins?: AllowedOrigins;
  /** Whether clients may read the schema; they may unless it is false. */
  readonly introspection?: boolean;
  readonly documentLimits?: Partial<DocumentLimits>;
  readonly httpLimits?: Partial<HttpLimits>;
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
  authenticate = makeAuthenticate(null),
  allowedOrigins = [],
  introspection = true,
  ...options
}: GraphqlOptions): GraphqlEndpoint {
  const documentLimits = {
    ...standardDocumentLimits,
    ...options.documentLimits,
  };
  const httpLimits = { ...standardHttpLimits, ...options.httpLimits };
  // Which request is under way: Yoga's hooks do not say.
  const current = new AsyncLocalStorage<Current>();
  const info = () => {
    const request = current.getStore();
    if (request === undefined) throw new Error('no request is under way');
    return request;
  };
  const contextOf = () => {
    const { end, asker, ...request } = info();
    if (asker === undefined) throw new Error('it is not known who asks');
    return makeContext({ ...request, asker, signal: end.signal });
  };
  const logOfRequest = () => current.getStore()?.log ?? log;
  const yoga = createYoga<object, object>({
    schema,
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    multipart: false,
    cors: corsOf(allowedOrigins),
    maxRequestBodySize: httpLimits.maxBody,
    parserAndValidationCache: {
      documentCache: makeDocumentCache(),
      errorCache: makeDocumentCache(),
    },
    context: contextOf,
    plugins: [
      askWho(authenticate, info),
      refuseForms,
      checkParams,
      persistedQueries(httpLimits.maxPersisted),
      limitDocuments(documentLimits),
      ...(introspection ? [] : [hideSchema]),
      endQueries(() => info().end),
      retryTornReads(contextOf),
      oneRefusal,
      tidyErrors(logOfRequest),
    ],
    logging: {
      debug: (...args) => logOfRequest().debug({ args }, 'yoga'),
      info: (...args) => logOfRequest().debug({ args }, 'yoga'),
      warn: (...args) => logOfRequest().warn({ args }, 'yoga'),
      // A masked error has been logged by maskError already.
      error: (...args) => logOfRequest().debug({ args }, 'yoga'),
    },
    maskedErrors: { maskError: (error) => maskError(error, info()) },
  });
  return (request, response, about) => {
    const end = makeRequestEnd(response, httpLimits.requestTimeout);
    const progress = { written: false };
    return current.run({ ...about, progress, end }, async () => {
      const answer = await yoga.handleNodeRequestAndResponse(request, response, {});
      const { status, body } = answer;
      if (status >= 400 && body === null) {
        about.log.info({ status }, 'request refused');
      }
      await sendResponse(answer, response, httpLimits.sendTimeout);
    });
  };
}

type Current = RequestInfo & {
  /** Not known before the header is read. */
  asker?: Asker;
  readonly progress: Progress;
  readonly end: RequestEnd;
};

/** Lets through what was meant for the client; logs the rest and tells only the request's id. */
function maskError(error: unknown, { requestId, log, progress }: Current): Error {
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
