import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { makeSchema, readRaw, sendRaw, useHttpServer } from '../support/http-server.ts';
import { post } from '../support/service.ts';

const schema = makeSchema('type Query { story: String }', {
  story: () => 'told',
});
const QUERY = '/graphql?query={story}';

const server = useHttpServer({
  schema,
  hostNames: ['blog.example'],
  allowedOrigins: ['https://app.example'],
});

async function ask(path: string, headers: Readonly<Record<string, string>>, method = 'GET') {
  const asked = request({ port: server.port, path, headers, method }).end();
  const [response] = await once(asked, 'response');
  return {
    status: response.statusCode,
    headers: response.headers,
    body: await text(response),
  };
}

describe('the Host header', () => {
  test.each([
    ['localhost', 200],
    ['LOCALHOST:4000', 200],
    ['localhost.', 200],
    ['blog.localhost', 200],
    ['127.0.0.1:4000', 200],
    ['10.1.2.3', 200],
    ['[::1]:4000', 200],
    ['blog.example', 200],
    ['Blog.Example:8080', 200],
    ['evil.example', 403],
    ['blog.example.evil', 403],
    ['notblog.example', 403],
    ['evil.example:4000', 403],
    ['localhost.evil.example', 403],
    ['x:99999', 400],
    ['x:abc', 400],
    ['localhost/', 400],
    ['localhost#', 400],
    ['evil.example@localhost', 400],
    ['localhost localhost', 400],
    ['[::1', 400],
  ])('%s is answered with %i', async (host, status) => {
    const answer = await ask(QUERY, { host });
    expect(answer.status).toBe(status);
    expect(answer.body).not.toMatch(/\/src\/|node_modules| at /);
    expect(server.lines()).toMatchObject([{ status }]);
  });

  test.each(['/health', '/ready'])('may be any for %s', async (path) => {
    expect((await ask(path, { host: 'evil.example' })).status).toBe(200);
  });

  test.each([
    ['http://localhost', 'localhost', 200],
    ['http://blog.example:80', 'localhost', 200],
    ['http://evil.example', 'localhost', 403],
    ['http://localhost', 'evil.example', 403],
    ['http://evil.example@localhost', 'localhost', 400],
    ['http://', 'localhost', 400],
    ['ftp://localhost', 'localhost', 400],
    ['http://x:99999', 'localhost', 400],
  ])('%s in the request line beside %s is answered with %i', async (...row) => {
    const [origin, host, status] = row;
    const line = `GET ${origin}${QUERY} HTTP/1.1`;
    const head = `${line}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const answer = await readRaw(sendRaw(server.port, head));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test.each([
    ['is there twice', 'HTTP/1.1', 'Host: localhost\r\nHost: evil.example\r\n'],
    ['is empty', 'HTTP/1.1', 'Host:\r\n'],
    ['is not there', 'HTTP/1.0', ''],
  ])('that %s is refused', async (_what, version, headers) => {
    const head = `GET ${QUERY} ${version}\r\n${headers}Connection: close\r\n\r\n`;
    const answer = await readRaw(sendRaw(server.port, head));
    expect(answer).toMatch(/^HTTP\/1.1 40[03] /);
  });
});

describe('a GET of another site', () => {
  const own = 'http://localhost';
  test.each([
    [{}, 200],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }, 200],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    [{ origin: own }, 200],
    [{ origin: 'https://app.example' }, 200],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
  ])('with %j is answered with %i', async (headers, status) => {
    const answer = await ask(QUERY, { host: 'localhost', ...headers });
    expect(answer.status).toBe(status);
    expect(server.lines()).toMatchObject([{ status }]);
  });
});

describe('every answer', () => {
  test.each([
    ['/graphql', { accept: 'text/html' }],
    [QUERY, {}],
    ['/graphql?query={', {}],
    ['/health', {}],
    ['/nowhere', {}],
    ['/schema.graphql', {}],
    [QUERY, { host: 'evil.example' }],
  ])('has the headers that browsers mind: %s %j', async (path, headers) => {
    const answer = await ask(path, { host: 'localhost', ...headers });
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringMatching(
        /default-src 'none'.*frame-ancestors 'none'/,
      ),
    });
  });

  test('to a HEAD has the head of the GET, and no body', async () => {
    const get = await ask(QUERY, { host: 'localhost' });
    const head = await ask(QUERY, { host: 'localhost' }, 'HEAD');
    expect({ ...head, headers: head.headers['content-length'] }).toEqual({
      status: 200,
      headers: get.headers['content-length'],
      body: '',
    });
  });
});

test('the page of GraphiQL may run scripts of the service, and none that stands in it', async () => {
  const { headers } = await ask('/graphql', {
    host: 'localhost',
    accept: 'text/html',
  });
  expect(headers['content-security-policy']).toMatch(/script-src 'self';/);
});

describe('the schema', () => {
  const hidden = useHttpServer({
    schema,
    graphiql: false,
    introspection: false,
  });
  const INTROSPECTION = '{ __schema { queryType { name } } }';

  test('is there for whoever asks', async () => {
    const { errors } = await post(server.url, INTROSPECTION);
    expect(errors).toBeUndefined();
    const wrong = await post(server.url, '{ stor }');
    expect(wrong.errors?.[0]?.message).toContain('Did you mean "story"?');
    const answer = await ask('/schema.graphql', { host: 'localhost' });
    expect(answer.body).toBe('type Query {\n  story: String\n}\n');
  });

  test('is not shown where introspection is off, nor suggested', async () => {
    const { errors } = await post(hidden.url, INTROSPECTION);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('introspection has been disabled'),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
    const wrong = await post(hidden.url, '{ stor }');
    expect(wrong.errors?.[0]?.message).toMatch(/on type "Query"\.$/);
    expect((await fetch(`${hidden.url}/schema.graphql`)).status).toBe(404);
    expect(await post(hidden.url, '{ story }')).toMatchObject({
      data: { story: 'told' },
    });
  });

  test('has no GraphiQL where that is off', async () => {
    const headers = { accept: 'text/html, */*' };
    const page = await fetch(`${hidden.url}/graphql`, { headers });
    expect(page.headers.get('content-type')).toMatch(/json/);
    expect(await page.json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
    const answer = await fetch(`${hidden.url}${QUERY}`, { headers });
    expect(await answer.json()).toEqual({ data: { story: 'told' } });
  });
});
