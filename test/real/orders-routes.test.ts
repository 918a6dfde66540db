import { execFile } from 'node:child_process';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { TransactionClient } from 'prisma-assoc';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Domain } from '../../src/domain/domain.ts';
import { makeAdapter } from '../../src/postgres/adapter.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { root } from '../readme/readme.ts';
import { databaseUrl } from '../support/database-url.ts';
import {
  creator,
  findLeak,
  findUnplanned,
  losesParent,
  makeSender,
  plan,
  rowsSql,
  type Sending,
} from '../support/denials.ts';
import { type Route, routesOf } from '../support/routes.ts';

/*
 * No way to a row of examples/orders leads past a denial. Its client is generated beside a copy of
 * it within the project, whose sources it takes for the library.
 */

const server = inject('postgres').url;
const name = `orders_routes_${process.pid}`;
const url = databaseUrl(server, name);
const folder = join(import.meta.dirname, 'generated', name);

interface Client extends TransactionClient {
  readonly $disconnect: () => Promise<void>;
}

let shop: Domain;
let client: Client;
let pool: pg.Pool;

async function onServer(text: string): Promise<void> {
  const connection = new pg.Client({ connectionString: server });
  await connection.connect();
  await connection.query(text);
  await connection.end();
}

beforeAll(async () => {
  for (const part of ['prisma', 'src/shop.ts'])
    await cp(join(root, 'examples/orders', part), join(folder, part), { recursive: true });
  const schemaPath = join(folder, 'prisma/schema.prisma');
  const schema = await readFile(schemaPath, 'utf8');
  const generator = '"node --import tsx src/generator/main.ts"';
  await writeFile(schemaPath, schema.replace('"prisma-assoc"', generator));
  const prisma = ['node_modules/prisma/build/index.js', 'generate', '--schema', schemaPath];
  const generators = ['--generator', 'client', '--generator', 'assoc'];
  await promisify(execFile)(process.execPath, [...prisma, ...generators], { cwd: root });
  ({ shop } = (await import(join(folder, 'src/shop.ts'))) as { shop: Domain });
  const { PrismaClient } = (await import(join(folder, 'src/generated/prisma/client.ts'))) as {
    PrismaClient: new (options: object) => Client;
  };
  await onServer(`CREATE DATABASE ${name}`);
  await migrate({ url, migrationsFolder: join(folder, 'prisma/migrations') });
  client = new PrismaClient({ adapter: makeAdapter({ url }) });
  pool = new pg.Pool({ connectionString: url });
});

afterAll(async () => {
  await client?.$disconnect();
  await pool?.end();
  await onServer(`DROP DATABASE IF EXISTS ${name}`);
  await rm(folder, { recursive: true, force: true });
});

async function rowsText(): Promise<string> {
  const { rows } = await pool.query<{ text: string }>(rowsSql(shop));
  return rows[0]?.text ?? '';
}

/** What the rules of the shop refuse: an order keeps one line, and a customer its orders. */
const isAgainstRules = ({ name: route, association, tool }: Route) =>
  route === 'deleteCustomer with orders' ||
  (association.endsWith('lines') && ['cast DELETE', 'cast delete'].includes(tool));

test('one denial of any row stops every route, and without the call none', async () => {
  const context = { isStaff: true, publish: () => {} };
  const roots = ['Customer', 'Product', 'Order'];
  const sending: Sending = { domain: shop, client: () => client, roots, context };
  const asking = makeSender(sending, true);
  const unasked = makeSender(sending, false);
  const isLossOfParent = losesParent(shop);
  const routes = routesOf(asking.schema, ['lines']).filter(
    (route) => !isLossOfParent(route) && !isAgainstRules(route),
  );
  const leaks: string[] = [];
  for (const { name: route, mutation, prepare } of routes) {
    const variables = await prepare(creator(asking));
    const planned = await plan(unasked, mutation, variables);
    const before = await rowsText();
    const leak = await findLeak(asking, planned, rowsText);
    if (leak !== null) leaks.push(`${route}: ${leak}`);
    const { result } = await asking.send(mutation, variables);
    const after = await rowsText();
    if (after === before) leaks.push(`${route}: nothing is written`);
    const unplanned = findUnplanned(before, after, result);
    // A product is known by its sku: one that gets another is a row under two names.
    if (unplanned.length > 0 && route !== 'updateProduct fields')
      leaks.push(`${route}: unplanned ${unplanned.join(', ')}`);
  }
  expect(leaks).toEqual([]);
  const written = new Set(routes.map(({ association }) => association.split('.').at(-1)));
  expect(written).toEqual(new Set(['', 'customer', 'lines', 'orders', 'product']));
  expect(routes.length).toBeGreaterThan(40);
});
