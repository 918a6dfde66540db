import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, type BrotliOptions, constants, gzip } from 'node:zlib';

/** A file as it is sent: in each encoding that browsers take, made when it is first asked for. */
export type StaticFile = {
  /** What it always says of itself: its type, how long it may be kept. */
  readonly headers: OutgoingHttpHeaders;
  readonly etag: string;
  readonly encoded: (encoding: Encoding) => Promise<Buffer>;
};

type Encoding = keyof typeof encoders;

const encoders = {
  br: (body) => promisify(brotliCompress)(body, { params: brotliOf(body) }),
  gzip: promisify(gzip),
  identity: (body: Buffer) => Promise.resolve(body),
} as const satisfies Readonly<Record<string, (body: Buffer) => Promise<Buffer>>>;

/** At its best it takes a minute for what is large. */
function brotliOf({ length }: Buffer): BrotliOptions['params'] {
  return {
    [constants.BROTLI_PARAM_QUALITY]: length > 1_000_000 ? 5 : constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: length,
  };
}

/** The header of a file that has a hash of what it holds in its name: a browser loads it once. */
export const IMMUTABLE = { 'cache-control': 'public, max-age=31536000, immutable' } as const;

/** Makes a file of its content. */
export function makeStaticFile(body: Buffer, headers: OutgoingHttpHeaders): StaticFile {
  const made = new Map<Encoding, Promise<Buffer>>();
  return {
    headers,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    encoded(encoding) {
      const encoded = made.get(encoding) ?? encoders[encoding](body);
      made.set(encoding, encoded);
      return encoded;
    },
  };
}

/** Sends a file, compressed for clients that accept it, or says that theirs is the same. */
export async function sendStaticFile(
  { headers, etag, encoded }: StaticFile,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const vary = [headers['vary'], 'accept-encoding'].filter((name) => name !== undefined).join(', ');
  const always = { ...headers, etag, vary };
  if (isSame(request, etag)) {
    response.writeHead(304, always).end();
    return;
  }
  const encoding = encodingOf(request);
  const body = await encoded(encoding);
  response
    .writeHead(200, {
      ...always,
      'content-length': body.length,
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    })
    .end(body);
}

function isSame({ headers }: IncomingMessage, etag: string): boolean {
  const sent = headers['if-none-match'] ?? '';
  return sent.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** The best encoding that a client accepts; one that it gives a weight of 0 it does not. */
function encodingOf({ headers }: IncomingMessage): Encoding {
  const accepted = String(headers['accept-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.replace(/\s*;.*$/, ''));
  return (['br', 'gzip'] as const).find((name) => accepted.includes(name)) ?? 'identity';
}
