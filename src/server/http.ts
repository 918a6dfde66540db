import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { type GraphiqlPage, makeGraphiqlPage } from './graphiql.ts';
import type { Logger } from './logger.ts';

/** What a GraphQL request is told about itself. */
export type RequestInfo = {
  /** Of the header `x-request-id`, else made; sent back and logged. */
  readonly requestId: string;
  /** Logs with the request's id. */
  readonly log: Logger;
};

/** What the HTTP server serves. */
export type HttpOptions = {
  readonly schema: GraphQLSchema;
  /** Makes the context of one GraphQL request. */
  readonly makeContext: (request: RequestInfo) => object;
  /** Whether the database answers. */
  readonly isReady: () => Promise<boolean>;
  readonly log: Logger;
};

/**
 * Makes the HTTP server, not listening yet: `/graphql` (and GraphiQL for
 * browsers), `/health` while the process lives, `/ready` while the database
 * answers.
 */
export function makeHttpServer(options: HttpOptions): Server {
  const graphql = makeGraphql(options);
  const graphiql = makeGraphiql();
  return createServer((request, response) => {
    const requestId = idOf(request);
    response.setHeader('x-request-id', requestId);
    const log = options.log.child({ requestId });
    const route = async (): Promise<void> => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname === '/health') return reply(response, 200, 'alive');
      if (pathname === '/ready') {
        const ready = await options.isReady();
        return reply(response, ready ? 200 : 503, ready ? 'ready' : 'waiting');
      }
      if (pathname === '/graphql' && !wantsPage(request)) {
        return current.run({ requestId, log }, () =>
          graphql(request, response),
        );
      }
      if (pathname === '/graphql') return graphiql(request, response);
      if (pathname === '/') {
        response.writeHead(302, { location: '/graphql' }).end();
        return;
      }
      return reply(response, 404, 'not found');
    };
    route().catch((error: unknown) => {
      log.error({ err: error }, 'request failed');
      if (!response.headersSent) reply(response, 500, 'failed');
      else response.destroy();
    });
  });
}

/** Which request is under way; Yoga's hooks are not told. */
const current = new AsyncLocalStorage<RequestInfo>();

function makeGraphql({ schema, makeContext, log }: HttpOptions) {
  return createYoga<object, object>({
    schema,
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    multipart: false,
    context: () => makeContext(requestInfo(log)),
    logging: {
      debug: (...args) => log.debug({ args }, 'yoga'),
      info: (...args) => log.debug({ args }, 'yoga'),
      warn: (...args) => log.warn({ args }, 'yoga'),
      // A masked error has been logged by maskError already.
      error: (...args) => log.debug({ args }, 'yoga'),
    },
    maskedErrors: {
      maskError: (error) => maskError(error, requestInfo(log)),
    },
  });
}

function requestInfo(log: Logger): RequestInfo {
  return current.getStore() ?? { requestId: '', log };
}

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

function wantsPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && /text\/html/.test(headers.accept ?? '');
}

function makeGraphiql() {
  let page: Promise<GraphiqlPage> | undefined;
  return async (
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    page ??= makeGraphiqlPage();
    const { html, gzip } = await page;
    const compressed = /\bgzip\b/.test(
      String(request.headers['accept-encoding'] ?? ''),
    );
    const body = compressed ? gzip : html;
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      vary: 'accept, accept-encoding',
      ...(compressed ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(body);
  };
}

function idOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given)
    ? given
    : randomUUID();
}

function reply(response: ServerResponse, status: number, text: string): void {
  const body = `${JSON.stringify({ status: text })}\n`;
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
