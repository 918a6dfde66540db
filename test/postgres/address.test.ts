import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { addressesToTry, readAddress } from '../../src/postgres/address.ts';
import { readConfig } from '../../src/server/config.ts';
import { makeLogger } from '../../src/server/logger.ts';
import { startService } from '../../src/server/start.ts';
import { useDatabase } from '../support/database.ts';
import { post } from '../support/service.ts';

const database = useDatabase();
const BASE = 'postgresql://ann:pw@db.example:5432/blog';

test.each([
  ['', { schema: 'public', pooler: 'none', unknown: [] }],
  ['?schema=shop', { schema: 'shop', pooler: 'none', unknown: [] }],
  ['?pgbouncer=true', { schema: 'public', pooler: 'transaction', unknown: [] }],
  ['?pgbouncer=named', { schema: 'public', pooler: 'named', unknown: [] }],
  ['?pgbouncer=false', { schema: 'public', pooler: 'none', unknown: [] }],
  [
    '?connection_limit=5&application_name=a&pool_timeout=1&connection_limit=6',
    { schema: 'public', pooler: 'none', unknown: ['connection_limit', 'pool_timeout'] },
  ],
])('an address with %j is read', (parameters, expected) => {
  const { url, ...address } = readAddress(`${BASE}${parameters}`);
  expect(address).toEqual(expected);
  expect(url).not.toMatch(/schema|pgbouncer/);
});

test.each([
  ['', [undefined]],
  ['?sslmode=require', ['require']],
  ['?sslmode=prefer', ['require', 'disable']],
  ['?sslmode=allow', ['disable', 'require']],
])('of an address with %j these modes of encryption are tried: %j', (parameters, modes) => {
  const tried = addressesToTry(`${BASE}${parameters}`);
  const found = tried.map((url) => new URL(url).searchParams.get('sslmode') ?? undefined);
  expect(found).toEqual(modes);
});

test('a service keeps its tables in the schema of its address, and warns once of what has no effect', async () => {
  const schema = `Shop ${randomUUID().slice(0, 8)}`;
  const address = new URL(database.url);
  address.searchParams.set('schema', schema);
  address.searchParams.set('connection_limit', '5');
  const lines: string[] = [];
  const config = readConfig({ PORT: '0', DATABASE_URL: address.href, METRICS: 'false' });
  const service = await startService(
    config,
    makeLogger('info', (line) => lines.push(line)),
  );
  try {
    const build = `mutation { createPost(input: { title: "t", comments: { build: [{ body: "b" }, { body: "c" }] }
      tags: { put: { refs: [{ name: "x" }], create: true } } }, options: { idempotencyKey: "k" }) { __typename } }`;
    const { data } = await post<unknown>(service.url, build);
    expect(data).toEqual({ createPost: { __typename: 'CreatePostSuccess' } });
    expect((await fetch(`${service.url}/ready`)).status).toBe(200);
    const [counts] =
      await database.sql(`SELECT (SELECT count(*)::int FROM public.comments) AS public,
      (SELECT count(*)::int FROM "${schema}".comments) AS own`);
    expect(counts).toEqual({ public: 0, own: 2 });
  } finally {
    await service.stop();
    await database.sql(`DROP SCHEMA "${schema}" CASCADE`);
  }
  const warnings = lines.filter((line) => line.includes('no effect'));
  expect(warnings.map((line): unknown => JSON.parse(line))).toMatchObject([
    { level: 'warn', parameters: ['connection_limit'] },
  ]);
});
