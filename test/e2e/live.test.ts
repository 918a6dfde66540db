import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Config, readConfig } from '../../src/server/config.ts';
import { type Service, startService } from '../../src/server/start.ts';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { mutationText } from '../support/mutation.ts';
import { post, useService } from '../support/service.ts';
import { openStream, type Stream, type StreamOptions } from '../support/stream.ts';

/* Subscriptions of the service, over server-sent events. */

const database = useDatabase();
const service = useService(database);

beforeEach(() => writeBlog(database));

type PostChanged = {
  readonly postChanged: {
    readonly post: {
      readonly title: string;
      readonly body: string;
      readonly comments: readonly { readonly body: string }[];
    } | null;
    readonly changeset: {
      readonly operations: readonly {
        readonly action: string;
        readonly type: string;
        readonly recordId: string;
      }[];
    } | null;
  };
};

const DOCUMENT = `subscription ($id: ID!) {
  postChanged(id: $id) {
    post { title body comments { body } tags { name } permalink { url } }
    changeset { operations { action type recordId } }
  }
}`;

const watch = (id: string, url = service.url, options: StreamOptions = {}) =>
  openStream<PostChanged>(url, DOCUMENT, { variables: { id }, ...options });

/** The next delivery in short: `One: UPDATE Post 1`. */
async function next(stream: Stream<PostChanged>): Promise<string> {
  const delivery = await stream.next();
  if (typeof delivery === 'string') return delivery;
  const { changeset, post: record } = delivery.data.postChanged;
  const operations = changeset?.operations.map(
    ({ action, type, recordId }) => `${action} ${type} ${recordId}`,
  );
  return `${record?.title ?? 'none'}: ${operations?.join(', ') ?? 'as it is'}`;
}

const rename = (title: string, url = service.url) =>
  post(url, mutationText('updatePost'), { id: '1', input: { title } });

/** One more service on the same database, for one test. */
async function startAnother(settings: Partial<Config> = {}): Promise<Service> {
  const another = await startService({
    ...readConfig({}),
    port: 0,
    databaseUrl: database.url,
    directUrl: database.directUrl,
    migrateOnStart: false,
    logLevel: 'silent',
    ...settings,
  });
  onTestFinished(() => another.stop());
  return another;
}

test.each(['GET', 'POST'] as const)(
  'over %s a reader gets the post as it is, then each write that touches it',
  async (method) => {
    const stream = await watch('1', service.url, { method });
    expect(stream.status).toBe(200);
    expect(await next(stream)).toBe('One: as it is');
    await rename('Uno');
    expect(await next(stream)).toBe('Uno: UPDATE Post 1');
    await post(service.url, mutationText('deletePost'), { id: '1' });
    expect(await next(stream)).toMatch(/^none: DELETE/);
    expect(await next(stream)).toBe('complete');
  },
);

test.each(['99', 'x', '9'.repeat(30)])(
  'of post %s there is none, and the stream ends',
  async (id) => {
    const stream = await watch(id);
    expect(await next(stream)).toBe('none: as it is');
    expect(await next(stream)).toBe('complete');
  },
);

test('a delivery shows the changeset as the answer of the mutation does', async () => {
  const changeset = `changeset {
    counts { inserted updated deleted linked unlinked unchanged }
    operations {
      action type recordId recordNodeId path reason changes { field from to }
      post { title } comment { body } tag { name } permalink { url } author { name }
    }
  }`;
  const stream = await openStream<{ postChanged: { changeset: unknown } }>(
    service.url,
    `subscription { postChanged(id: 1) { ${changeset} } }`,
  );
  await stream.next();
  for (const field of [
    `updatePost(id: 1, input: { body: null, comments: { cast: { entries: [{ id: 11, body: "é💬" }, { body: "new" }] } }, tags: { put: { refs: [{ id: 43 }] } } })`,
    'deletePost(id: 1)',
  ]) {
    const name = field.startsWith('delete') ? 'DeletePost' : 'UpdatePost';
    const { data } = await post<{ result: { changeset: unknown } }>(
      service.url,
      `mutation { result: ${field} { ... on ${name}Success { ${changeset} } } }`,
    );
    const delivery = await stream.next();
    expect(delivery).toEqual({ data: { postChanged: { changeset: data.result.changeset } } });
  }
});

test('what was answered before a reader came is not delivered as a write', async () => {
  for (let turn = 0; turn < 10; turn += 1) {
    await rename(`before ${turn}`);
    const stream = await watch('1');
    expect(await next(stream)).toBe(`before ${turn}: as it is`);
    await rename(`after ${turn}`);
    expect(await next(stream)).toBe(`after ${turn}: UPDATE Post 1`);
    stream.close();
  }
});

test('writes of another process come too, in their order, however long', async () => {
  const another = await startAnother();
  const stream = await watch('1');
  await stream.next();
  const bodies = ['short', '💬'.repeat(20_000), 'é"\\\n'.repeat(5_000), 'last'];
  for (const body of bodies) {
    await post(another.url, mutationText('updatePost'), { id: '1', input: { body } });
    const delivery = await stream.next();
    expect(delivery).toMatchObject({ data: { postChanged: { post: { body } } } });
  }
});

test('each delivery reads everything anew, within the limits of one request', async () => {
  const { limits } = readConfig({});
  const { url } = await startAnother({ limits: { ...limits, maxRows: 10 } });
  const stream = await watch('1', url);
  await stream.next();
  for (const count of [4, 5]) {
    await database.sql(`INSERT INTO comments (body, post_id) VALUES ('beside', 1)`);
    await rename(`with ${count}`);
    const delivery = await stream.next();
    expect(delivery).toMatchObject({ data: { postChanged: { post: { title: `with ${count}` } } } });
    if (typeof delivery === 'string') throw new Error(delivery);
    expect(delivery.data.postChanged.post?.comments).toHaveLength(count);
  }
  await database.sql(
    `INSERT INTO comments (body, post_id) SELECT 'beside', 1 FROM generate_series(1, 10)`,
  );
  await rename('too many');
  expect(await stream.next()).toMatchObject({
    data: null,
    errors: [{ extensions: { code: 'TOO_MANY_ROWS' } }],
  });
  await database.sql(`DELETE FROM comments`);
  await rename('fewer');
  expect(await next(stream)).toBe('fewer: UPDATE Post 1');
});

test('after its connection was lost, a process delivers every record as it is', async () => {
  const { url } = await startAnother();
  const streams = [await watch('1', url), await watch('2', url)];
  for (const stream of streams) await stream.next();
  await database.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query ~ '^(LISTEN|SELECT pg_notify)'`,
  );
  await database.sql(`UPDATE posts SET title = 'meanwhile'`);
  for (const stream of streams) expect(await next(stream)).toBe('meanwhile: as it is');
  await rename('then');
  expect(await next(streams[0] ?? (await watch('1')))).toBe('then: UPDATE Post 1');
});

describe('refused is', () => {
  const get = (headers: Readonly<Record<string, string>>) =>
    watch('1', service.url, { method: 'GET', headers });

  test('a page of another site', async () => {
    expect((await get({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await get({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await get({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  test.each([
    [
      'QUERY_TOO_COMPLEX',
      `subscription { postChanged(id: 1) { ${'post { author { posts { id '.repeat(8)}${'} } }'.repeat(8)} } }`,
    ],
    [
      'QUERY_TOO_COMPLEX',
      `subscription { postChanged(id: 1) { post { tags(first: 100000) { posts(first: 100) { id } } } } }`,
    ],
    [
      'GRAPHQL_VALIDATION_FAILED',
      'subscription { a: postChanged(id: 1) { post { id } } b: postChanged(id: 2) { post { id } } }',
    ],
  ])('what holds too much: %s', async (code, document) => {
    const stream = await openStream(service.url, document);
    expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(await stream.next()).toBe('complete');
  });

  test('a client that takes no stream', async () => {
    expect(
      (await watch('1', service.url, { headers: { accept: 'application/json' } })).status,
    ).toBe(406);
  });

  test('one stream more than there may be; streams are no requests under way', async () => {
    const { httpLimits } = readConfig({});
    const { url } = await startAnother({
      httpLimits: { ...httpLimits, maxStreams: 2, maxRequests: 1 },
    });
    const streams = [await watch('1', url), await watch('2', url)];
    for (const stream of streams) await stream.next();
    const refused = await watch('3', url);
    expect(refused.status).toBe(503);
    expect(await refused.next()).toMatchObject({
      errors: [{ extensions: { code: 'UNAVAILABLE' } }],
    });
    expect((await rename('Uno', url)).errors).toBeUndefined();
    streams[0]?.close();
    await expect.poll(async () => (await watch('3', url)).status).toBe(200);
  });

  test('everybody where LIVE is false, and then nothing is told', async () => {
    const { url } = await startAnother({ live: false });
    const stream = await watch('1', url);
    expect(await stream.next()).toMatchObject({
      errors: [{ extensions: { code: 'LIVE_IS_OFF' } }],
    });
    const statements = await database.statementsOf(() => rename('Uno', url));
    expect(statements.filter(({ sql }) => sql.includes('pg_notify'))).toEqual([]);
  });
});

test('a service that stops cuts its streams off, and does not wait for them', async () => {
  const another = await startAnother({ shutdownTimeout: 600_000 });
  const stream = await watch('1', another.url);
  await stream.next();
  await another.stop();
  expect(await next(stream)).toBe('cut');
});
