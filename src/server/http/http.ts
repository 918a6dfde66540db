import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { makeDrain } from './drain.ts';
import { type GraphiqlPage, makeGraphiqlPage } from './graphiql.ts';
import {
  type GraphqlEndpoint,
  type GraphqlOptions,
  makeGraphqlEndpoint,
  type RequestInfo,
} from './graphql-endpoint.ts';

/** What the HTTP server serves. */
export type HttpOptions = GraphqlOptions & {
  /** Whether the database answers. */
  readonly isReady: () => Promise<boolean>;
};

/** An HTTP server, and its end. */
export type HttpServer = {
  readonly server: Server;
  /**
   * Takes no more requests, lets those under way end within `patience` ms, closes every connection.
   */
  readonly close: (patience: number) => Promise<void>;
};

/**
 * Makes the HTTP server, not listening yet: `/graphql` (GraphiQL for browsers),
 * `/health` while the process lives, `/ready` while the database answers.
 */
export function makeHttpServer(options: HttpOptions): HttpServer {
  const routes: Routes = {
    graphql: makeGraphqlEndpoint(options),
    graphiql: makeGraphiql(),
    isReady: options.isReady,
  };
  const drain = makeDrain();
  const server = createServer((request, response) => {
    const requestId = idOf(request);
    const log = options.log.child({ requestId });
    response.setHeader('x-request-id', requestId);
    if (!server.listening) return refuseLate(response);
    const work = route(routes, request, response, { requestId, log }).catch((error: unknown) => {
      log.error({ err: error }, 'request failed');
      if (response.headersSent) response.destroy();
      else reply(response, 500, 'failed');
    });
    drain.follow(response, work);
  });
  return { server, close: (patience) => drain.close(server, patience) };
}

/** A connection that was kept alive brings a request while the service stops. */
function refuseLate(response: ServerResponse): void {
  response.shouldKeepAlive = false;
  response.setHeader('retry-after', '1');
  reply(response, 503, 'stopping');
}

type Routes = {
  readonly graphql: GraphqlEndpoint;
  readonly graphiql: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly isReady: () => Promise<boolean>;
};

async function route(
  { graphql, graphiql, isReady }: Routes,
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
): Promise<void> {
  const path = (request.url ?? '/').replace(/[?#].*$/, '');
  switch (path) {
    case '/graphql':
      return wantsPage(request) ? graphiql(request, response) : graphql(request, response, info);
    case '/health':
      return reply(response, 200, 'alive');
    case '/ready': {
      const ready = await isReady();
      return reply(response, ready ? 200 : 503, ready ? 'ready' : 'waiting');
    }
    case '/':
      response.writeHead(302, { location: '/graphql' }).end();
      return;
    default:
      return reply(response, 404, 'not found');
  }
}

function wantsPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && /text\/html/.test(headers.accept ?? '');
}

// Made and compressed once, at the first visit of a browser.
function makeGraphiql(): Routes['graphiql'] {
  let page: Promise<GraphiqlPage> | undefined;
  return async (request, response) => {
    page ??= makeGraphiqlPage();
    const { html, gzip } = await page;
    const encodings = String(request.headers['accept-encoding'] ?? '');
    const compressed = /\bgzip\b/.test(encodings);
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
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}

function reply(response: ServerResponse, status: number, text: string): void {
  const body = `${JSON.stringify({ status: text })}\n`;
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
