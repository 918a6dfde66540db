import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/server/config.ts';
import { makeLogger } from '../../../src/server/logger.ts';
import { type Service, startService } from '../../../src/server/start.ts';
import { writeBlog } from '../../support/blog.ts';
import { useDatabase } from '../../support/database.ts';
import { waiters, whileHeld } from '../../support/held.ts';
import { makeSchema, rawGet, sendRaw, useHttpServer } from '../../support/http-server.ts';
import { post } from '../../support/service.ts';

const database = useDatabase();
let lines: Record<string, unknown>[] = [];
let service: Service | undefined;
const url = () => service?.url ?? '';
beforeAll(async () => {
  const config = readConfig({ PORT: '0', DATABASE_URL: database.url, METRICS: 'false' });
  const log = makeLogger('info', (line) => lines.push(JSON.parse(line)));
  service = await startService({ ...config, migrateOnStart: false, slowStatement: SLOW }, log);
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await writeBlog(database);
  lines = [];
});

const SLOW = 300;
const cast = `mutation Edit($body: String!) { updatePost(id: 1, input: { comments: { cast: {
  entries: [{ body: $body }] } } }) { __typename } }`;

test('a mutation is one line: its name, how it ended, its statements and what it wrote', async () => {
  let sent = 0;
  const statements = await database.statementsOf(async () => {
    const answer = await post<object>(url(), cast, { body: 'a secret' });
    expect(answer.data).toEqual({ updatePost: { __typename: 'UpdatePostSuccess' } });
    sent = Number(lines[0]?.['statements']);
  });
  expect(lines).toEqual([
    {
      level: 'info',
      time: expect.any(String),
      requestId: expect.any(String),
      method: 'POST',
      path: '/graphql',
      status: 200,
      type: 'mutation',
      operation: 'Edit',
      code: 'OK',
      ms: expect.any(Number),
      statements: sent,
      operations: { insert: 1, delete: expect.any(Number) },
      msg: 'request',
    },
  ]);
  expect(sent).toBe(statements.length);
});

test('requests at once on few connections count the statements of each', async () => {
  const document = '{ posts { edges { node { comments { id } } } } }';
  await Promise.all(Array.from({ length: 40 }, () => post(url(), document)));
  const requests = lines.filter(({ msg }) => msg === 'request');
  const counts = new Set(requests.map(({ statements }) => statements));
  expect(requests).toHaveLength(40);
  expect(counts.size).toBe(1);
});

test.each([
  ['a refused mutation', cast, { body: ' ' }, 'InvalidChangeset'],
  ['a wrong variable', cast, { body: ['secret'] }, 'BAD_USER_INPUT'],
  ['an unknown field', '{ secret }', {}, 'GRAPHQL_VALIDATION_FAILED'],
  ['a text that is no document', 'secret {', {}, 'GRAPHQL_PARSE_FAILED'],
])('%s is one line with its code, and without what was sent', async (...row) => {
  const [, document, variables, code] = row;
  await post(url(), document, variables);
  expect(lines).toMatchObject([{ code, msg: 'request failed' }]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

test('what was too much is named', async () => {
  await post(url(), `{ ${Array.from({ length: 101 }, (_, i) => `a${i}: __typename`).join(' ')} }`);
  expect(lines).toMatchObject([{ code: 'QUERY_TOO_COMPLEX', limit: expect.any(String) }]);
});

test('a token is not in the log, nor are variables in an address', async () => {
  const query = encodeURIComponent('query ($id: ID!) { post(id: $id) { id } }');
  const variables = encodeURIComponent('{"id": "secret"}');
  await fetch(`${url()}/graphql?query=${query}&variables=${variables}`, {
    headers: { authorization: 'Bearer secret' },
  });
  expect(lines).toMatchObject([{ path: '/graphql', code: 'OK' }]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

test('a statement that takes long is a line of its own, with the id of its request', async () => {
  let answer: Promise<unknown> | undefined;
  await whileHeld(database, 'SELECT FROM posts WHERE id = 1 FOR UPDATE', async () => {
    answer = post(url(), cast, { body: 'a secret' });
    await waiters(database);
    await sleep(SLOW);
  });
  await answer;
  const [slow, request] = [lines.find(({ msg }) => msg === 'slow statement'), lines.at(-1)];
  expect(slow).toMatchObject({ level: 'warn', ms: expect.any(Number), sql: expect.any(String) });
  expect(slow?.['requestId']).toBe(request?.['requestId']);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

describe('without a database', () => {
  const schema = makeSchema('type Query { e: Int wait: Int }', {
    e: () => 1,
    wait: () => new Promise(() => {}),
  });
  const server = useHttpServer({ schema });
  const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  test.each([
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
    ['Ab-9_.:', true],
    ['a b', false],
    ['"', false],
  ])('the id %s is taken: %s', async (id, isTaken) => {
    const response = await fetch(`${server.url}/graphql?query={e}`, {
      headers: { 'x-request-id': id, traceparent: TRACE },
    });
    const given = response.headers.get('x-request-id');
    expect(given === id).toBe(isTaken);
    expect(response.headers.get('traceparent')).toBe(TRACE);
    expect(server.lines()).toMatchObject([{ requestId: given, traceparent: TRACE, code: 'OK' }]);
  });

  test('a trace that is none is not passed on', async () => {
    const response = await fetch(`${server.url}/graphql?query={e}`, {
      headers: { traceparent: 'secret' },
    });
    expect(response.headers.get('traceparent')).toBe(null);
    expect(JSON.stringify(server.lines())).not.toContain('secret');
  });

  test('/health and its like are no line, what is not there is one', async () => {
    await fetch(`${server.url}/health`);
    await fetch(`${server.url}/nowhere?secret`);
    expect(server.lines()).toMatchObject([{ path: '/nowhere', status: 404, code: 'HTTP_404' }]);
    expect(JSON.stringify(server.lines())).not.toContain('secret');
  });

  test('a client that hangs up leaves a line', async () => {
    const socket = sendRaw(server.port, rawGet('{wait}'));
    while (server.size() === 0) await sleep(5);
    socket.destroy();
    while (server.lines().length === 0) await sleep(5);
    expect(server.lines()).toMatchObject([{ path: '/graphql', code: 'CLIENT_CLOSED_REQUEST' }]);
  });
});
