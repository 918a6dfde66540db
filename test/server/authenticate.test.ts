import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeAuthenticate } from '../../src/server/auth/authenticate.ts';
import type { AuthSettings } from '../../src/server/auth/auth-settings.ts';
import { makeSchema, useHttpServer } from '../support/http-server.ts';

/* Who asks: the token of the header, checked before anything of a request runs. */

const SECRET = 'a secret of at least thirty-two bytes';
const secret = new TextEncoder().encode(SECRET);
const claims = { iss: 'https://id.example', aud: 'blog', sub: 'ann' };
const strict: AuthSettings = {
  key: { kind: 'secret', secret: SECRET },
  issuer: claims.iss,
  audience: claims.aud,
};

const sign = (payload: JWTPayload, { alg = 'HS256', key = secret as never, kid = 'k' } = {}) =>
  new SignJWT({ exp: now() + 600, ...payload }).setProtectedHeader({ alg, kid }).sign(key);
const now = () => Math.floor(Date.now() / 1_000);

describe('by a secret', () => {
  const authenticate = makeAuthenticate(strict);

  test.each([
    ['is a person', {}, { isAdmin: false }],
    ['is an admin whose scope says so', { scope: 'read admin' }, { isAdmin: true }],
    ['is no admin whose scope only looks so', { scope: 'admins' }, { isAdmin: false }],
    ['is no admin whose scope is no text', { scope: ['admin'] }, { isAdmin: false }],
  ])('who has a token %s', async (_what, more, expected) => {
    const exp = now() + 60;
    const token = await sign({ ...claims, ...more, exp });
    const named = { kind: 'person', issuer: claims.iss, subject: 'ann', ...expected };
    const person = { ...named, expiresAt: exp * 1_000 };
    expect(await authenticate(`Bearer ${token}`)).toEqual(person);
    expect(await authenticate(`bearer  ${token}`)).toEqual(person);
  });

  test('who has none is anonymous', async () => {
    expect(await authenticate(null)).toEqual({ kind: 'anonymous' });
  });

  test.each<[string, () => string | Promise<string>]>([
    ['expired', () => sign({ ...claims, exp: now() - 60 })],
    ['of another issuer', () => sign({ ...claims, iss: 'https://other.example' })],
    ['of no issuer', () => sign({ aud: 'blog', sub: 'ann' })],
    ['for another audience', () => sign({ ...claims, aud: 'shop' })],
    ['without a subject', () => sign({ iss: claims.iss, aud: claims.aud })],
    ['with a blank subject', () => sign({ ...claims, sub: '' })],
    ['with a subject that no column holds', () => sign({ ...claims, sub: 'a\0b' })],
    ['with a subject that is too long', () => sign({ ...claims, sub: 'a'.repeat(256) })],
    ['without an end', () => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret)],
    ['not valid yet', () => sign({ ...claims, nbf: now() + 600 })],
    ['signed with another secret', () => sign(claims, { key: new Uint8Array(32) as never })],
    ['signed by another algorithm', () => sign(claims, { alg: 'HS512' })],
    ['not signed', () => new UnsecuredJWT({ ...claims, exp: now() + 600 }).encode()],
    ['changed', async () => `${await sign(claims)}x`],
    ['no token', () => 'ann'],
    ['empty', () => ''],
  ])('a token that is %s is refused', async (_what, make) => {
    expect(await authenticate(`Bearer ${await make()}`)).toEqual({ kind: 'refused' });
  });

  test('another scheme than Bearer is refused', async () => {
    expect(await authenticate(`Basic ${btoa('ann:ann')}`)).toEqual({ kind: 'refused' });
    expect(await authenticate(await sign(claims))).toEqual({ kind: 'refused' });
  });

  test('no issuer or audience is asked for unless it is set', async () => {
    const loose = makeAuthenticate({ ...strict, issuer: null, audience: null });
    const token = await sign({ sub: 'ann' });
    expect(await loose(`Bearer ${token}`)).toMatchObject({ subject: 'ann', issuer: '' });
  });
});

describe('by keys at an address', () => {
  let server: Server;
  let url: string;
  let answer: { readonly status: number; readonly body: string } | null;
  const pairs = Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('EdDSA', { extractable: true }),
  ]);

  beforeAll(async () => {
    server = createServer((_request, response) => {
      if (answer) response.writeHead(answer.status).end(answer.body);
      else response.destroy();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
    url = `http://127.0.0.1:${address.port}/jwks.json`;
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    const keys = (await pairs).map(async ({ publicKey }, index) => ({
      ...(await exportJWK(publicKey)),
      kid: String(index),
    }));
    answer = { status: 200, body: JSON.stringify({ keys: await Promise.all(keys) }) };
  });
  const make = () => makeAuthenticate({ ...strict, key: { kind: 'jwks', url } });

  test.each(['RS256', 'ES256', 'EdDSA'])('a token signed by %s is taken', async (alg) => {
    const index = ['RS256', 'ES256', 'EdDSA'].indexOf(alg);
    const key = (await pairs)[index]?.privateKey as never;
    const token = await sign(claims, { alg, key, kid: String(index) });
    expect(await make()(`Bearer ${token}`)).toMatchObject({ kind: 'person', subject: 'ann' });
  });

  test('one that a public key was taken for a secret of is refused', async () => {
    const key = new TextEncoder().encode(await exportSPKI((await pairs)[0].publicKey)) as never;
    expect(await make()(`Bearer ${await sign(claims, { key, kid: '0' })}`)).toEqual({
      kind: 'refused',
    });
  });

  test('one of a key that is not there is refused', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const other = { alg: 'RS256', key: privateKey as never };
    for (const kid of ['0', '9']) {
      const token = await sign(claims, { ...other, kid });
      expect(await make()(`Bearer ${token}`)).toEqual({ kind: 'refused' });
    }
  });

  test.each([
    ['fails', { status: 500, body: '' }],
    ['answers something else', { status: 200, body: '{"keys":1}' }],
    ['hangs up', null],
  ])('none can be checked while the address %s', async (_what, wrong) => {
    answer = wrong;
    const key = (await pairs)[0].privateKey as never;
    const token = await sign(claims, { alg: 'RS256', key, kid: '0' });
    expect(await make()(`Bearer ${token}`)).toMatchObject({ kind: 'unchecked' });
  });
});

describe('over HTTP', () => {
  let runs = 0;
  const schema = makeSchema('type Query { a: Int } type Mutation { b: Int }', {
    a: () => (runs += 1),
    b: () => (runs += 1),
  });
  const authenticate = makeAuthenticate(strict);
  const service = useHttpServer({ schema, authenticate, allowedOrigins: ['https://app.example'] });
  const down = useHttpServer({
    schema,
    authenticate: makeAuthenticate({ ...strict, key: { kind: 'jwks', url: 'http://127.0.0.1:1' } }),
  });
  beforeEach(() => {
    runs = 0;
  });
  const send = (url: string, headers: Record<string, string>, query = '{ a }') =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close', ...headers },
      body: JSON.stringify({ query }),
    });

  test('a request whose token is refused is 401 UNAUTHENTICATED, and nothing of it runs', async () => {
    for (const query of ['{ a }', 'mutation { b }', '{ unknown', '{ __typename }']) {
      const origin = 'https://app.example';
      const answer = await send(service.url, { authorization: 'Bearer x', origin }, query);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(await answer.json()).toMatchObject({
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
    expect(runs).toBe(0);
    expect(service.lines()[0]).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  test('one with a token, and one without, are answered', async () => {
    const token = await sign(claims);
    expect((await send(service.url, { authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await send(service.url, {})).status).toBe(200);
    expect(runs).toBe(2);
  });

  test('while no token can be checked one that has a token is 503, to be sent again', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = await sign(claims, { alg: 'ES256', key: privateKey as never });
    const answer = await send(down.url, { authorization: `Bearer ${token}` });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'UNAVAILABLE' } }],
    });
    expect((await send(down.url, {})).status).toBe(200);
    expect(runs).toBe(1);
  });
});
