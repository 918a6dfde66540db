import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { type Authenticate, makeAuthenticate } from '../auth/authenticate.ts';
import { askWho } from './ask-who.ts';
import { type AllowedOrigins, corsOf, refuseForms } from './cors.ts';
import { makeDocumentCache } from './document-cache.ts';
import { hideSchema } from './hide-schema.ts';
import { type HttpLimits, standardHttpLimits } from './http-limits.ts';
import { sendResponse } from './send-response.ts';
import { type DocumentLimits, standardDocumentLimits } from '../limits/document-limits.ts';
import { limitDocuments } from '../limits/limit-documents.ts';
import { maskErrors } from './mask-errors.ts';
import { noteOperation } from './note-operation.ts';
import { oneRefusal } from './one-refusal.ts';
import { persistedQueries } from './persisted-queries.ts';
import { retryTornReads } from './retry-torn-reads.ts';
import { serveChanges } from './serve-changes.ts';
import { endQueries, makeRequestEnd } from './request-end.ts';
import { tidyErrors } from './request-errors.ts';
import { checkParams } from './request-params.ts';
import type { NewRequest, RequestUnderWay, ServerContext, UnderWay } from './under-way.ts';

/** What the GraphQL endpoint serves. */
export type GraphqlOptions = {
  readonly schema: GraphQLSchema;
  /** Makes the context of one GraphQL request. */
  readonly makeContext: (request: RequestUnderWay) => object;
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
  info: NewRequest,
) => Promise<void>;

/**
 * Makes the GraphQL endpoint. Errors that no client was meant to see are masked and logged with the
 * request's id.
 */
export function makeGraphqlEndpoint({
  schema,
  makeContext,
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
  const contextFor = ({ requestId, log, account, asker }: UnderWay, signal: AbortSignal) => {
    if (asker === undefined) throw new Error('it is not known who asks');
    return makeContext({ requestId, log, account, asker, signal });
  };
  const contextOf = ({ underWay }: ServerContext) => contextFor(underWay, underWay.end.signal);
  const yoga = createYoga<ServerContext, object>({
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
      askWho(authenticate),
      refuseForms,
      checkParams,
      persistedQueries(httpLimits.maxPersisted),
      limitDocuments(documentLimits),
      ...(introspection ? [] : [hideSchema]),
      noteOperation,
      endQueries,
      retryTornReads(contextOf),
      oneRefusal,
      serveChanges(contextFor, httpLimits.requestTimeout),
      maskErrors,
      tidyErrors,
    ],
    // What a request fails with is logged where it is masked.
    logging: false,
    // Yoga's own way does not know of which request an error is.
    maskedErrors: false,
  });
  return async (request, response, about) => {
    const end = makeRequestEnd(response, httpLimits.requestTimeout);
    const underWay: UnderWay = { ...about, end, response, isStream: false };
    const answer = await yoga.handleNodeRequestAndResponse(request, response, { underWay });
    await sendResponse(answer, response, underWay.isStream ? null : httpLimits.sendTimeout);
  };
}
