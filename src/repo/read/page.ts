import type { Model, Order } from '../../model/model.ts';
import { delegate, type Delegates } from '../delegate.ts';
import { atOrFollowing, following, type Position, reverse } from './keyset.ts';
import { toPrismaOrder } from './order-by.ts';
import { type Columns, selectOf, rowReader, type Row } from '../row.ts';

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

/** How many rows of the part are wanted, and from which of its ends. */
export interface Cut {
  readonly size: number;
  readonly fromEnd: boolean;
}

/** A page of a list. */
export interface PageQuery extends Cut {
  readonly list: ListQuery;
}

/** Rows in the list's order, and whether the part goes on beyond them. */
export interface Page {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

/** Reads `size` rows from the start of the part, or from its end: one statement. */
export async function readPage(
  client: Delegates,
  list: ListQuery,
  cut: Cut,
  columns: Columns = null,
): Promise<Page> {
  const { model, where } = list;
  const wanted = columns && withPlace(list, columns);
  const records = await delegate(client, model).findMany({
    where: { AND: [where, ...bounds(list)] },
    orderBy: pageOrder(list, cut),
    take: cut.size + 1,
    ...selectOf(wanted),
  });
  return cutPage(records.map(rowReader(model, wanted)), cut);
}

/** Columns, and those that say where a row stands in the list. */
export function withPlace({ order }: ListQuery, columns: readonly string[]): readonly string[] {
  return [...new Set([...columns, ...order.map(({ field }) => field)])];
}

/** The conditions that keep to the part of a list that is meant. */
export function bounds({ model, order, after, before }: ListQuery): readonly object[] {
  return [
    ...(after ? [following(model, order, after)] : []),
    ...(before ? [following(model, reverse(order), before)] : []),
  ];
}

/** The order, in Prisma's form, in which the rows of a page come first. */
export function pageOrder({ order }: ListQuery, { fromEnd }: Cut): readonly object[] {
  return toPrismaOrder(fromEnd ? reverse(order) : order);
}

/** The page of rows that were read in its order, one more than it takes where there are more. */
export function cutPage(found: readonly Row[], { size, fromEnd }: Cut): Page {
  const rows = found.slice(0, size);
  return { rows: fromEnd ? rows.reverse() : rows, hasMore: found.length > size };
}

/**
 * Whether the list has rows outside the part, before its start or after its end: at most one
 * statement.
 */
export async function hasRowsOutside(
  client: Delegates,
  list: ListQuery,
  side: 'start' | 'end',
): Promise<boolean> {
  const condition = beyond(list, side);
  if (condition === null) return false;
  const found = await delegate(client, list.model).findMany({
    where: { AND: [list.where, condition] },
    take: 1,
  });
  return found.length > 0;
}

/** The condition on rows before the start of the part, or after its end; null where it has none. */
export function beyond(
  { model, order, after, before }: ListQuery,
  side: 'start' | 'end',
): object | null {
  const position = side === 'start' ? after : before;
  if (position === null) return null;
  return atOrFollowing(model, side === 'start' ? reverse(order) : order, position);
}

/** How many rows of a model meet a condition in Prisma's form: one statement. */
export function countRows(client: Delegates, model: Model, where: object): Promise<number> {
  return delegate(client, model).count({ where });
}
