import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Config, readConfig } from '../../src/server/config.ts';
import { type Service, startService } from '../../src/server/start.ts';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { waiters, whileHeld } from '../support/held.ts';
import { type MutationResult, mutationText } from '../support/mutation.ts';
import { post } from '../support/service.ts';

const database = useDatabase();
let service: Service;
let agent: Agent;

const SHUTDOWN_TIMEOUT = 300;
/** Nothing is to wait so long. */
const FOR_EVER = 600_000;

beforeEach(async () => {
  await writeBlog(database);
  agent = new Agent({ keepAlive: true });
  service = await startService(configOf());
});

function configOf(): Config {
  return {
    ...readConfig({}),
    port: 0,
    databaseUrl: database.url,
    directUrl: database.directUrl,
    migrateOnStart: false,
    logLevel: 'silent',
    shutdownTimeout: FOR_EVER,
  };
}

afterEach(() => agent.destroy());

const holdsPost = 'SELECT FROM posts WHERE id = 1 FOR UPDATE';

const build = (body: string) =>
  post<{ result: MutationResult }>(service.url, mutationText('buildPostComment'), {
    postId: '1',
    input: { body },
  });

const written = async () => (await database.sql('SELECT FROM comments WHERE id > 100')).length;

/** Asks over a connection that is kept alive. */
async function ask(path: string): Promise<number | undefined> {
  const asked = request(`${service.url}${path}`, { agent }).end();
  const [response] = await once(asked, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

test('a stop lets requests under way end, and takes no more', async () => {
  await ask('/health');
  const { answers, stopped } = await whileHeld(database, holdsPost, async () => {
    const answers = [build('first'), build('second'), build('third')];
    await waiters(database, 3);
    const stopped = service.stop();
    await expect(fetch(`${service.url}/health`)).rejects.toThrow();
    return { answers, stopped };
  });
  const results = await Promise.all(answers);
  expect(results.map(({ data }) => data.result.__typename)).toEqual([
    'BuildPostCommentSuccess',
    'BuildPostCommentSuccess',
    'BuildPostCommentSuccess',
  ]);
  await stopped;
  expect(await written()).toBe(3);
});

test('connections that are kept alive do not hold a stop up', async () => {
  expect(await ask('/ready')).toBe(200);
  await service.stop();
});

test('a request that does not end in time is cut, and leaves nothing', async () => {
  await service.stop();
  service = await startService({
    ...configOf(),
    shutdownTimeout: SHUTDOWN_TIMEOUT,
  });
  await whileHeld(database, holdsPost, async () => {
    const answer = build('late').catch((error: unknown) => error);
    await waiters(database);
    const started = Date.now();
    const stopped = service.stop();
    expect(await answer).toBeInstanceOf(TypeError);
    const took = Date.now() - started;
    expect(took).toBeGreaterThanOrEqual(SHUTDOWN_TIMEOUT - 50);
    return { stopped };
  }).then(({ stopped }) => stopped);
  expect(await written()).toBe(0);
});

test('a write whose client has hung up ends before the database is closed', async () => {
  const { stopped } = await whileHeld(database, holdsPost, async () => {
    const hangUp = new AbortController();
    const asked = fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: mutationText('buildPostComment'),
        variables: { postId: '1', input: { body: 'hung up' } },
      }),
      signal: hangUp.signal,
    });
    await waiters(database);
    hangUp.abort();
    await expect(asked).rejects.toThrow('abort');
    await sleep(50);
    return { stopped: service.stop() };
  });
  await stopped;
  expect(await written()).toBe(1);
});

/** Sends a document and hangs up once its first statement waits for a lock. */
async function hangUpWaiting(query: string): Promise<void> {
  const hangUp = new AbortController();
  const asked = fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: hangUp.signal,
  });
  await waiters(database);
  hangUp.abort();
  await expect(asked).rejects.toThrow('abort');
  await sleep(50);
}

const THREE_WRITES = `mutation {
  ${['a', 'b', 'c'].map((name) => `${name}: buildPostComment(postId: 1, input: { body: "${name}" }) { __typename }`).join(' ')}
}`;

test('a client that hangs up stops the root mutations that have not begun', async () => {
  const { stopped } = await whileHeld(database, holdsPost, async () => {
    await hangUpWaiting(THREE_WRITES);
    return { stopped: service.stop() };
  });
  await stopped;
  expect(await written()).toBe(1);
});

test('root mutations that have not begun in time are not run, and say so', async () => {
  await service.stop();
  service = await startService({
    ...configOf(),
    httpLimits: { ...readConfig({}).httpLimits, requestTimeout: 20 },
  });
  const answer = await whileHeld(database, holdsPost, async () => {
    const answer = post<null>(service.url, THREE_WRITES);
    await waiters(database);
    await sleep(100);
    return { answer };
  }).then(({ answer }) => answer);
  expect(answer.errors?.length).toBeGreaterThan(0);
  for (const error of answer.errors ?? []) {
    expect(['b', 'c']).toContain(error.path?.[0]);
    expect(error.extensions).toMatchObject({ code: 'TIMEOUT' });
  }
  expect(answer.retryAfter).toBeUndefined();
  await service.stop();
  expect(await written()).toBe(1);
});

test('a service that is to stop is not ready, and serves on until the delay is over', async () => {
  await service.stop();
  service = await startService({ ...configOf(), drainDelay: 600_000 });
  expect(await ask('/ready')).toBe(200);
  const hurry = new AbortController();
  const stopped = service.stop(hurry.signal);
  expect(await ask('/ready')).toBe(503);
  const { data } = await build('while it drains');
  expect(data.result.__typename).toBe('BuildPostCommentSuccess');
  hurry.abort();
  await stopped;
  await expect(fetch(`${service.url}/health`)).rejects.toThrow();
});
