import type { Model, Order } from '../../model/model.ts';
import { delegate, type Delegates } from '../delegate.ts';
import { atOrFollowing, following, type Position, reverse } from './keyset.ts';
import { toPrismaOrder } from './order-by.ts';
import { toRow, type Row } from '../row.ts';

/** An ordered list and the part of it that is meant. */
export interface ListQuery {
  readonly model: Model;
  /** In Prisma's form. */
  readonly where: object;
  /** Total: no two rows are equal in it. */
  readonly order: readonly Order[];
  /** Only rows strictly after this position. */
  readonly after: Position | null;
  /** Only rows strictly before this position. */
  readonly before: Position | null;
}

/** Rows in the list's order, and whether the part goes on beyond them. */
export interface Page {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

/** Reads `size` rows from the start of the part, or from its end: one statement. */
export async function readPage(
  client: Delegates,
  query: ListQuery,
  { size, fromEnd }: { readonly size: number; readonly fromEnd: boolean },
): Promise<Page> {
  const { model, where, order, after, before } = query;
  const bounds = [
    ...(after ? [following(model, order, after)] : []),
    ...(before ? [following(model, reverse(order), before)] : []),
  ];
  const records = await delegate(client, model).findMany({
    where: { AND: [where, ...bounds] },
    orderBy: toPrismaOrder(fromEnd ? reverse(order) : order),
    take: size + 1,
  });
  const rows = records.slice(0, size).map((record) => toRow(model, record));
  return {
    rows: fromEnd ? rows.reverse() : rows,
    hasMore: records.length > size,
  };
}

/**
 * Whether the list has rows outside the part, before its start or after its end: at most one
 * statement.
 */
export async function hasRowsOutside(
  client: Delegates,
  { model, where, order, after, before }: ListQuery,
  side: 'start' | 'end',
): Promise<boolean> {
  const position = side === 'start' ? after : before;
  if (position === null) return false;
  const away = side === 'start' ? reverse(order) : order;
  const found = await delegate(client, model).findMany({
    where: { AND: [where, atOrFollowing(model, away, position)] },
    take: 1,
  });
  return found.length > 0;
}

/** How many rows of a model meet a condition in Prisma's form: one statement. */
export function countRows(client: Delegates, model: Model, where: object): Promise<number> {
  return delegate(client, model).count({ where });
}
