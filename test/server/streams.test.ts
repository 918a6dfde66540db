import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import type { Identity } from '../../src/server/auth/authenticate.ts';
import { sendRaw, useHttpServer } from '../support/http-server.ts';
import { openStream } from '../support/stream.ts';

/* What ends a stream, whatever it delivers. */

const schema = buildSchema(
  'type Query { one: Int } type Subscription { ticks: Int faults: Int floods: String }',
);
let ended = 0;
const { ticks, faults, floods } = schema.getSubscriptionType()?.getFields() ?? {};
if (!ticks || !faults || !floods) throw new Error();

/** Delivers 1, then nothing more. */
ticks.subscribe = () => {
  let isFirst = true;
  let end = () => {};
  const closed = new Promise<IteratorResult<object>>((resolve) => {
    end = () => resolve({ value: undefined, done: true });
  });
  const source: AsyncIterableIterator<object> = {
    [Symbol.asyncIterator]: () => source,
    async next() {
      if (!isFirst) return closed;
      isFirst = false;
      return { value: { ticks: 1 }, done: false };
    },
    async return() {
      ended += 1;
      end();
      return closed;
    },
  };
  return source;
};

/** Delivers 1, then fails once it is told to. */
let fail = () => {};
faults.subscribe = async function* () {
  yield { faults: 1 };
  await new Promise<void>((resolve) => {
    fail = resolve;
  });
  throw new Error('the source is broken');
};

/** Delivers more than anybody takes. */
floods.subscribe = async function* () {
  for (;;) yield await Promise.resolve({ floods: 'x'.repeat(100_000) });
};

let expiresAt = 0;
/** A token that ends soon after it is seen. */
const authenticate = (): Promise<Identity> => {
  expiresAt = Date.now() + 300;
  return Promise.resolve({ kind: 'person', issuer: '', subject: 'ann', isAdmin: false, expiresAt });
};
const server = useHttpServer({ schema, httpLimits: { stallTimeout: 500 } });
const strict = useHttpServer({ schema, httpLimits: { streamTimeout: 500 } });
const known = useHttpServer({ schema, authenticate });

test('a client that hangs up ends the source of its stream', async () => {
  const before = ended;
  const stream = await openStream(server.url, 'subscription { ticks }');
  expect(await stream.next()).toEqual({ data: { ticks: 1 } });
  expect(server.size()).toBe(1);
  stream.close();
  await expect.poll(() => server.size()).toBe(0);
  await expect.poll(() => ended).toBeGreaterThan(before);
});

test('a stream is cut off when the token of its reader ends', async () => {
  const stream = await openStream(known.url, 'subscription { ticks }');
  expect(await stream.next()).toEqual({ data: { ticks: 1 } });
  expect(await stream.next()).toBe('cut');
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt - 1);
});

test('a stream whose source fails is cut off, and the failure is logged', async () => {
  const stream = await openStream(server.url, 'subscription { faults }');
  expect(await stream.next()).toEqual({ data: { faults: 1 } });
  fail();
  expect(await stream.next()).toBe('cut');
  expect(server.lines()).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      msg: 'a stream is cut off',
      err: expect.objectContaining({ message: 'the source is broken' }),
    }),
  );
});

test('a stream that has lasted long enough is cut off', async () => {
  const stream = await openStream(strict.url, 'subscription { ticks }');
  expect(await stream.next()).toEqual({ data: { ticks: 1 } });
  expect(await stream.next()).toBe('cut');
});

test('a stream whose reader takes nothing though something waits is cut off', async () => {
  const query = encodeURIComponent('subscription { floods }');
  const socket = sendRaw(
    server.port,
    `GET /graphql?query=${query} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`,
  ).pause();
  await expect.poll(() => server.size()).toBe(1);
  await expect.poll(() => server.size()).toBe(0);
  socket.destroy();
});
