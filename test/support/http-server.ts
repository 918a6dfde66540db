import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type HttpOptions, makeHttpServer } from '../../src/server/http/http.ts';
import { makeLogger } from '../../src/server/logger.ts';

/** An HTTP server on a schema without a database. */
export type TestHttpServer = {
  readonly url: string;
  readonly port: number;
  /** How many requests are under way. */
  readonly size: () => number;
  readonly close: (patience: number) => Promise<void>;
  /** What was logged since the test began, from `info` up. */
  readonly lines: () => readonly Readonly<Record<string, unknown>>[];
};

/** Serves a schema for one test file, its resolvers by the name of a root field. */
export function useHttpServer(
  options: Partial<HttpOptions> & Pick<HttpOptions, 'schema'>,
): TestHttpServer {
  const lines: string[] = [];
  const { server, size, close } = makeHttpServer({
    makeContext: (request) => request,
    isReady: () => Promise.resolve(true),
    log: makeLogger('info', (line) => lines.push(line)),
    ...options,
  });
  const port = () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error();
    return address.port;
  };
  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  afterAll(async () => {
    if (server.listening) await close(0);
  });
  beforeEach(() => {
    lines.length = 0;
  });
  return {
    get url() {
      return `http://127.0.0.1:${port()}`;
    },
    get port() {
      return port();
    },
    size,
    close,
    lines: () => lines.map((line) => JSON.parse(line)),
  };
}

/** A schema from its text, with resolvers of root fields. */
export function makeSchema(
  text: string,
  resolvers: Readonly<Record<string, () => unknown>>,
): GraphQLSchema {
  const schema = buildSchema(text);
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const [name, field] of Object.entries(type?.getFields() ?? {})) {
      const resolve = resolvers[name];
      if (resolve) field.resolve = resolve;
    }
  }
  return schema;
}

/** Sends bytes over a connection of its own, which stays open. */
export function sendRaw(port: number, text: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(text);
  return socket;
}

/** What came over a connection until it was closed. */
export async function readRaw(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  if (!socket.closed) await new Promise((end) => socket.once('close', end));
  return text;
}

/** The bytes of a GET of a GraphQL document. */
export function rawGet(query: string): string {
  const path = `/graphql?query=${encodeURIComponent(query)}`;
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}
