import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { makeSchema, rawGet, readRaw, sendRaw, useHttpServer } from '../support/http-server.ts';

/** Opened by a test, for whatever waits at it. */
let gate = makeGate();
let waiting = 0;
let mostWaiting = 0;

const big = 'x'.repeat(10_000_000);
const schema = makeSchema('type Query { wait: String never: String big: String }', {
  async wait() {
    waiting += 1;
    mostWaiting = Math.max(mostWaiting, waiting);
    try {
      return await gate.opened;
    } finally {
      waiting -= 1;
    }
  },
  never: () => new Promise(() => {}),
  big: () => big,
});

function makeGate() {
  let open: (value: string) => void = () => {};
  const opened = new Promise<string>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((again) => setTimeout(again, 5));
}

describe('at once', () => {
  const server = useHttpServer({
    schema,
    httpLimits: { maxRequests: 2, maxPipelined: 3 },
  });
  const ask = () => fetch(`${server.url}/graphql?query={wait}`);

  test('so many requests are served as are allowed; one more is sent away, but for /health and /ready', async () => {
    gate = makeGate();
    const served = [ask(), ask()];
    await until(() => waiting === 2);
    const away = await ask();
    expect(away.status).toBe(503);
    expect(away.headers.get('retry-after')).toBe('1');
    expect(await away.json()).toMatchObject({
      errors: [{ extensions: { code: 'UNAVAILABLE' } }],
    });
    expect(server.lines()).toMatchObject([{ code: 'UNAVAILABLE' }]);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    gate.open('done');
    for (const response of await Promise.all(served)) {
      expect(await response.json()).toEqual({ data: { wait: 'done' } });
    }
    expect((await ask()).status).toBe(200);
  });

  test('requests of one connection run one after the other; beyond those that may wait the connection is closed', async () => {
    gate = makeGate();
    mostWaiting = 0;
    const socket = sendRaw(server.port, rawGet('{wait}').repeat(100));
    const refused = () => server.lines().filter(({ code }) => code === 'UNAVAILABLE');
    await until(() => waiting === 1 && refused().length === 1);
    gate.open('done');
    const answers = await readRaw(socket);
    expect(mostWaiting).toBe(1);
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual([
      ...Array.from({ length: 4 }, () => 'HTTP/1.1 200'),
      'HTTP/1.1 503',
    ]);
    expect(refused()).toHaveLength(1);
    await until(() => server.size() === 0);
  });

  test('requests sent one after the other over one connection are all served', async () => {
    const socket = sendRaw(server.port, '');
    for (let turn = 0; turn < 20; turn += 1) {
      const answer = once(socket, 'data');
      socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
      expect(String(await answer)).toMatch(/^HTTP\/1.1 200/);
    }
    socket.destroy();
  });
});

describe('a client that hangs up', () => {
  const server = useHttpServer({ schema });

  test('leaves nothing behind, at the first byte of its answer', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const socket = sendRaw(server.port, rawGet('{big}'));
      await once(socket, 'data');
      socket.destroy();
    }
    await until(() => server.size() === 0);
  });

  test('ends its read', async () => {
    const socket = sendRaw(server.port, rawGet('{never}'));
    await until(() => server.size() === 1);
    socket.destroy();
    await until(() => server.size() === 0);
  });

  test('leaves nothing behind in the middle of its body', async () => {
    const socket = sendRaw(server.port, HALF_BODY);
    await until(() => server.size() === 1);
    socket.destroy();
    await until(() => server.size() === 0);
  });
});

const HALF_HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\n';
const HALF_BODY = `${HALF_HEAD}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"query"`;

describe('what comes too slowly', () => {
  const server = useHttpServer({
    schema,
    httpLimits: {
      headTimeout: 50,
      receiveTimeout: 100,
      requestTimeout: 50,
      sendTimeout: 50,
    },
  });

  test.each([
    ['a connection without a request', ''],
    ['half a head', HALF_HEAD],
    ['half a body', HALF_BODY],
  ])('is cut off: %s', async (_what, text) => {
    const answer = await readRaw(sendRaw(server.port, text));
    expect(answer).toMatch(/^(HTTP\/1.1 408 Request Timeout\r\n.*)?$/s);
    await until(() => server.size() === 0);
  });

  test('is cut off: a client that takes nothing of its answer', async () => {
    const socket = sendRaw(server.port, rawGet('{big}'));
    socket.pause();
    await until(() => server.size() === 1);
    await until(() => server.size() === 0);
    socket.destroy();
  });

  test('is refused: a query whose time is over', async () => {
    const response = await fetch(`${server.url}/graphql?query={never}`);
    expect(response.headers.get('retry-after')).toBe(null);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: expect.stringContaining('longer than 50 ms'),
          extensions: { code: 'TIMEOUT' },
        },
      ],
    });
  });
});

describe('an end', () => {
  const server = useHttpServer({ schema });

  test('waits for requests that have come, and for nothing else', async () => {
    gate = makeGate();
    for (const part of ['', HALF_HEAD, HALF_BODY]) sendRaw(server.port, part);
    const idle = sendRaw(server.port, rawGet('{wait}'));
    await until(() => waiting === 1 && server.size() === 2);
    const closed = server.close(600_000);
    await until(() => server.size() === 1);
    gate.open('done');
    expect(await readRaw(idle)).toContain('{"data":{"wait":"done"}}');
    await closed;
  });
});

test('what is no HTTP is refused in one line', async () => {
  const answer = await readRaw(sendRaw(noise.port, 'nonsense\r\n\r\n'));
  expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
  expect(noise.lines()).toMatchObject([{ level: 'info' }]);
  expect(JSON.stringify(noise.lines())).not.toContain('stack');
});

const noise = useHttpServer({ schema });
