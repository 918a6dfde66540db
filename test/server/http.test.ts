import { once } from 'node:events';
import type { Server } from 'node:http';
import { GraphQLError, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeHttpServer } from '../../src/server/http/http.ts';
import { makeLogger } from '../../src/server/logger.ts';
import type { RequestInfo } from '../../src/server/observe/request-account.ts';
import { post } from '../support/service.ts';

const fields = {
  requestId: () => (request: RequestInfo) => request.requestId,
  umlaut: () => () => 'ü',
  broken: () => () => {
    throw new Error('the secret of the house');
  },
  refused: () => () => {
    throw new GraphQLError('not like this', {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  },
};

const schema = new GraphQLSchema({
  query: new GraphQLObjectType<unknown, RequestInfo>({
    name: 'Query',
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, make]) => [
        name,
        {
          type: GraphQLString,
          resolve: (_root, _args, context) => make()(context),
        },
      ]),
    ),
  }),
});

let ready = true;
let lines: string[] = [];
const alarms = () => lines.filter((line) => !/"(debug|info)"/.test(line));
let server: Server;
let url = '';

beforeAll(async () => {
  ({ server } = makeHttpServer({
    schema,
    makeContext: (request) => request,
    isReady: () => Promise.resolve(ready),
    allowedOrigins: ['https://app.example', 'https://other.example'],
    log: makeLogger('debug', (line) => lines.push(line)),
  }));
  // A connection that ends just as it is used again is another subject.
  server.keepAliveTimeout = 0;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error();
  url = `http://127.0.0.1:${address.port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  ready = true;
  lines = [];
});

test('/health answers while the process lives, /ready only while the database does', async () => {
  ready = false;
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect((await fetch(`${url}/ready`)).status).toBe(503);
  ready = true;
  expect((await fetch(`${url}/ready`)).status).toBe(200);
});

test('a request has an id, its own or one it brings, in the context and the answer', async () => {
  const query = encodeURIComponent('{ requestId }');
  const made = await fetch(`${url}/graphql?query=${query}`);
  const id = made.headers.get('x-request-id');
  expect(id).toMatch(/^[\w-]{36}$/);
  expect(await made.json()).toEqual({ data: { requestId: id } });
  const brought = await fetch(`${url}/graphql?query=${query}`, {
    headers: { 'x-request-id': 'mine-1' },
  });
  expect(brought.headers.get('x-request-id')).toBe('mine-1');
  expect(await brought.json()).toEqual({ data: { requestId: 'mine-1' } });
});

test('an answer says its length in bytes', async () => {
  const answer = await fetch(`${url}/graphql?query={umlaut}`);
  const body = await answer.text();
  expect(body).toBe('{"data":{"umlaut":"ü"}}');
  expect(answer.headers.get('content-length')).toBe(`${Buffer.byteLength(body)}`);
});

test('what is logged on the way of a request has its id', async () => {
  await fetch(`${url}/graphql?query={requestId}`, {
    headers: { 'x-request-id': 'mine-2' },
  });
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({ requestId: 'mine-2' });
  }
});

test('an unexpected error is masked, and logged with the id of its request', async () => {
  const { data, errors } = await post<object>(url, '{ broken }');
  expect(data).toEqual({ broken: null });
  expect(errors).toEqual([
    {
      message: 'Unexpected error.',
      path: ['broken'],
      locations: expect.anything(),
      extensions: {
        code: 'INTERNAL_SERVER_ERROR',
        requestId: expect.any(String),
      },
    },
  ]);
  expect(alarms()).toHaveLength(1);
  expect(JSON.parse(alarms()[0] ?? '')).toMatchObject({
    level: 'error',
    requestId: errors?.[0]?.extensions?.['requestId'],
    path: ['broken'],
    err: { message: 'the secret of the house' },
  });
});

test('an error meant for the client is let through and not logged', async () => {
  const { errors } = await post<object>(url, '{ refused }');
  expect(errors).toMatchObject([
    { message: 'not like this', extensions: { code: 'BAD_USER_INPUT' } },
  ]);
  expect(alarms()).toEqual([]);
});

test.each([
  ['a syntax error', '{ broken', 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
])('%s is answered with its code', async (_what, query, code) => {
  const { errors } = await post<object>(url, query);
  expect(errors).toMatchObject([{ extensions: { code } }]);
});

const preflight = (origin: string) =>
  fetch(`${url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });

test('pages of the origins that are set may call the service', async () => {
  const { headers } = await preflight('https://app.example');
  expect(headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect(headers.get('access-control-allow-headers')).toBe('content-type');
  expect(headers.get('access-control-allow-credentials')).toBe(null);
});

test.each(['https://evil.example', 'null', 'http://app.example'])(
  'pages of any other origin may not: %s',
  async (origin) => {
    const { headers } = await preflight(origin);
    expect(headers.get('access-control-allow-origin')).toBe(null);
  },
);

test.each([
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded;charset=UTF-8',
  'multipart/form-data; boundary=x',
  'text/plain',
])('what a page may send without asking is not run: %s', async (contentType) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: 'query={broken}',
  });
  expect(response.status).toBe(415);
  expect(alarms()).toEqual([]);
});

test('a browser loads GraphiQL once, by less than 2 MB, and no other host', async () => {
  const load = (path: string) =>
    fetch(`${url}${path}`, { headers: { accept: 'text/html', 'accept-encoding': 'br' } });
  const page = await load('/graphql');
  const html = await page.text();
  const paths = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(paths).toHaveLength(2);
  let size = 0;
  for (const path of paths) {
    const { headers } = await load(path);
    expect(headers.get('content-encoding')).toBe('br');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    size += Number(headers.get('content-length'));
  }
  expect(size).toBeLessThan(2e6);
  expect((await load('/graphiql/other.js')).status).toBe(404);
});

test('the root leads to GraphiQL and other paths are not found', async () => {
  const root = await fetch(url, { redirect: 'manual' });
  expect(root.status).toBe(302);
  expect(root.headers.get('location')).toBe('/graphql');
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
});
