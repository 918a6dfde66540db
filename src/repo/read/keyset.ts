import type { Model, Order } from '../../model/model.ts';
import type { Value } from '../../model/value.ts';

/** Where a row stands in an order: its values of the order's fields. */
export type Position = readonly Value[];

/** The order seen from its end. */
export function reverse(order: readonly Order[]): readonly Order[] {
  return order.map(({ field, direction }) => ({
    field,
    direction: direction === 'asc' ? 'desc' : 'asc',
  }));
}

/**
 * Prisma's condition for the rows after a position. The order is PostgreSQL's: null comes after
 * every value, before it when descending.
 */
export function following(model: Model, order: readonly Order[], position: Position): object {
  const alternatives = order.flatMap((by, i) => {
    const later = laterThan(model, by, position[i] ?? null);
    return later === null ? [] : [{ AND: [...equal(order, position, i), later] }];
  });
  return { OR: alternatives };
}

/** The same with the row at the position. */
export function atOrFollowing(model: Model, order: readonly Order[], position: Position): object {
  const at = { AND: equal(order, position, order.length) };
  return { OR: [at, following(model, order, position)] };
}

/** The rows that do not differ from the position in the first `count` fields. */
function equal(order: readonly Order[], position: Position, count: number): readonly object[] {
  return order
    .slice(0, count)
    .map(({ field }, i) => ({ [field]: { equals: position[i] ?? null } }));
}

/** The rows whose field comes after the value; null when none can. */
function laterThan(model: Model, { field, direction }: Order, value: Value): object | null {
  if (direction === 'desc') {
    return value === null ? { [field]: { not: null } } : { [field]: { lt: value } };
  }
  if (value === null) return null;
  const greater = { [field]: { gt: value } };
  const isNullable = model.fields.get(field)?.isNullable ?? false;
  return isNullable ? { OR: [greater, { [field]: null }] } : greater;
}
