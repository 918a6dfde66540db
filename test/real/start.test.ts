import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeAll, expect, inject, test } from 'vitest';
import { databaseUrl } from '../support/database-url.ts';
import { isAlive } from '../../src/server/embedded/postmaster.ts';
import {
  compileService,
  killServices,
  type ServiceProcess,
  spawnService,
} from '../support/process.ts';
import { post } from '../support/service.ts';

beforeAll(compileService);
afterEach(killServices);

test('without a database address the service brings its own, seeded once, kept over SIGKILL and stopped by SIGTERM', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'service-'));
  const settings = { DATA_FOLDER: folder };
  const postmaster = async () => {
    const file = join(folder, 'postgres/postmaster.pid');
    return Number((await readFile(file, 'utf8')).split('\n')[0]);
  };
  const read = '{ post(id: 7) { title comments { id body } } }';
  try {
    const first = spawnService(settings);
    const url = await first.url;
    expect(linesOf(first)).toMatchObject([
      { level: 'warn', msg: expect.stringContaining('the service is open') },
      {
        level: 'info',
        url: `${url}/graphql`,
        database: expect.stringContaining('embedded PostgreSQL'),
      },
    ]);
    const seeded = await post<unknown>(url, read);
    expect(seeded.data).toMatchObject({
      post: {
        title: 'A story...',
        comments: [{ id: '10' }, { id: '11' }, { id: '12' }],
      },
    });
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    await inDatabase(await embeddedUrl(folder), `DELETE FROM comments WHERE id = 10`);

    const rival = spawnService(settings);
    expect(await rival.exit).toBe(1);
    expect(rival.output()).toMatch(/^cannot start: .* are in use by another service .*\n$/);

    const abandoned = await postmaster();
    first.kill('SIGKILL');
    expect(await first.exit).toBe(null);
    expect(isAlive(abandoned)).toBe(true);

    const second = spawnService(settings);
    const kept = await post<unknown>(await second.url, read);
    expect(kept.data).toMatchObject({
      post: { comments: [{ id: '11' }, { id: '12' }] },
    });
    expect(isAlive(abandoned)).toBe(false);

    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const running = await postmaster();
      process.kill(running, signal);
      await gone(running);
      expect((await fetch(`${await second.url}/health`)).status).toBe(200);
      await readyAgain(await second.url);
      expect(await postmaster()).not.toBe(running);
      const after = await post<unknown>(await second.url, read);
      expect(after.data).toEqual(kept.data);
    }
    second.kill('SIGTERM');
    expect(await second.exit).toBe(0);

    const third = spawnService(settings);
    await third.url;
    const last = await postmaster();
    third.kill('SIGINT');
    expect(await third.exit).toBe(0);
    expect(isAlive(last)).toBe(false);
  } finally {
    killServices();
    await rm(folder, { recursive: true, force: true });
  }
});

test('of services that start at once on one folder one runs and the others say why, with data and without', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'service-'));
  try {
    // The first round makes the data.
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      const services = [1, 2, 3].map(() => spawnService({ DATA_FOLDER: folder }));
      const running = await Promise.any(
        services.map(async (service) => ({ service, url: await service.url })),
      );
      const others = services.filter((service) => service !== running.service);
      expect(await Promise.all(others.map(({ exit }) => exit))).toEqual([1, 1]);
      for (const { output } of others) {
        expect(output()).toMatch(/^cannot start: .* are in use by another .*\n$/);
      }
      const read = '{ post(id: 7) { comments { id } } }';
      expect((await post<object>(running.url, read)).data).toMatchObject({
        post: { comments: [{ id: '10' }, { id: '11' }, { id: '12' }] },
      });
      running.service.kill(signal);
      expect(await running.service.exit).toBe(0);
    }
    expect((await readdir(folder)).toSorted()).toEqual([
      'password',
      'postgres',
      'postgres.log',
      'seeded',
    ]);
  } finally {
    killServices();
    await rm(folder, { recursive: true, force: true });
  }
});

test('two services that start at once on an empty database migrate it once, and do not seed it', async () => {
  const url = await makeDatabase('starts_empty');
  const services = [1, 2].map(() => spawnService({ DATABASE_URL: url }));
  for (const service of services) {
    const { data } = await post<unknown>(await service.url, '{ posts { totalCount } }');
    expect(data).toEqual({ posts: { totalCount: 0 } });
  }
  const applied =
    'SELECT migration_name, count(*)::int FROM _prisma_migrations GROUP BY 1 HAVING count(*) <> 1';
  expect(await inDatabase(url, applied)).toEqual([]);
  for (const service of services) service.kill('SIGTERM');
  expect(await Promise.all(services.map(({ exit }) => exit))).toEqual([0, 0]);
});

test('SIGTERM lets the request under way end, within SHUTDOWN_TIMEOUT', async () => {
  const url = await makeDatabase('stops');
  const start = (timeout: string) =>
    spawnService({
      DATABASE_URL: url,
      SHUTDOWN_TIMEOUT: timeout,
      LOCK_TIMEOUT: '60000',
      STATEMENT_TIMEOUT: '60000',
      TRANSACTION_TIMEOUT: '60000',
    });
  const patient = start('60000');
  await patient.url;
  const impatient = start('300');
  const write = async ({ url }: ServiceProcess) =>
    post(await url, 'mutation { createAuthor(input: { name: "x" }) { __typename } }');
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE authors');
  const answers = [write(patient), write(impatient).catch(() => 'cut')];
  const waits = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  while ((await inDatabase(url, waits)).length < 2) await sleep(20);
  for (const service of [patient, impatient]) service.kill('SIGTERM');
  expect(await impatient.exit).toBe(0);
  expect(await answers[1]).toBe('cut');
  await holder.query('COMMIT');
  await holder.end();
  expect(await answers[0]).toMatchObject({
    data: { createAuthor: { __typename: 'CreateAuthorSuccess' } },
  });
  expect(await patient.exit).toBe(0);
  expect(await inDatabase(url, 'SELECT FROM authors')).toHaveLength(1);
});

test('MIGRATE_ON_START=false leaves the database as it is', async () => {
  const url = await makeDatabase('starts_unmigrated');
  const service = spawnService({
    DATABASE_URL: url,
    MIGRATE_ON_START: 'false',
  });
  await service.url;
  expect(await inDatabase(url, `SELECT FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
  while (!/tables are missing: .*posts/.test(service.output())) {
    expect((await fetch(`${await service.url}/ready`)).status).toBe(503);
  }
});

test('a start that cannot go on ends with one line and exit code 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const there = databaseUrl(inject('postgres').url, 'template_service');
  const { host, password } = new URL(there);
  const cases = [
    [{ PORT: 'abc' }, 'PORT must be a whole number from 0 to 65535'],
    [
      { DATABASE_URL: there, MIGRATE_ON_START: 'false', PORT: String(port) },
      `cannot listen on 127.0.0.1:${port}: another program uses that port; set PORT to a free one`,
    ],
    [
      { DATABASE_URL: 'postgresql://ann:s3cr3t@127.0.0.1:1/blog' },
      'cannot use the database at 127.0.0.1:1/blog: connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      { DATABASE_URL: there.replace(password, 's3cr3t') },
      `cannot use the database at ${host}/template_service: password authentication failed for user "postgres"`,
    ],
    [
      { DATABASE_URL: databaseUrl(there, 'nowhere') },
      `cannot use the database at ${host}/nowhere: database "nowhere" does not exist`,
    ],
  ] as const;
  const services = cases.map(([settings]) => spawnService(settings));
  for (const [index, [, line]] of cases.entries()) {
    expect(await services[index]?.exit).toBe(1);
    expect(services[index]?.output()).toBe(`cannot start: ${line}\n`);
  }
  taken.close();
});

function linesOf({ output }: ServiceProcess): unknown[] {
  return output()
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

async function makeDatabase(name: string): Promise<string> {
  const { url } = inject('postgres');
  await inDatabase(url, `DROP DATABASE IF EXISTS ${name}`);
  await inDatabase(url, `CREATE DATABASE ${name}`);
  return databaseUrl(url, name);
}

async function inDatabase(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function embeddedUrl(folder: string): Promise<string> {
  const password = await readFile(join(folder, 'password'), 'utf8');
  const file = await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8');
  const port = file.split('\n')[3]?.trim();
  return `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
}

async function readyAgain(url: string): Promise<void> {
  while ((await fetch(`${url}/ready`)).status !== 200) await sleep(50);
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(20);
}
