import type { Model, Order } from '../../model/model.ts';

/** Orders in Prisma's form, one object for each field. */
export function toPrismaOrder(order: readonly Order[]): readonly object[] {
  return order.map(({ field, direction }) => ({ [field]: direction }));
}

/**
 * The same order, ended by the primary key if it is not in it yet: no two rows are equal in it.
 */
export function completeOrder(model: Model, order: readonly object[]): readonly object[] {
  const named = order.flatMap((item) => Object.keys(item));
  return [...order, ...toPrismaOrder(keyBeside(model, named))];
}

/** The same for an order of columns. */
export function totalOrder(model: Model, order: readonly Order[]): readonly Order[] {
  const named = order.map(({ field }) => field);
  return [...order, ...keyBeside(model, named)];
}

/** The primary key in its order, without the fields that are named already. */
function keyBeside({ primaryKey }: Model, named: readonly string[]): readonly Order[] {
  const rest = primaryKey.filter((field) => !named.includes(field));
  return rest.map((field) => ({ field, direction: 'asc' }));
}
