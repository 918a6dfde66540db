import type { Random } from '../soak/random.ts';

/** Bytes for a connection of its own, and what becomes of it. */
export type RawRequest = {
  readonly kind: 'raw';
  /** As Latin-1 text, in the parts in which they are sent. */
  readonly parts: readonly string[];
  /**
   * `wait`: for the answer and its end. `half`: send no more, and wait. `cut`: hang up at once.
   * `cutAnswer`: hang up when the answer begins.
   */
  readonly end: 'wait' | 'half' | 'cut' | 'cutAnswer';
};

/** Makes a request that is nearly HTTP, of a GraphQL request's `body` as JSON. */
export function makeRawRequest(random: Random, body: string): RawRequest {
  const pick = <T>(usual: T, odd: readonly T[]): T =>
    random.chance(0.6) ? usual : (random.pick(odd) ?? usual);
  const latin = Buffer.from(body).toString('latin1');
  const path = `/graphql?query=${encodeURIComponent('{__typename}')}`;
  const method = pick('POST', methods);
  const target = pick('/graphql', [...targets, path, `http://localhost${path}`]);
  const head = [
    `${method} ${target} ${pick('HTTP/1.1', versions)}`,
    pick('Host: localhost', hosts),
    pick('Content-Type: application/json', contentTypes),
    ...random.some(headers, 0.08),
    ...framing(random, latin.length),
    'Connection: close',
  ].filter((line) => line !== '');
  const text = `${head.join(pick('\r\n', ['\n', '\r', '\r\n\r\n']))}\r\n\r\n${latin}`;
  const bytes = pick(text, [
    text.slice(0, random.below(text.length)),
    `${text}${text}`,
    flip(random, text),
    random.pick(noRequests) ?? '',
    chunked(random, head, latin),
  ]);
  return {
    kind: 'raw',
    parts: random.chance(0.8) ? [bytes] : split(random, bytes),
    end: random.pick(body.includes('subscription') ? streamEnds : ends) ?? 'cut',
  };
}

const ends = ['wait', 'wait', 'half', 'cut', 'cutAnswer'] as const;
/** A stream has no end that one could wait for. */
const streamEnds = ['cut', 'cutAnswer'] as const;

const methods = [
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'TRACE',
  'CONNECT',
  'PATCH',
  'get',
  'X',
  'QUERY',
  '',
];
const targets = [
  '/',
  '/health',
  '/ready',
  '/schema.graphql',
  '/graphql/',
  '/graphql?query={__typename}&variables={',
  '/graphql?query=%',
  '/graphql?query=%ff%fe&operationName=%00',
  '/graphql?query=mutation{deletePost(id:1){__typename}}',
  '/graphql?query={a}&query={b}',
  `/graphql?query=${'x'.repeat(15_000)}`,
  '//evil.example/graphql',
  '/../../etc/passwd',
  '/%2e%2e/%00',
  'http://x:99999/graphql',
  'http://evil.example/graphql',
  'http://[::1/graphql',
  'http://a@localhost/graphql',
  'ftp://localhost/graphql',
  '*',
  '#',
  '\u00ff\u00fe',
];
const versions = ['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.1 ', 'HTTP/9.9', ''];
const hosts = [
  '',
  'Host: x:99999',
  'Host: evil.example',
  'Host: 127.0.0.1:1',
  'Host: [::1]',
  'Host: [::1',
  'Host: a b',
  'Host: a/b',
  'Host: \u00ff',
  'Host: localhost\r\nHost: localhost',
  'Host: LOCALHOST.',
  'Host:',
];
const contentTypes = [
  '',
  'Content-Type: text/plain',
  'Content-Type: application/graphql',
  'Content-Type: application/graphql+json',
  'Content-Type: application/json; charset=utf-16',
  'Content-Type: application/json; charset=x',
  'Content-Type: multipart/form-data; boundary=x',
  'Content-Type: application/x-www-form-urlencoded',
  'Content-Type: application/json, text/plain',
  'Content-Type: \u00ff',
];
const headers = [
  'Accept: text/html',
  'Accept: application/graphql-response+json',
  'Accept: text/event-stream',
  'Accept: multipart/mixed',
  'Accept: x/y;q=2',
  'Accept: ',
  'Origin: https://evil.example',
  'Origin: null',
  'Origin: \u00ff',
  'Sec-Fetch-Site: cross-site',
  'Expect: 100-continue',
  'Expect: 200-maybe',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Upgrade: h2c',
  'Content-Encoding: gzip',
  'Transfer-Encoding: gzip',
  'Trailer: x',
  'Access-Control-Request-Method: POST',
  'Access-Control-Request-Headers: \u00ff',
  'Cookie: a=b; __proto__=c',
  'X-Request-Id: a\tb',
  'X-Request-Id: ' + 'x'.repeat(1_000),
  'X-Long: ' + 'x'.repeat(20_000),
  'If-None-Match: *',
  'Range: bytes=0-1',
  '__proto__: x',
  'No colon',
  ': no name',
  ' folded',
  ...[200, 3_000].map((count) =>
    Array.from({ length: count }, (_, at) => `X-${at}: ${at}`).join('\r\n'),
  ),
];
const noRequests = [
  '',
  '\r\n\r\n\r\n',
  '\u0000'.repeat(100),
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  '{__typename}',
  'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(200),
  'GET /ready HTTP/1.1\r\n\r\n'.repeat(100),
];

function framing(random: Random, length: number): readonly string[] {
  if (random.chance(0.75)) return [`Content-Length: ${length}`];
  return (
    random.pick([
      [],
      [`Content-Length: ${length + 10}`],
      [`Content-Length: ${Math.max(length - 10, 0)}`],
      ['Content-Length: 5000000'],
      ['Content-Length: -1'],
      ['Content-Length: 99999999999999999999'],
      [`Content-Length: ${length}`, 'Content-Length: 1'],
      [`Content-Length: ${length}`, 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked'],
    ]) ?? []
  );
}

function chunked(random: Random, head: readonly string[], body: string): string {
  const kept = head.filter((line) => !/^(content-length|transfer-encoding)/i.test(line));
  const size = 1 + random.below(100);
  const chunks = body.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
  const coded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  const end =
    random.pick(['0\r\n\r\n', '0\r\nX: y\r\n\r\n', 'z\r\n', '', 'ffffffffffffffff\r\n']) ?? '';
  return `${[...kept, 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\n${coded.join('')}${end}`;
}

function flip(random: Random, text: string): string {
  const at = random.below(text.length);
  return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
}

function split(random: Random, text: string): readonly string[] {
  const at = random.below(text.length + 1);
  return [text.slice(0, at), text.slice(at)];
}
