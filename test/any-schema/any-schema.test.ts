import SchemaBuilder from '@pothos/core';
import { GraphQLScalarType, printType } from 'graphql';
import { associationKit } from 'prisma-assoc/pothos';
import { describe, expect, test } from 'vitest';
import { shop as domain, useShop } from './shop.ts';

const shop = useShop();
const send: typeof shop.send = (...document) => shop.send(...document);

const CHANGESET = 'changeset { operations { action type recordId changes { field from to } } }';
const REFUSED = `
  ... on InvalidChangeset { issues { code path } }
  ... on StaleEntry { path type recordId }
  ... on NotFound { type recordId }`;

/** Runs a mutation, and gives its answer. */
async function write(field: string, selection = '', args = {}) {
  const document = typeof args === 'object' ? field : '';
  const name = /^\w+/.exec(document)?.[0] ?? '';
  const success = `... on ${name.charAt(0).toUpperCase()}${name.slice(1)}Success`;
  const data = await send(
    `mutation { ${field} { __typename ${success} { ${CHANGESET} ${selection} } ${REFUSED} } }`,
  );
  return data[name];
}

/** The operations of an answer as text: INSERT Line 1,2 quantity 3. */
function operations(answer: Answer): string[] {
  return answer.changeset.operations.map(({ action, type, recordId, changes }: Answer) => {
    const texts = changes.map(
      ({ field, from, to }: Answer) => ` ${field} ${json(from)}>${json(to)}`,
    );
    return `${action} ${type} ${recordId}${texts.join('')}`;
  });
}

// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;

const json = (value: unknown) => JSON.stringify(value);

/** A customer with an order of two lines; gives the order's id. */
async function order(): Promise<string> {
  await write('createProduct(input: { sku: "A,1", name: "Nail", price: "1.1" })');
  const customer = await write(
    `createCustomer(input: { name: "Ann", placed: { build: [
      { lines: { build: [{ no: 1, quantity: 2, price: 1.10 }, { no: 2, quantity: 3, price: 2 }] } }
    ] } })`,
    'customer { id placed { id orderId } }',
  );
  const [{ id, orderId }] = customer.customer.placed;
  expect(customer.customer.id).toBe('1');
  expect(id).toBe(orderId);
  return id;
}

describe('a key that is text', () => {
  test('is required on create, and a key that is taken is UNIQUE at it', async () => {
    const { schema } = shop;
    expect(printType(schema.getType('CreateProductInput')!)).toContain('sku: String!');
    const input = '{ sku: "A", name: "Nail", price: "1.1" }';
    const first = await write(`createProduct(input: ${input})`, 'product { id sku price }');
    expect(first.product).toEqual({ id: 'A', sku: 'A', price: '1.10' });
    expect(operations(first)).toEqual([
      'INSERT Product A sku null>"A" name null>"Nail" price null>"1.10"',
    ]);
    expect(await write(`createProduct(input: ${input.replace('Nail', 'Screw')})`)).toEqual({
      __typename: 'InvalidChangeset',
      issues: [{ code: 'UNIQUE', path: ['input', 'sku'] }],
    });
    expect(await write(`createProduct(input: ${input.replace('"A"', '" "')})`)).toEqual({
      __typename: 'InvalidChangeset',
      issues: [{ code: 'REQUIRED', path: ['input', 'sku'] }],
    });
  });

  test('changes, and shows it', async () => {
    await write('createProduct(input: { sku: "A", name: "Nail", price: "1.1" })');
    const renamed = await write('updateProduct(id: "A", input: { sku: "B", price: "1.10" })');
    expect(operations(renamed)).toEqual(['UPDATE Product A sku "A">"B"']);
    expect(await write('deleteProduct(id: "A")')).toMatchObject({ __typename: 'NotFound' });
    expect(operations(await write('deleteProduct(id: "B")'))).toEqual([
      'DELETE Product B sku "B">null name "Nail">null price "1.10">null',
    ]);
  });

  test.each(['{ id: "A,1" }', '{ sku: "A,1" }', '{ name: "Nail" }'])(
    'is put by %s',
    async (ref) => {
      const id = await order();
      const put = await write(
        `updateCustomerOrder(id: "${id}", input: { lines: { cast: {
        onReplace: MARK_AS_INVALID, entries: [{ id: "${id},1", product: { put: { ref: ${ref} } } }, { id: "${id},2" }]
      } } })`,
      );
      expect(operations(put)).toContain(`UPDATE Line ${id},1 sku null>"A,1"`);
    },
  );
});

describe('a key of several fields', () => {
  test('is kept, changed, taken up and left out by a cast', async () => {
    const id = await order();
    const cast = await write(
      `updateCustomerOrder(id: "${id}", input: { lines: { cast: { expectedIds: ["${id},2", "${id},1"], entries: [
        { id: "${id},2", price: "2.00", quantity: 4 }, { no: 3, quantity: 1, price: "0.5" }
      ] } } })`,
      'customerOrder { lines { id no quantity price } }',
    );
    expect(operations(cast)).toEqual([
      `DELETE Line ${id},1 orderId "${id}">null no 1>null quantity 2>null price "1.10">null`,
      `UPDATE Line ${id},2 quantity 3>4`,
      `INSERT Line ${id},3 orderId null>"${id}" no null>3 quantity null>1 price null>"0.50"`,
    ]);
    expect(cast.customerOrder.lines).toEqual([
      { id: `${id},2`, no: 2, quantity: 4, price: '2.00' },
      { id: `${id},3`, no: 3, quantity: 1, price: '0.50' },
    ]);
  });

  test('is renamed in its part by an entry that its id names', async () => {
    const id = await order();
    const cast = await write(
      `updateCustomerOrder(id: "${id}", input: { lines: { cast: { entries: [
        { id: "${id},1" }, { id: "${id},2", no: 7 }
      ] } } })`,
    );
    expect(operations(cast)).toEqual([`UPDATE Line ${id},2 no 2>7`, `UNCHANGED Line ${id},1`]);
  });

  test.each([
    ['a missing part', '{ quantity: 1, price: 1 }', [{ code: 'REQUIRED', path: 'no' }]],
    [
      'a part that is null',
      '{ no: null, quantity: 1, price: 1 }',
      [{ code: 'REQUIRED', path: 'no' }],
    ],
    ['a part that is taken', '{ no: 2, quantity: 1, price: 1 }', [{ code: 'UNIQUE', path: 'no' }]],
    ['an id that is not there', '{ id: "ID,9" }', [{ code: 'NOT_IN_ASSOCIATION', path: 'id' }]],
    ['what is no id', '{ id: "ID" }', [{ code: 'INVALID', path: 'id' }]],
    ['an id twice', '{ id: "ID,2" }', [{ code: 'DUPLICATE_ENTRY', path: 'id' }]],
    [
      'null in a column that takes none',
      '{ id: "ID,1", price: null }',
      [{ code: 'REQUIRED', path: 'price' }],
    ],
  ])('is refused at its field: %s', async (_what, entry, issues) => {
    const id = await order();
    const entries = `{ id: "${id},2" } ${entry.replace('ID', id)}`;
    const cast = await write(
      `updateCustomerOrder(id: "${id}", input: { lines: { cast: { entries: [${entries}] } } })`,
    );
    expect(cast).toEqual({
      __typename: 'InvalidChangeset',
      issues: issues.map(({ code, path }) => ({
        code,
        path: ['input', 'lines', 'cast', 'entries', '1', path],
      })),
    });
  });

  test('is a root of its own', async () => {
    const id = await order();
    const updated = await write(
      `updateLine(id: "${id},2", input: { quantity: 9 })`,
      'line { id quantity }',
    );
    expect(updated.line).toEqual({ id: `${id},2`, quantity: 9 });
    for (const unknown of [`${id},9`, id, `${id},2,1`, 'x,2']) {
      const answer = await write(`updateLine(id: "${unknown}", input: { quantity: 9 })`);
      expect(answer).toEqual({ __typename: 'NotFound', type: 'Line', recordId: unknown });
    }
    expect(operations(await write(`deleteLine(id: "${id},2")`))).toHaveLength(1);
    expect((await send(`{ oneLine(id: "${id},1") { no } }`)).oneLine).toEqual({ no: 1 });
  });

  test('is expected, and what is not there is stale', async () => {
    const id = await order();
    const expectedIds = (ids: string) =>
      write(
        `updateCustomerOrder(id: "${id}", input: { lines: { cast: { expectedIds: [${ids}], entries: [] } } })`,
      );
    expect(await expectedIds(`"${id},2"`)).toMatchObject({
      __typename: 'StaleEntry',
      path: ['input', 'lines', 'cast', 'expectedIds'],
    });
    expect(await expectedIds(`"${id}"`)).toMatchObject({
      issues: [{ code: 'INVALID', path: ['input', 'lines', 'cast', 'expectedIds', '0'] }],
    });
  });

  test('answers a replayed build with the record that was built', async () => {
    const id = await order();
    const field = `buildCustomerOrderLine(customerOrderId: "${id}", input: { no: 9, quantity: 1, price: 3 }, options: { idempotencyKey: "k" })`;
    const built = await write(field, 'line { id quantity }');
    expect(built.line).toEqual({ id: `${id},9`, quantity: 1 });
    await write(`updateLine(id: "${id},9", input: { quantity: 5 })`);
    expect((await write(field, 'line { id quantity }')).line).toEqual({
      id: `${id},9`,
      quantity: 5,
    });
  });

  test('is filtered, ordered and paged by its id', async () => {
    const id = await order();
    const ids = async (args: string) => {
      const { allLine } = await send(
        `{ allLine(${args}) { nodes: edges { cursor node { no } } } }`,
      );
      return allLine.nodes.map(({ node }: Answer) => node.no);
    };
    expect(await ids(`where: { id: { equals: "${id},2" } }`)).toEqual([2]);
    expect(await ids(`where: { id: { in: ["${id},2", "${id},1"] } }`)).toEqual([1, 2]);
    expect(await ids(`where: { id: { not: "${id},2" } }`)).toEqual([1]);
    expect(await ids(`where: { id: { notIn: [] } }`)).toEqual([1, 2]);
    expect(await ids(`where: { NOT: [{ id: { in: ["${id},2"] } }] }`)).toEqual([1]);
    expect(await ids('where: { id: { equals: null } }')).toEqual([]);
    expect(await ids('orderBy: [{ id: Desc }]')).toEqual([2, 1]);
    await expect(ids('where: { id: { equals: "x" } }')).rejects.toThrow('is no id of Line: "x"');
    const { allLine } = await send('{ allLine(first: 1) { edges { cursor } } }');
    expect(await ids(`after: "${allLine.edges[0].cursor}"`)).toEqual([2]);
  });

  test('of text and an enum names a row by what the API calls it', async () => {
    const created = await write(
      `createProduct(input: { sku: "a,b\\\\", name: "N", price: 1, translations: { build: [
        { locale: de, text: "Nagel" }, { locale: en, text: "nail" }
      ] } })`,
      'product { translations(orderBy: { text: Asc }) { id text locale } }',
    );
    const id = 'a\\,b\\\\,de';
    expect(created.product.translations).toEqual([
      { id, text: 'Nagel', locale: 'de' },
      { id: 'a\\,b\\\\,en', text: 'nail', locale: 'en' },
    ]);
    const updated = await write(`updateTranslation(id: ${json(id)}, input: { text: "Nägel" })`);
    expect(operations(updated)).toEqual([`UPDATE Translation ${id} text "Nagel">"Nägel"`]);
    const cast = await write(
      `updateProduct(id: ${json('a,b\\')}, input: { translations: { cast: { entries: [
        { id: ${json(id)}, text: "Nägel" } ] } } })`,
    );
    expect(operations(cast)).toEqual([
      'DELETE Translation a\\,b\\\\,en sku "a,b\\\\">null locale "en">null text "nail">null',
      `UNCHANGED Translation ${id}`,
    ]);
  });
});

describe('an enum whose values have other names in the database', () => {
  test('is written, compared, filtered and listed by its own names', async () => {
    const id = await order();
    const same = 'status: open, tags: []';
    expect(operations(await write(`updateCustomerOrder(id: "${id}", input: { ${same} })`))).toEqual(
      [],
    );
    const changed = await write(
      `updateCustomerOrder(id: "${id}", input: { status: closed, tags: [open, closed] })`,
    );
    expect(operations(changed)).toEqual([
      `UPDATE CustomerOrder ${id} status "open">"closed" tags []>["open","closed"]`,
    ]);
    const again = await write(
      `updateCustomerOrder(id: "${id}", input: { status: open, tags: [closed] })`,
    );
    expect(operations(again)).toEqual([
      `UPDATE CustomerOrder ${id} status "closed">"open" tags ["open","closed"]>["closed"]`,
    ]);
    const found = (status: string) =>
      send(
        `{ allCustomerOrder(where: { status: { in: [${status}] } }) { edges { node { status tags } } } }`,
      );
    expect((await found('open')).allCustomerOrder.edges).toEqual([
      { node: { status: 'open', tags: ['closed'] } },
    ]);
    expect((await found('closed')).allCustomerOrder.edges).toEqual([]);
  });
});

test('a list for which the database holds NULL is empty, and its row is written', async () => {
  const id = await order();
  await shop.sql('UPDATE shop.orders SET tags = NULL');
  const selection = 'customerOrder { tags }';
  const updated = await write(
    `updateCustomerOrder(id: "${id}", input: { status: closed })`,
    selection,
  );
  expect(updated.customerOrder).toEqual({ tags: [] });
  expect((await write(`deleteLine(id: "${id},1")`)).__typename).toBe('DeleteLineSuccess');
});

test('a version of any name is sent as lockVersion, at which a stale one is reported', async () => {
  const id = await order();
  const update = (version: number) =>
    write(`updateCustomerOrder(id: "${id}", input: { status: closed, lockVersion: ${version} })`);
  expect(await update(7)).toEqual({
    __typename: 'StaleEntry',
    path: ['input', 'lockVersion'],
    type: 'CustomerOrder',
    recordId: id,
  });
  expect(await update(1)).toMatchObject({ __typename: 'UpdateCustomerOrderSuccess' });
});

test('a moment that the database would make is shown where a client casts it', async () => {
  const id = await order();
  const moment = '2026-01-02T03:04:05.678Z';
  expect(
    operations(await write(`updateCustomerOrder(id: "${id}", input: { placedAt: "${moment}" })`)),
  ).toEqual([expect.stringContaining(`>"${moment}"`)]);
});

test('two relations to one model have entries of their own', async () => {
  const { schema } = shop;
  expect(printType(schema.getType('CastCustomerOrder')!)).toContain('receiverNo');
  expect(printType(schema.getType('CastCustomerOrder')!)).not.toContain('customerNo');
  expect(printType(schema.getType('CastCustomerReceivedEntry')!)).toContain('customerNo');
  expect(printType(schema.getType('CastCustomerReceivedEntry')!)).not.toContain('receiverNo');
  await order();
  const received = await write(
    `createCustomer(input: { name: "Ben", received: { build: [{ customerNo: 1 }] } })`,
    'customer { id placed { id } received { customer { id } receiver { id } } }',
  );
  expect(received.customer).toEqual({
    id: '2',
    placed: [],
    received: [{ customer: { id: '1' }, receiver: { id: '2' } }],
  });
});

test('a type of the kit has another name where a model or an enum has its name', () => {
  const { schema } = shop;
  expect(String(schema.getType('CustomerOrder'))).toBe('CustomerOrder');
  expect(printType(schema.getType('CustomerOrderType')!)).toContain(
    'input CustomerOrderType @oneOf',
  );
  expect(printType(schema.getType('Issue')!)).toContain('parentId: ID');
  expect(printType(schema.getType('IssueType')!)).toContain('code: IssueCode!');
});

test("a scalar of the builder's own is named, unless no column of it is shown", () => {
  const makeProducts = (columns: readonly string[], scalars: { Decimal?: 'Decimal' }) => {
    const builder = new SchemaBuilder<{
      Scalars: { Decimal: { Input: string; Output: string } };
    }>({});
    builder.addScalarType('Decimal', new GraphQLScalarType({ name: 'Decimal' }));
    const kit = associationKit(builder, domain, { client: () => shop.client, scalars });
    const shown = Object.fromEntries(columns.map((column) => [column, '']));
    kit.object('Product', { description: '', fields: (t) => kit.columns(t, 'Product', shown) });
    builder.queryType({ fields: (t) => ({ product: kit.record(t, 'Product', '') }) });
    return () => builder.toSchema();
  };
  expect(makeProducts(['id', 'name'], {})).not.toThrow();
  expect(makeProducts(['price'], { Decimal: 'Decimal' })).not.toThrow();
  expect(makeProducts(['price'], {})).toThrow(
    "Product.price needs a scalar for Decimal, and the builder has a type of that name. Name the builder's own in the kit's option: scalars: { Decimal: '...' }. Or do not show the column.",
  );
});

test('a tree is written through its relation to itself', async () => {
  const created = await write(
    `createIssue(input: { title: "a", children: { build: [{ title: "b", children: { build: [{ title: "c" }] } }] } })`,
    'issue { id children { id title parentId children { title parent { id } } } }',
  );
  expect(created.issue.children).toMatchObject([{ title: 'b', children: [{ title: 'c' }] }]);
  const [{ id }] = created.issue.children;
  const moved = await write(`updateIssue(id: "${id}", input: { parent: { put: { ref: null } } })`);
  expect(operations(moved)).toEqual([`UPDATE Issue ${id} parentId "${created.issue.id}">null`]);
});

describe('every scalar', () => {
  const values: Readonly<Record<string, readonly [unknown, unknown]>> = {
    text: ['Grüße', ''],
    flag: [true, false],
    whole: [-2147483648, 7],
    big: ['9223372036854775807', '-1'],
    ratio: [0.5, 1e300],
    amount: ['1.100', '-123456789.125'],
    open: ['1.1', '123456789012345678901234567890.5'],
    moment: ['2026-01-02T03:04:05.678Z', '1999-12-31T23:59:59.999Z'],
    day: ['2026-01-02T00:00:00.000Z', '1999-12-31T00:00:00.000Z'],
    time: ['1970-01-01T03:04:05.678Z', '1970-01-01T00:00:00.000Z'],
    data: [{ a: [1, null, { b: 'x' }] }, 'text'],
    raw: ['AP8K', ''],
    uuid: ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'],
    money: ['1.10', '2.00'],
    oid: [7, 2147483647],
    small: [1, -1],
    real: [0.5, 0.25],
    fixed: ['abcd', 'efgh'],
    status: ['open', 'closed'],
    texts: [['a', 'b"{}'], []],
    flags: [[true, false], []],
    wholes: [[1, -2], []],
    bigs: [['9223372036854775807'], []],
    ratios: [[0.5, 1e300], []],
    amounts: [['1.100', '2.000'], []],
    moments: [['2026-01-02T03:04:05.678Z'], []],
    datas: [[{ a: 1 }, 'x', [1]], []],
    raws: [['AQ==', ''], []],
    uuids: [['00000000-0000-4000-8000-00000000000a'], []],
    statuses: [['open', 'closed'], []],
  };

  /** Writes a sample's fields by a mutation, its input being a variable, as JSON. */
  async function writeSample(name: 'createSample' | 'updateSample', input: object, id?: string) {
    const [type, idArg] =
      name === 'createSample'
        ? ['CreateSampleInput!', '']
        : ['UpdateSampleInput!', `id: "${id}", `];
    const fields = Object.keys(values).join(' ');
    const success = name === 'createSample' ? 'CreateSampleSuccess' : 'UpdateSampleSuccess';
    const data = await send(
      `mutation ($input: ${type}) { ${name}(${idArg}input: $input) { __typename
        ... on ${success} { ${CHANGESET} sample { id key ${fields} } } ${REFUSED} } }`,
      { input },
    );
    return data[name];
  }

  test.each(Object.entries(values))(
    '%s comes back as it was sent',
    async (field, [first, second]) => {
      const { sample } = await writeSample('createSample', { [field]: first });
      expect(sample).toMatchObject({ id: '1', key: '1', [field]: first });
      const same = await writeSample('updateSample', { [field]: first }, '1');
      expect(operations(same)).toEqual([]);
      const changed = await writeSample('updateSample', { [field]: second }, '1');
      expect(changed.changeset.operations[0].changes).toEqual([{ field, from: first, to: second }]);
      expect(changed.sample[field]).toEqual(second);
      const { oneSample } = await send(`{ oneSample(id: 1) { ${field} } }`);
      expect(oneSample[field]).toEqual(second);
    },
  );

  test('has the default of its column where it is not sent, and none is required', async () => {
    const { sample } = await writeSample('createSample', {});
    expect(sample).toMatchObject({
      text: '',
      big: '5',
      amount: '1.500',
      moment: '2026-01-02T03:04:05.678Z',
      data: { a: [1] },
      raw: 'AQI=',
      status: 'closed',
      statuses: ['open'],
    });
  });

  const filtered = Object.entries(values).filter(
    ([field, [first]]) => !Array.isArray(first) && field !== 'data',
  );

  test.each(filtered)('%s is filtered by', async (field, [first, second]) => {
    await writeSample('createSample', { [field]: first });
    await writeSample('createSample', { [field]: second });
    const find = async (where: object) => {
      const { allSample } = await send(
        'query ($where: SampleWhere) { allSample(where: $where) { edges { node { id } } } }',
        { where: { [field]: where } },
      );
      return allSample.edges.map(({ node }: Answer) => node.id);
    };
    expect(await find({ equals: first })).toEqual(['1']);
    expect(await find(field === 'flag' ? { not: first } : { notIn: [first] })).toEqual(['2']);
  });

  const unordered = ['flag', 'data', 'raw', 'status'];
  const ordered = filtered.filter(([field]) => !unordered.includes(field));

  test.each(ordered)('%s orders pages', async (field, [first, second]) => {
    await writeSample('createSample', { [field]: first });
    await writeSample('createSample', { [field]: second });
    const page = async (args: string) => {
      const source = `{ allSample(orderBy: [{ ${field}: Desc }], ${args}) { edges { cursor node { id } } } }`;
      return (await send(source)).allSample.edges;
    };
    const both = await page('first: 2');
    expect(await page(`first: 2, after: "${both[0].cursor}"`)).toEqual([both[1]]);
  });
});

test('the first rows of an association are read for a client without preview features', async () => {
  const { customer } = await write(
    'createCustomer(input: { name: "Ann", placed: { build: [{}, {}] } })',
    'customer { placed(first: 1) { id } }',
  );
  expect(customer.placed).toHaveLength(1);
});
