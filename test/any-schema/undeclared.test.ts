import { beforeEach, describe, expect, test } from 'vitest';
import { useShop } from './shop.ts';

/* What the database refuses for a key of the schema, in a domain that declares no constraint. */

const shop = useShop();

beforeEach(() =>
  shop.sql(
    `TRUNCATE shop.products, shop."Customer", shop.orders, shop.lines, "Issue" RESTART IDENTITY CASCADE;
     INSERT INTO shop.products (stock_unit, name, price) VALUES ('A', 'Nail', 1), ('B', 'Saw', 2);
     INSERT INTO shop."Customer" (name) VALUES ('Ann');
     INSERT INTO shop.orders (order_id, customer_no) VALUES ('${orderId}', 1);
     INSERT INTO shop.lines VALUES ('${orderId}', 1, 1, 1, 'A');
     INSERT INTO "Issue" (title, "parentId") VALUES ('root', null), ('child', 1), ('grandchild', 2)`,
  ),
);

const orderId = '00000000-0000-4000-8000-000000000001';

/** The issues of a mutation: each as its code and its path. */
async function issuesOf(mutation: string): Promise<string[]> {
  const data = await shop.send(
    `mutation { result: ${mutation} { __typename ... on InvalidChangeset { issues { code path } } } }`,
  );
  const { issues = [] } = data.result;
  return issues.map(({ code, path }: { code: string; path: string[] }) =>
    [code, ...path].join(' '),
  );
}

describe('without a declaration the refusal', () => {
  test.each([
    [
      'of a unique column is at its field',
      'createProduct(input: { sku: "C", name: "Nail", price: 1 })',
      'UNIQUE input name',
    ],
    [
      'of a unique column that changes is at its field',
      'updateProduct(id: "B", input: { name: "Nail", price: 3 })',
      'UNIQUE input name',
    ],
    [
      'of a primary key is at the part that is no foreign key',
      `buildCustomerOrderLine(customerOrderId: "${orderId}", input: { no: 1, quantity: 1, price: 1 })`,
      'UNIQUE input no',
    ],
    [
      'of a foreign key is at its field',
      'createCustomerOrder(input: { customerNo: 99 })',
      'FOREIGN_KEY input customerNo',
    ],
    [
      'of a foreign key of a nested record is at its field',
      'updateCustomer(id: 1, input: { placed: { build: [{}, { receiverNo: 99 }] } })',
      'FOREIGN_KEY input placed build 1 receiverNo',
    ],
    [
      'of a missing parent in the same table is at the foreign key',
      'createIssue(input: { title: "a", parentId: 99 })',
      'FOREIGN_KEY input parentId',
    ],
    [
      'of a missing parent of a stored record is at the foreign key',
      'updateIssue(id: 2, input: { title: "a", parentId: 99 })',
      'FOREIGN_KEY input parentId',
    ],
    [
      'of a record that others refer to is at their association',
      'deleteProduct(id: "A")',
      'STILL_ASSOCIATED lines',
    ],
    [
      'of a key that others refer to is at their association',
      'updateProduct(id: "A", input: { sku: "Z" })',
      'STILL_ASSOCIATED input lines',
    ],
    [
      'of what goes with a record, and others refer to, is at the association with which it goes',
      'deleteCustomer(id: 1)',
      'STILL_ASSOCIATED placed',
    ],
    [
      'of what goes with a record of the same table is at the association with which it goes',
      'deleteIssue(id: 1)',
      'STILL_ASSOCIATED children',
    ],
    [
      'of an entry that is deleted is at its association',
      'updateIssue(id: 1, input: { children: { cast: { entries: [{ id: 2, delete: true }] } } })',
      'STILL_ASSOCIATED input children cast entries 0 children',
    ],
  ])('%s', async (_what, mutation, issue) => {
    if (mutation.includes('delete: true')) await addGrandGrandchild();
    expect(await issuesOf(mutation)).toEqual([issue]);
  });
});

/** Below the rows that go with an issue that is deleted. */
const addGrandGrandchild = () =>
  shop.sql(`INSERT INTO "Issue" (title, "parentId") VALUES ('more', 3)`);

test('ON DELETE RESTRICT of a relation of a table to itself is STILL_ASSOCIATED', async () => {
  const foreignKey = (onDelete: string) =>
    shop.sql(
      `ALTER TABLE "Issue" DROP CONSTRAINT "Issue_parentId_fkey",
         ADD CONSTRAINT "Issue_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Issue" ${onDelete}`,
    );
  await foreignKey('ON DELETE RESTRICT');
  try {
    expect(await issuesOf('deleteIssue(id: 1)')).toEqual(['STILL_ASSOCIATED children']);
    expect(await issuesOf('createIssue(input: { title: "a", parentId: 99 })')).toEqual([
      'FOREIGN_KEY input parentId',
    ]);
  } finally {
    await foreignKey('');
  }
});

test('a refusal that the sender is to blame for is not tried again', async () => {
  await issuesOf('createIssue(input: { title: "a", parentId: 99 })');
  // A sequence keeps what a transaction took that was rolled back.
  const [next] = await shop.sql(`SELECT nextval('"Issue_id_seq"')::int AS id`);
  expect(next).toEqual({ id: 5 });
});

test('a unique index that the schema does not have is at the columns that it is of', async () => {
  await shop.sql(
    'CREATE UNIQUE INDEX issue_title ON "Issue" (title) WHERE "parentId" IS NULL; ALTER TABLE "Issue" ADD UNIQUE (title)',
  );
  try {
    expect(await issuesOf('createIssue(input: { title: "root" })')).toEqual(['UNIQUE input title']);
  } finally {
    await shop.sql('DROP INDEX issue_title; ALTER TABLE "Issue" DROP CONSTRAINT "Issue_title_key"');
  }
});
