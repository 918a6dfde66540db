import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { databaseUrl } from '../support/database-url.ts';
import { blocks } from '../readme/readme.ts';
import { installOrders, type Orders } from './orders-copy.ts';

/*
 * The project as it is published: its archive is installed into an empty folder beside a copy of
 * examples/orders, which runs there with the newest versions of what the library shares with its
 * user, and with the lowest.
 */

describe.each(['newest', 'lowest'] as const)('with the %s versions of the peers', (versions) => {
  const server = inject('postgres').url;
  const database = `orders_${versions}_${process.pid}`;
  let orders: Orders;

  beforeAll(async () => {
    await sql(server, `CREATE DATABASE ${database}`);
    orders = await installOrders(versions, databaseUrl(server, database));
    await write('createCustomer', '(input: { name: "Ann" })');
    await write('createProduct', '(input: { sku: "nail", name: "Nails" })');
    await write('createProduct', '(input: { sku: "saw", name: "Saw" })');
  });

  afterAll(async () => {
    await orders?.remove();
    await sql(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  });

  /** Sends a mutation; gives what it answers. */
  async function write(field: string, input: string, headers = {}): Promise<Answer> {
    const success = `${field.charAt(0).toUpperCase()}${field.slice(1)}Success`;
    const { data, errors } = await orders.send(
      `mutation { ${field}${input} {
        __typename
        ... on ${success} { ${shown[field] ?? ''} ${CHANGESET} }
        ... on DryRun { ${CHANGESET} }
        ... on InvalidChangeset { issues { code message path } }
        ... on StaleEntry { path type recordId }
        ... on WriteError { message }
      } }`,
      headers,
    );
    expect(errors).toBeUndefined();
    return data[field];
  }

  /** A new order of Ann's: two nails and a saw. */
  const create = (options = '') =>
    write(
      'createOrder',
      `(input: { customerId: 1, note: { gift: true }, lines: { cast: { entries: [
        { quantity: 2, unitPrice: "0.10", product: { put: { ref: { sku: "nail" } } } }
        { quantity: 1, unitPrice: "9.9", product: { put: { ref: { sku: "saw" } } } }
      ] } } } ${options})`,
    );

  test("its schema compiles, and so do the library's declarations", async () => {
    // The server's do not, as those of Yoga do not.
    const strict = {
      extends: './tsconfig.json',
      compilerOptions: { skipLibCheck: false },
      include: ['src/schema.ts'],
    };
    await writeFile(join(orders.path, 'tsconfig.strict.json'), JSON.stringify(strict));
    await orders.run('npx', 'tsc', '--project', 'tsconfig.strict.json');
  });

  test('an order is created with its lines, in the order in which they were sent', async () => {
    const { order } = await create();
    expect(order).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'draft',
      total: '10.10',
      version: 1,
      customer: { name: 'Ann' },
      lines: [
        { lineNo: 1, quantity: 2, unitPrice: '0.10', product: { sku: 'nail' } },
        { lineNo: 2, quantity: 1, unitPrice: '9.90', product: { sku: 'saw' } },
      ],
    });
  });

  test('a cast changes the list and its order with the fewest writes, and the total', async () => {
    const { order } = await create();
    const [nails, saw] = order.lines;
    const { order: after, changeset } = await write(
      'updateOrder',
      `(id: "${order.id}", input: { lines: { cast: { expectedIds: ["${nails.id}", "${saw.id}"], entries: [
        { id: "${saw.id}" }
        { quantity: 3, unitPrice: 1, product: { put: { ref: { sku: "saw" } } } }
        { id: "${nails.id}", unitPrice: "0.10", product: { put: { ref: { sku: "nail" } } } }
      ] } } })`,
    );
    expect(after).toMatchObject({
      total: '13.10',
      version: 2,
      lines: [{ id: saw.id }, { quantity: 3, unitPrice: '1.00' }, { id: nails.id }],
    });
    expect(writes(changeset)).toEqual(['UPDATE Order', 'UPDATE OrderLine', 'INSERT OrderLine']);
  });

  test('a line that a cast leaves out goes, and so does its part of the total', async () => {
    const { order } = await create();
    const { order: after, changeset } = await write(
      'updateOrder',
      `(id: "${order.id}", input: { lines: { cast: { entries: [{ id: "${order.lines[1].id}" }] } } })`,
    );
    expect(after).toMatchObject({ total: '9.90', lines: [{ unitPrice: '9.90' }] });
    expect(writes(changeset)).toContain('DELETE OrderLine');
  });

  test('a product is put by its sku, one that is not there is an issue', async () => {
    const { order } = await create();
    const put = (sku: string) =>
      write(
        'updateOrder',
        `(id: "${order.id}", input: { lines: { cast: { onReplace: MARK_AS_INVALID, entries: [
          { id: "${order.lines[0].id}", product: { put: { ref: { sku: "${sku}" } } } }
          { id: "${order.lines[1].id}" }
        ] } } })`,
      );
    expect((await put('saw')).order.lines[0].product).toEqual({ sku: 'saw' });
    expect((await put('axe')).issues).toMatchObject([{ code: 'UNKNOWN_REF' }]);
  });

  test('an order is related to another customer', async () => {
    const { order } = await create();
    const relate = `{ cast: { onUnknown: RELATE, entries: [{ id: "${order.id}", status: placed }] } }`;
    const { customer, changeset } = await write(
      'createCustomer',
      `(input: { name: "Bob", orders: ${relate} })`,
    );
    expect(customer).toMatchObject({ orders: [{ id: order.id, status: 'placed' }] });
    expect(writes(changeset)).toEqual(['INSERT Customer', 'UPDATE Order']);
  });

  test('a dry run shows the writes and keeps none', async () => {
    const counted = await count();
    const { __typename: type, changeset } = await create('options: { dryRun: true }');
    expect(type).toBe('DryRun');
    expect(writes(changeset)).toEqual(['INSERT Order', 'INSERT OrderLine', 'INSERT OrderLine']);
    expect(await count()).toEqual(counted);
  });

  test('what is sent twice under one idempotency key is written once', async () => {
    const counted = await count();
    const options = 'options: { idempotencyKey: "order-1" }';
    const first = await create(options);
    expect(await create(options)).toEqual(first);
    expect(await count()).toBe(counted + 1);
    const other = await write('createOrder', `(input: { customerId: 1 }, ${options})`);
    expect(other.__typename).toBe('IdempotencyConflict');
  });

  test('an order keeps one line at least, and a quantity above 0', async () => {
    const { order } = await create();
    const entries = (list: string) =>
      write('updateOrder', `(id: "${order.id}", input: { lines: { cast: { entries: ${list} } } })`);
    expect((await entries('[]')).issues).toMatchObject([
      { code: 'LENGTH', path: ['input', 'lines'] },
    ]);
    expect((await entries(`[{ id: "${order.lines[0].id}", quantity: 0 }]`)).issues).toMatchObject([
      { code: 'NUMBER', path: ['input', 'lines', 'cast', 'entries', '0', 'quantity'] },
    ]);
  });

  test.each([
    ['deleteCustomer', '(id: 1)', 'STILL_ASSOCIATED', ['orders']],
    ['deleteProduct', '(id: "saw")', 'STILL_ASSOCIATED', ['lines']],
    ['createOrder', '(input: { customerId: 99 })', 'FOREIGN_KEY', ['input', 'customerId']],
    ['createProduct', '(input: { sku: "saw", name: "-" })', 'UNIQUE', ['input', 'sku']],
  ])('what the database refuses is an issue: %s%s', async (field, input, code, path) => {
    await create();
    expect((await write(field, input)).issues).toMatchObject([{ code, path }]);
  });

  test('a rule asks who sends the request', async () => {
    const { order } = await create();
    const ship = `(id: "${order.id}", input: { status: shipped })`;
    expect((await write('updateOrder', ship)).issues).toMatchObject([
      { message: 'is for staff to set', path: ['input', 'status'] },
    ]);
    const shipped = await write('updateOrder', ship, { 'x-role': 'staff' });
    expect(shipped.order.status).toBe('shipped');
  });

  test('a version that is no longer the stored one is stale', async () => {
    const { order } = await create();
    const place = (version: number) =>
      write(
        'updateOrder',
        `(id: "${order.id}", input: { lockVersion: ${version}, status: placed })`,
      );
    expect((await place(1)).order.version).toBe(2);
    expect(await place(1)).toMatchObject({
      __typename: 'StaleEntry',
      path: ['input', 'lockVersion'],
      type: 'Order',
      recordId: order.id,
    });
  });

  test('what was written is told once it is committed, a dry run is not', async () => {
    const before = orders.told();
    await create('options: { dryRun: true }');
    await create();
    expect(orders.told().slice(before.length)).toEqual(['written: 5']);
  });

  test('an order is written without GraphQL', async () => {
    const { order } = await create();
    const ship = () => orders.run('node', '--import', 'tsx', 'src/ship.ts', order.id);
    expect(await ship()).toContain("changes: { status: 'shipped' }");
    const { data } = await orders.send(`{ order(id: "${order.id}") { status version } }`);
    expect(data.order).toEqual({ status: 'shipped', version: 2 });
  });

  test('the mutation of README works, and what the kit shows is read', async () => {
    const [example] = blocks('Use it with your own schema').filter(
      ({ language }) => language === 'graphql',
    );
    const { data } = await orders.send(example?.text ?? '');
    expect(data.createCustomer).toMatchObject({
      __typename: 'CreateCustomerSuccess',
      customer: { orders: [{ total: '10.10', version: 1, lines: [{ lineNo: 1 }, { lineNo: 2 }] }] },
    });
    const products = '{ products(first: 1) { edges { node { name } } } }';
    expect((await orders.send(products)).data.products.edges).toEqual([
      { node: { name: 'Nails' } },
    ]);
    const one = `{ product(id: "nail") {
      nodeId name lineCount lines(first: 1, orderBy: [{ lineNo: Asc }]) { edges { node { lineNo } } pageInfo { hasNextPage } } } }`;
    const { product } = (await orders.send(one)).data;
    expect(product).toMatchObject({ name: 'Nails', lines: { edges: [{ node: { lineNo: 1 } }] } });
    expect(product.lineCount).toBeGreaterThan(1);
    const node = `{ node(nodeId: "${product.nodeId}") { ... on Product { sku } } }`;
    expect((await orders.send(node)).data).toEqual({ node: { sku: 'nail' } });
  });

  test('an order is deleted with its lines', async () => {
    const { order } = await create();
    const { changeset } = await write('deleteOrder', `(id: "${order.id}")`);
    expect(writes(changeset)).toEqual(['DELETE OrderLine', 'DELETE OrderLine', 'DELETE Order']);
    const { data } = await orders.send(`{ order(id: "${order.id}") { id } }`);
    expect(data).toEqual({ order: null });
  });

  const count = async () => {
    const [row] = await sql(databaseUrl(server, database), 'SELECT count(*)::int FROM "Order"');
    return row?.count ?? 0;
  };
});

// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;

const CHANGESET = 'changeset { operations { action type } }';
const ORDER = `order { id status total version customer { name }
  lines { id lineNo quantity unitPrice product { sku } } }`;
const shown: { readonly [field: string]: string } = {
  createOrder: ORDER,
  updateOrder: ORDER,
  createCustomer: 'customer { orders { id status } }',
};

/** The writes of a changeset in short. */
function writes({ operations }: Answer): readonly string[] {
  return operations.flatMap(({ action, type }: Answer) =>
    action === 'UNCHANGED' ? [] : [`${action} ${type}`],
  );
}

async function sql(url: string, text: string): Promise<readonly { readonly count?: number }[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
