import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { requestError } from 'prisma-assoc/pothos';
import type { Asker } from '../../blog/asker.ts';
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
import { noteOperation, type RequestInfo } from '../observe/request-account.ts';
import { oneRefusal } from './one-refusal.ts';
import { persistedQueries } from './persisted-queries.ts';
import { retryTornReads } from './retry-torn-reads.ts';
import { serveChanges, type StreamRequest } from './serve-changes.ts';
import { endQueries, makeRequestEnd, type RequestEnd } from './request-end.ts';
import { tidyErrors } from './request-errors.ts';
import { checkParams } from './request-params.ts';

/** A GraphQL request that is being answered. */
export type RequestUnderWay = RequestInfo & {
  readonly asker: Asker;
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
  info: RequestInfo & {
    /** Makes the answer a stream, see `Streams`. */
    readonly becomeStream: (until?: number) => boolean;
  },
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
  const contextFor = ({ requestId, log: own, account, asker }: Current, signal: AbortSignal) => {
    if (asker === undefined) throw new Error('it is not known who asks');
    return makeContext({ requestId, log: own, account, asker, signal });
  };
  const contextOf = () => contextFor(info(), info().end.signal);
  const streamRequest = (): StreamRequest => {
    const request = info();
    const { response, end, becomeStream } = request;
    return {
      log: request.log,
      signal: end.signal,
      becomeStream() {
        request.isStream = true;
        return becomeStream(request.expiresAt);
      },
      cut: () => response.destroy(),
      makeContext: (signal) => contextFor(request, signal),
      mask: (error) => maskError(error, request),
    };
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
      noteOperation(() => info().account),
      endQueries(() => info().end),
      retryTornReads(contextOf),
      oneRefusal,
      serveChanges(streamRequest, httpLimits.requestTimeout),
      tidyErrors(() => info().account),
    ],
    logging: {
      debug: (...args) => logOfRequest().debug({ args }, 'yoga'),
      info: (...args) => logOfRequest().debug({ args }, 'yoga'),
      warn: (...args) => logOfRequest().warn({ args }, 'yoga'),
      // A masked error has been logged by maskError already.
      error: (...args) => logOfRequest().debug({ args }, 'yoga'),
    },
    // What a stream delivers is masked already, and sent when no request is under way.
    maskedErrors: {
      maskError: (error) => (isMeantForClient(error) ? error : maskError(error, info())),
    },
  });
  return (request, response, about) => {
    const end = makeRequestEnd(response, httpLimits.requestTimeout);
    const under: Current = { ...about, end, response, isStream: false };
    return current.run(under, async () => {
      const answer = await yoga.handleNodeRequestAndResponse(request, response, {});
      await sendResponse(answer, response, under.isStream ? null : httpLimits.sendTimeout);
    });
  };
}

type Current = Parameters<GraphqlEndpoint>[2] & {
  /** Not known before the header is read. */
  asker?: Asker;
  /** When the token of the one who asks ends, in ms since 1970. */
  expiresAt?: number;
  readonly response: ServerResponse;
  isStream: boolean;
  readonly end: RequestEnd;
};

/** Lets through what was meant for the client; logs the rest and tells only the request's id. */
function maskError(error: unknown, { requestId, log, account, end }: Current): Error {
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
