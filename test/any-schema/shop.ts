import SchemaBuilder from '@pothos/core';
import { graphql } from 'graphql';
import { defineDomain, owned, reference } from 'prisma-assoc/changeset';
import type { TransactionClient } from 'prisma-assoc';
import { associationKit } from 'prisma-assoc/pothos';
import { afterAll, beforeAll } from 'vitest';
import { makeAdapter } from '../../src/postgres/adapter.ts';
import { useDatabaseOf } from '../support/database.ts';
import { datamodel } from './generated/datamodel.ts';
import { PrismaClient } from './generated/prisma/client.ts';

/** What clients write of the schema of schema.prisma. */
export const shop = defineDomain(datamodel, {
  Customer: {
    cast: ['name'],
    associations: { placed: owned(), received: owned() },
  },
  Product: { cast: ['sku', 'name', 'price'], associations: { translations: owned() } },
  Translation: { cast: ['locale', 'text'] },
  CustomerOrder: {
    version: 'revision',
    cast: ['status', 'tags', 'note', 'placedAt', 'customerNo', 'receiverNo'],
    associations: { lines: owned(), receiver: reference() },
  },
  Line: {
    cast: ['no', 'quantity', 'price', 'sku'],
    associations: { product: reference({ by: ['sku', 'name'] }) },
  },
  Issue: { cast: ['title', 'parentId'], associations: { children: owned(), parent: reference() } },
  Sample: { cast: Object.keys(datamodel.models.Sample.fields) as 'text'[] },
});

interface ShopContext {
  readonly client: TransactionClient;
}

const names = [
  'Customer',
  'Product',
  'Translation',
  'CustomerOrder',
  'Line',
  'Issue',
  'Sample',
] as const;

/** What is only created through its owner. */
const ownedNames: readonly string[] = ['Line', 'Translation'];

/** A schema that shows every model whole. */
function makeSchema() {
  const builder = new SchemaBuilder<{ Context: ShopContext }>({});
  const kit = associationKit(builder, shop, {
    client: ({ client }) => client,
    idempotencyTable: 'idempotency_keys',
  });
  for (const name of names) {
    const model = shop.model(name);
    const columns = ['id', ...model.fields.keys()].map((column) => [column, `Its ${column}.`]);
    kit.object(name, {
      description: `One ${name}.`,
      fields: (t) => ({
        ...kit.columns(t, name, Object.fromEntries(columns)),
        ...Object.fromEntries(
          [...model.associations.keys()].map((association) => [
            association,
            kit.association(t, name, association, `Its ${association}.`),
          ]),
        ),
      }),
    });
    const [one, many] = [`one${name}`, `all${name}`];
    builder.queryField(one, (t) => kit.record(t, name, `One ${name}.`));
    builder.queryField(many, (t) => kit.connection(t, name, `All ${name}.`));
    builder.mutationFields((t) => kit.mutations(t, name, { create: !ownedNames.includes(name) }));
  }
  builder.queryType();
  builder.mutationType();
  return builder.toSchema();
}

/** As `useDatabase`, of the schema of schema.prisma; `send` runs a document and gives its data. */
export function useShop() {
  const schema = makeSchema();
  const database = useDatabaseOf('shop');
  const client = new PrismaClient({ adapter: makeAdapter({ url: database.url }) });
  beforeAll(() =>
    database.sql(
      `CREATE TABLE IF NOT EXISTS idempotency_keys (key text PRIMARY KEY, request text NOT NULL,
        outcome json, expires_at timestamptz NOT NULL)`,
    ),
  );
  afterAll(() => client.$disconnect());
  return {
    client,
    schema,
    sql: database.sql,
    async send(source: string, variableValues: Record<string, unknown> = {}) {
      const contextValue = { client };
      const { data, errors } = await graphql({ schema, source, variableValues, contextValue });
      if (errors) throw new AggregateError(errors, errors.join('\n'));
      return JSON.parse(JSON.stringify(data)) as Answer;
    },
  };
}

/** Whatever was asked for. */
// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any;
