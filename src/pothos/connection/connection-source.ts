import type { Association } from '../../model/model.ts';
import type { Delegates } from '../../repo/delegate.ts';
import { retryOnConnectionLoss } from '../../repo/errors/backoff.ts';
import type { Loaders } from '../../repo/read/loaders.ts';
import { countRows, hasRowsOutside, type Page, type PageQuery } from '../../repo/read/page.ts';
import type { Columns, Row } from '../../repo/row.ts';
import { writeCursor } from './cursor.ts';

/** A connection that reads only what is asked of it. */
export interface Connection {
  readonly paging: PageQuery;
  readonly page: () => Promise<Page>;
  readonly isOutside: (side: 'start' | 'end') => Promise<boolean>;
  readonly count: () => Promise<number>;
}

/** A row in a connection, and its place there. */
export interface Edge {
  readonly cursor: string;
  readonly node: Row;
}

/** A connection over all rows of a model. */
export function rootConnection(
  client: Delegates,
  loaders: Loaders,
  columns: Columns,
  paging: PageQuery,
): Connection {
  const { list } = paging;
  return {
    paging,
    page: once(() => loaders.rootPage(paging, columns)),
    isOutside: (side) => retryOnConnectionLoss(() => hasRowsOutside(client, list, side)),
    count: () => retryOnConnectionLoss(() => countRows(client, list.model, list.where)),
  };
}

/** A connection over an association of a row: one statement for all rows that ask for the same. */
export function associationConnection(
  loaders: Loaders,
  association: Association,
  owner: Row,
  columns: Columns,
  paging: PageQuery,
): Connection {
  const { list } = paging;
  return {
    paging,
    page: once(() => loaders.page(association, owner, paging, columns)),
    isOutside: (side) => loaders.hasRowsOutside(association, owner, list, side),
    count: () => loaders.count(association, owner, list.where),
  };
}

/** The rows of a connection's page, each with its cursor. */
export async function edgesOf({ paging, page }: Connection): Promise<readonly Edge[]> {
  const { model, order } = paging.list;
  const { rows } = await page();
  return rows.map((row) => ({ node: row, cursor: writeCursor(model, order, row) }));
}

/** Edges and page info are of one page. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= read());
}
