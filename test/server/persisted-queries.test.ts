import { createHash } from 'node:crypto';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { makeSchema, useHttpServer } from '../support/http-server.ts';

const schema = makeSchema('type Query { story(n: Int): String } type Mutation { tell: String }', {
  story: () => 'told',
  tell: () => 'told',
});
const server = useHttpServer({
  schema,
  allowedOrigins: ['https://app.example'],
  httpLimits: { maxPersisted: 1_000 },
});
const without = useHttpServer({ schema, httpLimits: { maxPersisted: 0 } });

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const named = (sha256Hash: unknown, version: unknown = 1) => ({
  extensions: { persistedQuery: { version, sha256Hash } },
});

async function send(body: object, { url } = server) {
  const headers = { 'content-type': 'application/json' };
  return answerOf(
    await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) }),
  );
}

function get(text: string, headers: Readonly<Record<string, string>> = {}) {
  const { extensions } = named(hashOf(text));
  const params = new URLSearchParams({ extensions: JSON.stringify(extensions) });
  return fetch(`${server.url}/graphql?${params.toString()}`, { headers });
}

async function answerOf(response: Response) {
  const { data, errors } = (await response.json()) as {
    readonly data?: unknown;
    readonly errors?: readonly { readonly message: string; readonly extensions: unknown }[];
  };
  const [error] = errors ?? [];
  return { status: response.status, data, message: error?.message, ...Object(error?.extensions) };
}

const told = { status: 200, data: { story: 'told' } };
const notFound = {
  status: 200,
  message: 'PersistedQueryNotFound',
  code: 'PERSISTED_QUERY_NOT_FOUND',
};

/** Sends a document three times by Apollo's own link; gives what went over the wire. */
async function askByApollo(url: string, useGETForHashedQueries: boolean) {
  const wire: unknown[] = [];
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new PersistedQueryLink({ sha256: hashOf, useGETForHashedQueries }).concat(
      new HttpLink({
        uri: `${url}/graphql`,
        fetch: async (address, init) => {
          const response = await fetch(address, init);
          const sent = JSON.stringify([address, init?.body]);
          wire.push([init?.method, sent.includes('story(n') ? 'text' : 'hash', response.status]);
          return response;
        },
      }),
    ),
  });
  for (const n of [1, 2, 3]) {
    const { data } = await client.query({
      query: parse('query ($n: Int) { story(n: $n) }'),
      variables: { n },
    });
    expect(data).toEqual({ story: 'told' });
  }
  return wire;
}

describe("Apollo's link", () => {
  test('sends a text once and then its hash, by POST or by GET', async () => {
    expect(await askByApollo(server.url, false)).toEqual([
      ['POST', 'hash', 200],
      ['POST', 'text', 200],
      ['POST', 'hash', 200],
      ['POST', 'hash', 200],
    ]);
    expect(await askByApollo(server.url, true)).toEqual([
      ['GET', 'hash', 200],
      ['GET', 'hash', 200],
      ['GET', 'hash', 200],
    ]);
  });

  test('goes on with texts where hashes are not kept', async () => {
    expect(await askByApollo(without.url, false)).toEqual([
      ['POST', 'hash', 200],
      ['POST', 'text', 200],
      ['POST', 'text', 200],
      ['POST', 'text', 200],
    ]);
  });
});

test('a text that is sent with another hash is refused and not kept', async () => {
  const hash = hashOf('{ story(n: 2) }');
  expect(await send({ query: '{ story }', ...named(hash) })).toMatchObject({
    status: 400,
    code: 'BAD_REQUEST',
    message: expect.stringContaining('sha256Hash is not that of the query'),
  });
  expect(await send(named(hash))).toMatchObject(notFound);
});

test.each([
  ['no text', named(7)],
  ['not 64 digits', named('ab12')],
  ['too long', named('a'.repeat(100_000))],
  ['of another version', named('a'.repeat(64), 2)],
  ['not an object', { extensions: { persistedQuery: 'x' } }],
])('a hash that is %s is refused', async (_what, body) => {
  expect(await send(body)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
});

test.each([
  ['does not fit the schema', '{ unknown }'],
  ['cannot be parsed', '{ story'],
  ['holds too much', `{ ${'story '.repeat(16_000)} }`],
])('a document that %s is not kept', async (_what, query) => {
  expect(await send({ query, ...named(hashOf(query)) })).toMatchObject({ data: undefined });
  expect(await send(named(hashOf(query)))).toMatchObject(notFound);
});

test('what is found by its hash is held to the limits, and its variables too', async () => {
  const query = 'query ($n: Int) { story(n: $n) }';
  await send({ query, ...named(hashOf(query)) });
  const deep = JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`);
  expect(await send({ ...named(hashOf(query)), variables: { n: deep } })).toMatchObject({
    status: 200,
    code: 'QUERY_TOO_COMPLEX',
  });
});

test('those that were asked for last are kept, as many characters as are set, and none too long', async () => {
  const texts = Array.from({ length: 11 }, (_, n) => `{ story(n: ${10 + n}) }`.padEnd(100, ' '));
  for (const query of texts) await send({ query, ...named(hashOf(query)) });
  const kept = [];
  for (const text of texts) kept.push((await send(named(hashOf(text)))).data !== undefined);
  expect(kept).toEqual([false, ...Array.from({ length: 10 }, () => true)]);
  const long = '{ story }'.padEnd(101, ' ');
  expect(await send({ query: long, ...named(hashOf(long)) })).toMatchObject(told);
  expect(await send(named(hashOf(long)))).toMatchObject(notFound);
});

test('a GET by hash keeps the rules of a GET: no mutation, no page of another site', async () => {
  for (const query of ['{ story }', 'mutation { tell }']) {
    await send({ query, ...named(hashOf(query)) });
  }
  expect(await answerOf(await get('{ story }'))).toMatchObject(told);
  expect((await get('mutation { tell }')).status).toBe(405);
  const foreign = { 'sec-fetch-site': 'cross-site' };
  expect((await get('{ story }', foreign)).status).toBe(403);
  const origin = 'https://app.example';
  const allowed = await get('{ story }', { ...foreign, origin });
  expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
});

test('a text without a hash, and a hash beside null, are as without persisted queries', async () => {
  expect(await send({ query: '{ story }' })).toMatchObject(told);
  expect(await send({ query: '{ story }', extensions: { persistedQuery: null } })).toMatchObject(
    told,
  );
});
