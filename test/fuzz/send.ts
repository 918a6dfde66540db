import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FuzzRequest, bodyOf } from './request.ts';
import type { Operation } from './operation.ts';
import type { RawRequest } from './raw-request.ts';

/** What came back. */
export type Reply = {
  /** 0 where nothing came. */
  readonly status: number;
  readonly body: string;
  /** ms until its end. */
  readonly took: number;
  /** How it ended: as it should, after no more patience, or the connection was lost. */
  readonly end: 'whole' | 'late' | 'lost';
};

/** Sends a request and waits for its end, at most `patience` ms. */
export async function send(
  url: string,
  request: FuzzRequest,
  patience: number,
  token?: string,
): Promise<Reply> {
  const start = performance.now();
  const reply =
    request.kind === 'raw'
      ? await sendRaw(url, request, patience)
      : await post(`${url}/graphql`, request, patience, token);
  return { ...reply, took: performance.now() - start };
}

type Untimed = Omit<Reply, 'took'>;

async function post(
  url: string,
  request: Operation,
  patience: number,
  token?: string,
): Promise<Untimed> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      // A connection kept alive may end just as it is used again.
      headers: {
        'content-type': 'application/json',
        connection: 'close',
        ...(request.isSubscription && { accept: 'text/event-stream' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: bodyOf(request),
      signal: AbortSignal.timeout(patience),
    });
    const body = request.isSubscription ? await beginningOf(response) : await response.text();
    return { status: response.status, body, end: 'whole' };
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    const cause = error instanceof Error ? error.cause : undefined;
    return { status: 0, body: `${String(error)}: ${String(cause)}`, end: isLate ? 'late' : 'lost' };
  }
}

/** What comes of a stream in the time in which a first event does; then its reader hangs up. */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const part = await Promise.race([reader.read(), sleep(STREAM, null)]);
    if (part === null || part.done) break;
    text += part.value;
  }
  await reader.cancel();
  return text;
}

/** ms for which the next event is waited for. */
const STREAM = 200;

async function sendRaw(url: string, { parts, end }: RawRequest, patience: number) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let body = '';
  const closed = new Promise<Untimed['end']>((resolve) => {
    const clock = setTimeout(() => resolve('late'), patience);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(clock);
      resolve('whole');
    });
  });
  socket.setEncoding('latin1').on('data', (text: string) => {
    body += text;
    if (end === 'cutAnswer') socket.destroy();
  });
  for (const [at, part] of parts.entries()) {
    if (at > 0) await sleep(20);
    socket.write(part, 'latin1');
  }
  if (end === 'half') socket.end();
  if (end === 'cut') setTimeout(() => socket.destroy(), 5);
  const ended = await closed;
  socket.destroy();
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(body)?.[1] ?? 0);
  return { status, body, end: ended };
}
