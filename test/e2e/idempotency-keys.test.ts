import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../../src/server/config.ts';
import { startService } from '../../src/server/start.ts';
import { contractMutations } from '../support/write.ts';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { type MutationName, type MutationResult, mutationText } from '../support/mutation.ts';
import { readTables } from '../support/rows.ts';
import { post, useService } from '../support/service.ts';

const database = useDatabase();
const config = readConfig({});
const idempotencyTtl = 3_600_000;
const service = useService(database, {
  limits: { ...config.limits, idempotencyTtl },
});

beforeEach(() => writeBlog(database));

const send = async (name: MutationName, args: object, key = 'k1') => {
  const options = { idempotencyKey: key };
  const { data } = await post<{ result: MutationResult }>(service.url, mutationText(name), {
    ...args,
    options,
  });
  return data.result;
};

const everyMutation: Readonly<Record<MutationName, object>> = {
  createPost: { input: { title: 'New' } },
  updatePost: { id: '1', input: { comments: { build: [{ body: 'New' }] } } },
  deletePost: { id: '1' },
  buildPostComment: { postId: '1', input: { body: 'New' } },
  createComment: { input: { body: 'New', postId: '3' } },
  updateComment: { id: '13', input: { body: 'New' } },
  deleteComment: { id: '13' },
  createAuthor: { input: { name: 'New' } },
  updateAuthor: { id: '1', input: { posts: { build: [{ title: 'New' }] } } },
  deleteAuthor: { id: '3' },
  createTag: { input: { name: 'new' } },
  updateTag: { id: '41', input: { name: 'new' } },
  deleteTag: { id: '41' },
};

test('every mutation takes a key', () => {
  expect(Object.keys(everyMutation).toSorted()).toEqual(contractMutations.toSorted());
});

test.each(Object.entries(everyMutation) as [MutationName, object][])(
  '%s that is sent again under its key gives the first outcome, and writes nothing',
  async (name, args) => {
    const before = await readTables(database);
    const first = await send(name, args);
    expect(first.__typename).toMatch(/Success$/);
    const rows = await readTables(database);
    expect(rows).not.toEqual(before);
    expect(await send(name, args)).toEqual(first);
    expect(await readTables(database)).toEqual(rows);
  },
);

test('IdempotencyConflict comes before StaleEntry', async () => {
  await send('updatePost', { id: '1', input: { title: 'New' } });
  const stale = { id: '1', input: { title: 'Newer', lockVersion: 1 } };
  expect(await send('updatePost', stale, 'k2')).toMatchObject({
    __typename: 'StaleEntry',
  });
  expect(await send('updatePost', stale)).toMatchObject({
    __typename: 'IdempotencyConflict',
  });
});

test('a key is kept for IDEMPOTENCY_TTL', async () => {
  await send('deleteComment', { id: '13' });
  const [key] = await database.sql(
    `SELECT expires_at <= now() + interval '1 h' AS in_time, expires_at > now() AS lives FROM idempotency_keys`,
  );
  expect(key).toEqual({ in_time: true, lives: true });
});

test('the service deletes the keys whose time is over by itself, until it stops', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const running = await startService({
    ...config,
    port: 0,
    databaseUrl: database.url,
    directUrl: database.directUrl,
    migrateOnStart: false,
    logLevel: 'silent',
  });
  await database.sql(`
    INSERT INTO idempotency_keys (key, request, expires_at)
      VALUES ('over', '', now()), ('lives', '', now() + interval '1 min')`);
  const keys = () => database.sql('SELECT key FROM idempotency_keys');
  vi.advanceTimersByTime(60_000);
  while ((await keys()).length > 1) await sleep(5);
  expect(await keys()).toEqual([{ key: 'lives' }]);
  await running.stop();
  expect(vi.getTimerCount()).toBe(0);
});
