import type { Model } from '../../model/model.ts';
import type { Delegates } from '../../repo/delegate.ts';
import { countRows, hasRowsOutside, type Page, readPage } from '../../repo/read/page.ts';
import { retryOnConnectionLoss } from '../../repo/errors/backoff.ts';
import type { Row } from '../../repo/row.ts';
import type { Field, QueryFields } from '../builder.ts';
import { writeCursor } from './cursor.ts';
import { objectOf, type Parts } from '../parts.ts';
import { orderInput } from '../filter/order-by.ts';
import { DEFAULT_SIZE, MAX_SIZE, type Paging, readPaging } from './paging.ts';
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
  return t.field({
    type: connectionType(parts, model),
    nullable: false,
    description,
    args: {
      first: t.arg.int({
        required: false,
        description: `Rows from the start: ${DEFAULT_SIZE} unless given, at most ${MAX_SIZE}.`,
      }),
      after: t.arg.string({ required: false, description: 'Only rows after this cursor.' }),
      last: t.arg.int({
        required: false,
        description: `Rows from the end, at most ${MAX_SIZE}. Not together with first.`,
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
        description: 'By id unless given; every order ends in id.',
      }),
    },
    resolve: (_root, args, context) =>
      makeConnection(parts.client(context), readPaging(model, args)),
  });
}

/** A connection that reads only what is asked of it. */
interface Connection {
  readonly paging: Paging;
  readonly page: () => Promise<Page>;
  readonly isOutside: (side: 'start' | 'end') => Promise<boolean>;
  readonly count: () => Promise<number>;
}

interface Edge {
  readonly cursor: string;
  readonly node: Row;
}

function makeConnection(client: Delegates, paging: Paging): Connection {
  const { list } = paging;
  let page: Promise<Page> | undefined;
  return {
    paging,
    page: () => (page ??= retryOnConnectionLoss(() => readPage(client, list, paging))),
    isOutside: (side) => retryOnConnectionLoss(() => hasRowsOutside(client, list, side)),
    count: () => retryOnConnectionLoss(() => countRows(client, list.model, list.where)),
  };
}

async function edgesOf({ paging, page }: Connection): Promise<readonly Edge[]> {
  const { model, order } = paging.list;
  const { rows } = await page();
  return rows.map((row) => ({
    node: row,
    cursor: writeCursor(model, order, row),
  }));
}

function connectionType(parts: Parts, model: Model) {
  const { builder, named } = parts;
  return named(`${model.name}Connection`, () => {
    const edge = builder.objectRef<Edge>(`${model.name}Edge`).implement({
      description: `A ${model.name} in a connection.`,
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
    return builder.objectRef<Connection>(`${model.name}Connection`).implement({
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
  return named('PageInfo', () =>
    builder.objectRef<Connection>('PageInfo').implement({
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
