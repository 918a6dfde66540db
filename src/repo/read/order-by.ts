import type { Model, Order } from '../../model/model.ts';

/** Orders in Prisma's form, one object for each field. */
export function toPrismaOrder(order: readonly Order[]): readonly object[] {
  return order.map(({ field, direction }) => ({ [field]: direction }));
}

/**
 * The same order, ended by the primary key if it is not in it yet: no two rows are equal in it.
 */
export function completeOrder(model: Model, order: readonly object[]): readonly object[] {
  const named = new Set(order.flatMap((item) => Object.keys(item)));
  const rest = model.primaryKey.filter((field) => !named.has(field));
  return [...order, ...rest.map((field) => ({ [field]: 'asc' }))];
}

/** The same for an order of columns. */
export function totalOrder(model: Model, order: readonly Order[]): readonly Order[] {
  const named = new Set(order.map(({ field }) => field));
  const rest = model.primaryKey.filter((field) => !named.has(field));
  return [...order, ...rest.map((field) => ({ field, direction: 'asc' as const }))];
}
