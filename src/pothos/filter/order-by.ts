import type { AssociationRules, Model, Order } from '../../model/model.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { InputRef } from '../builder.ts';
import type { Parts } from '../parts.ts';
import { columnsOf } from '../read/column.ts';
import { MAX_LIST } from './measure.ts';

/** An order as GraphQL coerced it: exactly one column. */
export interface OrderInput {
  readonly [column: string]: Order['direction'] | null | undefined;
}

/** The order input of a model: PostOrder and its like. */
export function orderInput(parts: Parts, model: Model): InputRef<OrderInput> {
  const { builder, named } = parts;
  const name = `${model.name}Order`;
  // A keyset needs less and greater, which Prisma lacks for truth values.
  const columns = columnsOf(model).filter(({ kind }) => kind !== 'Boolean');
  const type = orderDirection(parts);
  return named(name, (typeName) =>
    builder.inputRef<OrderInput>(typeName).implement({
      isOneOf: true,
      description: `What rows of ${model.name} are ordered by. Exactly one column; the next item of the list orders what is equal in it.`,
      fields: (t) =>
        Object.fromEntries(
          columns.map(({ field }) => {
            const description = `By ${field.name}.`;
            return [field.name, t.field({ type, required: false, description })];
          }),
        ),
    }),
  );
}

/** The two directions of an order. */
export function orderDirection({ builder, named }: Parts) {
  return named('OrderDirection', (name) =>
    builder.enumType(name, {
      description: 'Which way a column orders. Text follows the database.',
      values: {
        Asc: {
          value: 'asc' as const,
          description: 'From least to greatest, rows without a value last.',
        },
        Desc: {
          value: 'desc' as const,
          description: 'From greatest to least, rows without a value first.',
        },
      },
    }),
  );
}

/** What orders a list for which no order is given. */
export function orderDescription({ position = null }: Partial<AssociationRules> = {}): string {
  return `By ${position === null ? '' : `${position}, then by `}id unless given; every order ends in id.`;
}

/**
 * The order of a list of order inputs, or the standard one where it is empty, ended by the primary key so that no two rows are equal in
 * it. A column that comes again, or after the primary key, orders nothing and is dropped.
 * @throws GraphQLError BAD_USER_INPUT for a list without measure.
 */
export function readOrder(
  model: Model,
  input: readonly OrderInput[] | null | undefined,
  standard: readonly Order[] = [],
): readonly Order[] {
  if (input && input.length > MAX_LIST) {
    throw badUserInput(['orderBy'], `has ${input.length} items: at most ${MAX_LIST}`);
  }
  const rest = [...(input?.length ? [] : standard), ...primaryOrder(model)];
  const items = rest.map(({ field, direction }) => ({ [field]: direction }));
  const order: Order[] = [];
  for (const item of [...(input ?? []), ...items]) {
    for (const [field, direction] of Object.entries(item)) {
      const isNew = order.every((known) => known.field !== field);
      if (direction && isNew) order.push({ field, direction });
      if (isTotal(model, order)) return order;
    }
  }
  return order;
}

function primaryOrder({ primaryKey }: Model): readonly Order[] {
  return primaryKey.map((field) => ({ field, direction: 'asc' }));
}

function isTotal({ primaryKey }: Model, order: readonly Order[]): boolean {
  return primaryKey.every((key) => order.some(({ field }) => field === key));
}
