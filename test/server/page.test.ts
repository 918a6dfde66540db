import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSchema, useHttpServer } from '../support/http-server.ts';

/* The page for people: how its files are served. Their content is tested in test/real/page. */

const folder = await mkdtemp(join(tmpdir(), 'page-'));
const schema = makeSchema('type Query { a: Int }', {});
const service = useHttpServer({ schema, pageFolder: folder });
const unbuilt = useHttpServer({ schema, pageFolder: join(folder, 'nowhere') });
const html = '<!doctype html><title>Posts</title>';
const script = 'console.log(1);'.repeat(100);

beforeAll(async () => {
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), html);
  await writeFile(join(folder, 'assets/index-abc.js'), script);
});
afterAll(() => rm(folder, { recursive: true }));

test('the page is asked for again each time, and not sent again while it is the same', async () => {
  const { status, headers, body } = await get('/');
  expect(status).toBe(200);
  expect(body.toString()).toBe(html);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  const again = await get('/', { 'if-none-match': `"other", W/${String(headers['etag'])}` });
  expect(again).toMatchObject({ status: 304, headers: { etag: headers['etag'] } });
  expect(again.body).toHaveLength(0);
});

test('the page may load and ask nothing but what the service has', async () => {
  const { headers } = await get('/');
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
});

test('what has a hash in its name is kept for good', async () => {
  const { headers, body } = await get('/assets/index-abc.js');
  expect(body.toString()).toBe(script);
  expect(headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
});

test.each([
  ['gzip, deflate, br', 'br', brotliDecompressSync],
  ['gzip;q=0.5', 'gzip', gunzipSync],
  ['br;q=0, gzip', 'gzip', gunzipSync],
  ['br;q=0', undefined, (body: Buffer) => body],
] as const)('a client that accepts %s gets it as %s', async (accepted, encoding, decode) => {
  const { headers, body } = await get('/assets/index-abc.js', { 'accept-encoding': accepted });
  expect(headers['content-encoding']).toBe(encoding);
  expect(Number(headers['content-length'])).toBe(body.length);
  expect(decode(body).toString()).toBe(script);
});

test.each([
  '/assets/index-old.js',
  '/assets',
  '/index.html',
  '/assets/../index.html',
  '/%2e%2e/package.json',
])('%s is not there', async (path) => {
  expect((await get(path)).status).toBe(404);
});

test('the page is only read, and where it has not been built the root leads to GraphiQL', async () => {
  expect((await get('/', {}, 'HEAD')).headers['content-length']).toBe(String(html.length));
  expect((await get('/assets/index-abc.js', {}, 'POST')).status).toBe(404);
  const root = await fetch(unbuilt.url, { redirect: 'manual' });
  expect(root.headers.get('location')).toBe('/graphql');
});

/** As it comes over the wire: neither decoded nor made straight. */
async function get(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  return new Promise<{
    status: number | undefined;
    headers: IncomingHttpHeaders;
    body: Buffer;
  }>((resolve, reject) => {
    const { port } = service;
    request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}
