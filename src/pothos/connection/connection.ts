import { withArticle } from '../../changeset/assert.ts';
import type { AssociationRules, DirectAssociation, Model } from '../../model/model.ts';
import type { Row } from '../../repo/row.ts';
import type { Field, ObjectFields, QueryFields } from '../builder.ts';
import {
  associationConnection,
  type Connection,
  type Edge,
  edgesOf,
  rootConnection,
} from './connection-source.ts';
import { upperFirst } from '../names.ts';
import { objectOf, type Parts } from '../parts.ts';
import { columnsAsked, readsColumns } from '../read/columns-asked.ts';
import { oncePerField } from '../read/once-per-field.ts';
import { orderDescription, orderInput } from '../filter/order-by.ts';
import { type PagingArgs, readPaging } from './paging.ts';
import { whereInput } from '../filter/where.ts';

/**
 * A Query field that is a connection over all rows of a model, as the Relay Cursor Connections
 * Specification has it, with filter and order.
 */
export function connectionField(
  parts: Parts,
  t: QueryFields,
  model: Model,
  description: string,
): Field {
  const columns = columnsAsked(parts, model, NODES);
  return t.field({
    type: connectionType(parts, model),
    nullable: false,
    description,
    args: connectionArgs(parts, t, model),
    resolve: (_root, args, context, info) =>
      rootConnection(
        parts.client(context),
        parts.loaders(context),
        columns(info),
        readPaging(model, args, { order: [], pageSize: parts.pageSize, limits: parts.inputLimits }),
      ),
  });
}

/** The field that gives an association's list page by page. */
export function associationConnectionField(
  parts: Parts,
  t: ObjectFields<Row>,
  association: DirectAssociation,
  description: string,
): Field {
  const { name, owner, related, cardinality, rules } = association;
  if (cardinality === 'one') {
    throw new Error(`${owner.name}.${name} is one record: only a list has a connection.`);
  }
  const readArgs = oncePerField((args: PagingArgs) =>
    readPaging(related, args, {
      order: rules.preloadOrder,
      pageSize: parts.pageSize,
      limits: parts.inputLimits,
    }),
  );
  const columns = columnsAsked(parts, related, NODES);
  return t.field({
    type: connectionType(parts, related),
    nullable: false,
    description,
    extensions: readsColumns(association.ownerKey),
    args: connectionArgs(parts, t, related, rules),
    resolve: (row, args, context, info) =>
      associationConnection(
        parts.loaders(context),
        association,
        row,
        columns(info),
        readArgs(args, info),
      ),
  });
}

/** Where a connection has its rows. */
const NODES = ['edges', 'node'];

function connectionArgs(
  parts: Parts,
  t: ObjectFields<Row> | QueryFields,
  model: Model,
  rules?: AssociationRules,
) {
  const { standard, max } = parts.pageSize;
  return {
    first: t.arg.int({
      required: false,
      description: `Rows from the start: ${standard} unless given, at most ${max}.`,
    }),
    after: t.arg.string({ required: false, description: 'Only rows after this cursor.' }),
    last: t.arg.int({
      required: false,
      description: `Rows from the end, at most ${max}. Not together with first.`,
    }),
    before: t.arg.string({ required: false, description: 'Only rows before this cursor.' }),
    where: t.arg({
      type: whereInput(parts, model),
      required: false,
      description: 'Only rows that meet these conditions.',
    }),
    orderBy: t.arg({
      type: [orderInput(parts, model)],
      required: false,
      description: orderDescription(rules),
    }),
  };
}

function connectionType(parts: Parts, model: Model) {
  const { builder, named, typeName } = parts;
  return named(`${model.name}Connection`, (name) => {
    const edge = builder.objectRef<Edge>(typeName(`${model.name}Edge`)).implement({
      description: `${upperFirst(withArticle(model.name))} in a connection.`,
      fields: (t) => ({
        cursor: t.exposeString('cursor', {
          nullable: false,
          description: 'Its place in the order; for after and before.',
        }),
        node: t.expose('node', {
          type: objectOf(parts, model),
          nullable: false,
          description: `The ${model.name} itself.`,
        }),
      }),
    });
    return builder.objectRef<Connection>(name).implement({
      description: `A page of a list of ${model.name}.`,
      fields: (t) => ({
        edges: t.field({
          type: [edge],
          nullable: false,
          description: 'The rows of the page in order, each with its cursor.',
          resolve: edgesOf,
        }),
        pageInfo: t.field({
          type: pageInfo(parts),
          nullable: false,
          description: 'How to page on.',
          resolve: (connection) => connection,
        }),
        totalCount: t.int({
          nullable: false,
          description: 'Rows of the whole list, on all pages. Counted only when asked for.',
          resolve: ({ count }) => count(),
        }),
      }),
    });
  });
}

/** What lies around a page of any connection. */
export function pageInfo({ builder, named }: Parts) {
  return named('PageInfo', (name) =>
    builder.objectRef<Connection>(name).implement({
      description: 'What lies around a page.',
      fields: (t) => ({
        hasNextPage: t.boolean({
          nullable: false,
          description: 'Whether rows follow the page.',
          resolve: async ({ paging, page, isOutside }) =>
            paging.fromEnd ? isOutside('end') : (await page()).hasMore,
        }),
        hasPreviousPage: t.boolean({
          nullable: false,
          description: 'Whether rows precede the page.',
          resolve: async ({ paging, page, isOutside }) =>
            paging.fromEnd ? (await page()).hasMore : isOutside('start'),
        }),
        startCursor: t.string({
          nullable: true,
          description: 'Cursor of the first row; null on an empty page.',
          resolve: async (connection) => (await edgesOf(connection)).at(0)?.cursor,
        }),
        endCursor: t.string({
          nullable: true,
          description: 'Cursor of the last row; null on an empty page.',
          resolve: async (connection) => (await edgesOf(connection)).at(-1)?.cursor,
        }),
      }),
    }),
  );
}
