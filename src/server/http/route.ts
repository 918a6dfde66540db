import type { IncomingMessage, ServerResponse } from 'node:http';
import { printSchema } from 'graphql';
import { makeGraphiql } from './graphiql.ts';
import {
  type GraphqlEndpoint,
  type GraphqlOptions,
  makeGraphqlEndpoint,
} from './graphql-endpoint.ts';
import { isForeignRead } from './cross-site-read.ts';
import { isOwnName } from './host-names.ts';
import { standardHttpLimits } from './http-limits.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { RequestInfo } from '../observe/request-account.ts';
import { readPage } from './page.ts';
import { type HttpRefusal, refuse, replyStatus } from './reply.ts';
import { sendStaticFile } from './static-file.ts';
import type { Streams } from './streams.ts';
import { readTarget, type Target } from './target.ts';

/** Answers one request. */
export type Route = (
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
) => Promise<void>;

/** What is served beside GraphQL, and to whom. */
export type RouteOptions = {
  /** Whether the service can do its work. */
  readonly isReady: () => Promise<boolean>;
  /** Names the service may be called by, in lower case, beside loopback names and addresses. */
  readonly hostNames?: readonly string[];
  /** What `/metrics` answers with; unless given, it is not there. */
  readonly metrics?: Pick<Metrics, 'send'> | null;
  /** Whether browsers get GraphiQL; they do unless it is false. */
  readonly graphiql?: boolean;
  /** Where the page for people lies; without one `/` leads to GraphiQL. */
  readonly pageFolder?: string | null;
};

/**
 * Makes what answers requests: `/` (the page for people), `/graphql` (GraphiQL for browsers),
 * `/schema.graphql`, `/health` while the process lives, `/ready` while it can do its work,
 * `/metrics`.
 */
export function makeRoute(options: GraphqlOptions & RouteOptions, streams: Streams): Route {
  const { isReady, metrics, hostNames = [], graphiql = true, pageFolder = null } = options;
  const { schema, introspection = true, allowedOrigins = [] } = options;
  const graphql = admit(
    makeGraphqlEndpoint(options),
    options.httpLimits?.maxRequests ?? standardHttpLimits.maxRequests,
    streams,
  );
  const editor = once(makeGraphiql);
  const page = once(() => (pageFolder === null ? null : readPage(pageFolder)));
  const text = once(() => printSchema(schema));
  return async (request, response, info) => {
    const { account } = info;
    const target = readTarget(request);
    if (target === null) return refuse(response, MALFORMED, account);
    const { path, search } = target;
    account.path = path.slice(0, MOST_PATH);
    if (path === '/health') return replyStatus(response, 200, 'alive');
    if (path === '/metrics' && metrics) return metrics.send(response);
    if (path === '/ready') {
      return (await isReady())
        ? replyStatus(response, 200, 'ready')
        : replyStatus(response, 503, 'waiting');
    }
    if (!isOurs(target, hostNames)) return refuse(response, NOT_OURS, account);
    switch (path) {
      case '/graphql':
        if (graphiql && wantsPage(request)) {
          return sendStaticFile((await editor()).page, request, response);
        }
        if (isRead(request) && isForeignRead(request, allowedOrigins)) {
          return refuse(response, FOREIGN, account);
        }
        return graphql(asRead(request, `${path}${search}`), response, info);
      case '/schema.graphql':
        if (!introspection || !isRead(request)) break;
        response.setHeader('content-type', 'text/plain; charset=utf-8');
        response.end(`${text()}\n`);
        return;
    }
    const files = graphiql && path.startsWith('/graphiql/') ? (await editor()).files : await page();
    const file = isRead(request) ? files?.get(path) : undefined;
    if (file) return sendStaticFile(file, request, response);
    if (path === '/') {
      response.writeHead(302, { location: '/graphql' }).end();
      return;
    }
    replyStatus(response, 404, 'not found');
  };
}

// Characters that the log takes.
const MOST_PATH = 200;

const MALFORMED: HttpRefusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'The address or the Host header is malformed.',
};
const NOT_OURS: HttpRefusal = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'This host name is not allowed: the setting HOSTS lists those that are.',
};
const FOREIGN: HttpRefusal = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'A page of another site may not ask.',
};
const TOO_MANY: HttpRefusal = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'Too many requests are under way. Try again later.',
  retryAfter: 1,
  limit: 'requests at once',
};

/** Refuses what comes while `most` requests are under way; a stream is none any more. */
function admit(serve: GraphqlEndpoint, most: number, streams: Streams): Route {
  const underWay = new Set<ServerResponse>();
  return async (request, response, info) => {
    if (underWay.size >= most) return refuse(response, TOO_MANY, info.account);
    underWay.add(response);
    const becomeStream = (until?: number) => {
      underWay.delete(response);
      return streams.add(response, until);
    };
    try {
      await serve(request, response, { ...info, becomeStream });
    } finally {
      underWay.delete(response);
    }
  };
}

function isOurs({ hostNames }: Target, names: readonly string[]): boolean {
  return hostNames.length > 0 && hostNames.every((name) => isOwnName(name, names));
}

function wantsPage(request: IncomingMessage): boolean {
  return isRead(request) && /text\/html/.test(request.headers.accept ?? '');
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A HEAD as the GET whose answer it asks for; Node leaves out the body by itself. */
function asRead(request: IncomingMessage, url: string): IncomingMessage {
  if (request.method === 'HEAD') request.method = 'GET';
  return Object.assign(request, { url });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
