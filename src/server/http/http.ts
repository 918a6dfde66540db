import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { makeDrain } from './drain.ts';
import type { GraphqlOptions } from './graphql-endpoint.ts';
import { endConnection } from './client-error.ts';
import { closeOf } from './close-of.ts';
import { type HttpLimits, standardHttpLimits } from './http-limits.ts';
import type { Logger } from '../logger.ts';
import { makeObserver, type Observer } from '../observe/observer.ts';
import { makeAccount, type RequestInfo } from '../observe/request-account.ts';
import { type HttpRefusal, refuse, replyStatus } from './reply.ts';
import { makeRoute, type Route, type RouteOptions } from './route.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { makeStreams } from './streams.ts';
import { makeSocketQueue, type SocketQueue } from './socket-queue.ts';

/** What the HTTP server serves. */
export type HttpOptions = GraphqlOptions &
  RouteOptions & {
    readonly log: Logger;
    /** Sees what requests do; unless given, one that only logs. */
    readonly observer?: Observer;
  };

/** An HTTP server, and its end. */
export type HttpServer = {
  readonly server: Server;
  /** How many requests are under way. */
  readonly size: () => number;
  /** How many clients listen to a stream. */
  readonly readers: () => number;
  /**
   * Takes no more requests, cuts streams off, lets those under way end within `patience` ms, closes
   * every connection.
   */
  readonly close: (patience: number) => Promise<void>;
};

/** Makes the HTTP server, not listening yet. */
export function makeHttpServer(options: HttpOptions): HttpServer {
  const limits = { ...standardHttpLimits, ...options.httpLimits };
  const { observer = makeObserver({ log: options.log }) } = options;
  const streams = makeStreams(limits);
  const route = makeRoute(options, streams);
  const queue = makeSocketQueue(limits.maxPipelined);
  const server = createServer(timesOf(limits));
  const drain = makeDrain(server);
  server.on('request', (request, response) => {
    const begun = performance.now();
    const info = infoOf(request, response, options.log);
    setSecurityHeaders(response);
    const onEnd = () => observer.onRequestEnd(info, request, response, performance.now() - begun);
    const serve = () =>
      observer.follow(info, () => {
        const work = answer(route, request, response, info).finally(onEnd);
        drain.follow(request, response, work);
      });
    void inTurn({ server, queue, onEnd }, request, response, serve, info);
  });
  server.on('clientError', (error, socket) => {
    endConnection(error, socket, drain.isAnswering(socket), options.log);
  });
  const close = (patience: number) => {
    streams.end();
    return drain.close(patience);
  };
  return { server, size: drain.size, readers: streams.size, close };
}

/** How long Node waits for what comes; it looks every so often. */
function timesOf({ headTimeout, receiveTimeout }: HttpLimits) {
  return {
    headersTimeout: Math.min(headTimeout, receiveTimeout),
    requestTimeout: receiveTimeout,
    connectionsCheckingInterval: 500,
  };
}

type Serving = {
  readonly server: Server;
  readonly queue: SocketQueue;
  /** Called when the request is answered, or its client has hung up. */
  readonly onEnd: () => void;
};

async function inTurn(
  { server, queue, onEnd }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
  serve: () => void,
  { account }: RequestInfo,
): Promise<void> {
  const turn = await queue.enter(request, response);
  if (turn === 'gone') return;
  if (turn === 'ready' && server.listening) return serve();
  refuse(response, turn === 'full' ? TOO_MANY_ON_SOCKET : STOPPING, account);
  onEnd();
}

const TOO_MANY_ON_SOCKET: HttpRefusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'Too many requests wait on this connection.',
  retryAfter: 1,
  limit: 'requests of a connection',
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

/** A trace that it is a part of is named in the log and in the answer, as is its own id. */
function infoOf(
  { headers }: IncomingMessage,
  response: ServerResponse,
  serviceLog: Logger,
): RequestInfo {
  const given = textOf(headers['x-request-id'], REQUEST_ID);
  const requestId = given ?? randomUUID();
  response.setHeader('x-request-id', requestId);
  const traceparent = textOf(headers['traceparent'], TRACEPARENT);
  if (traceparent !== undefined) response.setHeader('traceparent', traceparent);
  const log = serviceLog.child({ requestId, ...(traceparent !== undefined && { traceparent }) });
  return { requestId, log, account: makeAccount() };
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

function textOf(header: string | string[] | undefined, form: RegExp): string | undefined {
  return typeof header === 'string' && form.test(header) ? header : undefined;
}
