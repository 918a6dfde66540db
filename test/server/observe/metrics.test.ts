import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../../../src/server/config.ts';
import { type Service, startService } from '../../../src/server/start.ts';
import { writeBlog } from '../../support/blog.ts';
import { useDatabase } from '../../support/database.ts';
import { whileHeld, waiters } from '../../support/held.ts';
import { post } from '../../support/service.ts';
import { openStream } from '../../support/stream.ts';

const database = useDatabase();
let service: Service | undefined;
afterEach(() => service?.stop());

async function start(settings: Record<string, string> = {}): Promise<string> {
  const environment = { PORT: '0', DATABASE_URL: database.url, LOG_LEVEL: 'silent', ...settings };
  service = await startService({ ...readConfig(environment), migrateOnStart: false });
  return service.url;
}

/** The samples of a scrape: `name{label="…"}` and its value. */
async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return new Map(
    [...text.matchAll(/^([^#\s].*) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  );
}

test('/metrics counts requests, their outcomes and limits, what they wrote, and the connections', async () => {
  const url = await start();
  await writeBlog(database);
  await post(url, '{ posts { totalCount } }');
  await post(url, '{ nothing }');
  await post(url, `{ ${'__typename '.repeat(21)} }`);
  const build = 'mutation { buildPostComment(postId: 1, input: { body: "x" }) { __typename } }';
  await post(url, build);
  await post(url, 'mutation { deletePost(id: 99) { __typename } }');
  const samples = await scrape(url);
  const requests = [...samples].filter(([name]) => name.startsWith('graphql_requests_total'));
  expect(Object.fromEntries(requests)).toEqual({
    'graphql_requests_total{type="query",code="OK"}': 1,
    'graphql_requests_total{type="none",code="GRAPHQL_VALIDATION_FAILED"}': 1,
    'graphql_requests_total{type="none",code="QUERY_TOO_COMPLEX"}': 1,
    'graphql_requests_total{type="mutation",code="OK"}': 1,
    'graphql_requests_total{type="mutation",code="NotFound"}': 1,
  });
  expect(samples.get('graphql_request_duration_seconds_count{type="mutation"}')).toBe(2);
  expect(samples.get('graphql_refusals_total{limit="root fields"}')).toBe(1);
  expect(samples.get('mutation_operations_total{action="insert"}')).toBe(1);
  expect(samples.get('database_statement_duration_seconds_count')).toBeGreaterThan(3);
  expect(samples.get('database_connections{state="idle"}')).toBeGreaterThan(0);
  expect(samples.get('database_connections{state="used"}')).toBe(0);
  expect(samples.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
});

test('a mutation that waits for the lock of another is counted, and why it ran again', async () => {
  const url = await start();
  await writeBlog(database);
  const cast = `mutation {
    updatePost(id: 1, input: { comments: { cast: { entries: [] } } }) { __typename } }`;
  let answer: Promise<unknown> | undefined;
  await whileHeld(database, 'SELECT FROM posts WHERE id = 1 FOR UPDATE', async () => {
    answer = post(url, cast);
    await waiters(database);
  });
  await answer;
  const samples = await scrape(url);
  expect(samples.get('mutation_lock_wait_seconds_count')).toBe(1);
  expect(samples.get('mutation_retries_total{reason="locked"}')).toBe(1);
});

test('who listens to a stream is counted, for as long as that lasts', async () => {
  const url = await start();
  await writeBlog(database);
  const stream = await openStream(url, 'subscription { postChanged(id: 1) { post { id } } }');
  await stream.next();
  expect((await scrape(url)).get('live_readers')).toBe(1);
  stream.close();
  while ((await scrape(url)).get('live_readers') !== 0);
});

test('/metrics takes any Host', async () => {
  const url = await start();
  const status = await new Promise((resolve, reject) => {
    request(`${url}/metrics`, { headers: { host: 'prometheus.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(200);
});

test('METRICS=false: there are none', async () => {
  const url = await start({ METRICS: 'false' });
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
});

test('METRICS_PORT serves them there, and them alone', async () => {
  const port = '42317';
  const url = await start({ METRICS_PORT: port });
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${port}/graphql`)).status).toBe(404);
  await post(url, '{ posts { totalCount } }');
  const samples = await scrape(`http://127.0.0.1:${port}`);
  expect(samples.get('graphql_requests_total{type="query",code="OK"}')).toBe(1);
  const rival = startService(
    readConfig({
      PORT: '0',
      METRICS_PORT: port,
      DATABASE_URL: database.url,
      MIGRATE_ON_START: 'false',
      LOG_LEVEL: 'silent',
    }),
  );
  await expect(rival).rejects.toThrow(/set METRICS_PORT to a free one/);
});
