import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import { associationKit } from 'prisma-assoc/pothos';
import { getDatamodel, type default as PrismaTypes } from './generated/pothos-types.ts';
import type { PrismaClient } from './generated/prisma/client.ts';
import { shop, type Viewer } from './shop.ts';

export interface Context extends Viewer {
  readonly prisma: PrismaClient;
}

const builder = new SchemaBuilder<{ Context: Context; PrismaTypes: PrismaTypes }>({
  plugins: [PrismaPlugin],
  prisma: { client: ({ prisma }) => prisma, dmmf: getDatamodel() },
});

const price = (amount: unknown) => Number(amount).toFixed(2);

const Customer = builder.prismaObject('Customer', {
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    orders: t.relation('orders', { query: { orderBy: { id: 'asc' } } }),
  }),
});

const Order = builder.prismaObject('Order', {
  fields: (t) => ({
    id: t.exposeID('id'),
    status: t.exposeString('status'),
    total: t.string({ resolve: ({ total }) => price(total) }),
    version: t.exposeInt('version'),
    customer: t.relation('customer'),
    lines: t.relation('lines', { query: { orderBy: { lineNo: 'asc' } } }),
  }),
});

const OrderLine = builder.prismaObject('OrderLine', {
  fields: (t) => ({
    id: t.exposeID('id'),
    lineNo: t.exposeInt('lineNo'),
    quantity: t.exposeInt('quantity'),
    unitPrice: t.string({ resolve: ({ unitPrice }) => price(unitPrice) }),
  }),
});

const kit = associationKit(builder, shop, {
  client: ({ prisma }) => prisma,
  objects: { Customer, Order, OrderLine },
  idempotencyTable: 'idempotency_keys',
});

// Where you have no type, the kit makes one.
kit.object('Product', {
  description: 'What is sold.',
  fields: (t) => ({
    ...kit.columns(t, 'Product', { sku: 'Its key.', name: 'What it is called.' }),
    lines: kit.associationConnection(t, 'Product', 'lines', 'Where it is ordered, page by page.'),
    lineCount: kit.count(t, 'Product', 'lines', 'How many lines order it.'),
  }),
});
builder.objectField(OrderLine, 'product', (t) =>
  kit.association(t, 'OrderLine', 'product', 'What is ordered.'),
);

builder.queryType({
  fields: (t) => ({
    order: t.prismaField({
      type: Order,
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (query, _root, { id }, { prisma }) =>
        prisma.order.findUnique({ ...query, where: { id } }),
    }),
    product: kit.record(t, 'Product', 'A product, by its id: the sku.'),
    products: kit.connection(t, 'Product', 'All products.'),
    node: kit.node(t, 'What the kit makes a type of, by its nodeId.'),
  }),
});

builder.mutationType({
  fields: (t) => ({
    ...kit.mutations(t, 'Customer'),
    ...kit.mutations(t, 'Product'),
    ...kit.mutations(t, 'Order', { build: [] }),
  }),
});

export const schema = builder.toSchema();
