import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { makeDrain } from './drain.ts';
import { type GraphqlOptions, type RequestInfo } from './graphql-endpoint.ts';
import { endConnection } from './client-error.ts';
import { closeOf } from './close-of.ts';
import { type HttpLimits, standardHttpLimits } from './http-limits.ts';
import { type HttpRefusal, refuse, replyStatus } from './reply.ts';
import { makeRoute, type Route, type RouteOptions } from './route.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { makeSocketQueue, type SocketQueue } from './socket-queue.ts';

/** What the HTTP server serves. */
export type HttpOptions = GraphqlOptions & RouteOptions;

/** An HTTP server, and its end. */
export type HttpServer = {
  readonly server: Server;
  /** How many requests are under way. */
  readonly size: () => number;
  /**
   * Takes no more requests, lets those under way end within `patience` ms, closes every connection.
   */
  readonly close: (patience: number) => Promise<void>;
};

/** Makes the HTTP server, not listening yet. */
export function makeHttpServer(options: HttpOptions): HttpServer {
  const limits = { ...standardHttpLimits, ...options.httpLimits };
  const route = makeRoute(options);
  const queue = makeSocketQueue(limits.maxPipelined);
  const server = createServer(timesOf(limits));
  const drain = makeDrain(server);
  server.on('request', (request, response) => {
    const requestId = idOf(request);
    const log = options.log.child({ requestId });
    response.setHeader('x-request-id', requestId);
    setSecurityHeaders(response);
    const serve = () =>
      drain.follow(request, response, answer(route, request, response, { requestId, log }));
    void inTurn({ server, queue }, request, response, serve, log);
  });
  server.on('clientError', (error, socket) => {
    endConnection(error, socket, drain.isAnswering(socket), options.log);
  });
  return { server, size: drain.size, close: drain.close };
}

/** How long Node waits for what comes; it looks every so often. */
function timesOf({ headTimeout, receiveTimeout }: HttpLimits) {
  return {
    headersTimeout: Math.min(headTimeout, receiveTimeout),
    requestTimeout: receiveTimeout,
    connectionsCheckingInterval: 500,
  };
}

async function inTurn(
  { server, queue }: { readonly server: Server; readonly queue: SocketQueue },
  request: IncomingMessage,
  response: ServerResponse,
  serve: () => void,
  log: RequestInfo['log'],
): Promise<void> {
  const turn = await queue.enter(request, response);
  if (turn === 'gone') return;
  if (turn === 'full') refuse(response, TOO_MANY_ON_SOCKET, log);
  else if (!server.listening) refuse(response, STOPPING, log);
  else serve();
}

const TOO_MANY_ON_SOCKET: HttpRefusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'Too many requests wait on this connection.',
  retryAfter: 1,
  close: true,
};

/** A connection that was kept alive brings a request while the service stops. */
const STOPPING: HttpRefusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'The service is stopping.',
  retryAfter: 1,
  close: true,
};

async function answer(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
): Promise<void> {
  try {
    await route(request, response, info);
  } catch (error) {
    info.log.error({ err: error }, 'request failed');
    if (response.headersSent) response.destroy();
    else replyStatus(response, 500, 'failed');
  }
  await closeOf(response);
}

function idOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}
