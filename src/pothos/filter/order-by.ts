import type { AssociationRules, Model, Order } from '../../model/model.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { InputRef } from '../builder.ts';
import type { InputLimits } from '../input-limits.ts';
import type { ColumnKind, Parts } from '../parts.ts';
import { type Column, columnsOf, fieldsOf } from '../read/column.ts';

/** An order as GraphQL coerced it: exactly one column. */
export interface OrderInput {
  readonly [column: string]: Order['direction'] | null | undefined;
}

/** The order input of a model: PostOrder and its like. */
export function orderInput(parts: Parts, model: Model): InputRef<OrderInput> {
  const { builder, named } = parts;
  const columns = columnsOf(model).filter(isOrdered);
  const type = orderDirection(parts);
  return named(`${model.name}Order`, (name) =>
    builder.inputRef<OrderInput>(name).implement({
      isOneOf: true,
      description: `What rows of ${model.name} are ordered by. Exactly one column; the next item of the list orders what is equal in it.`,
      fields: (t) =>
        Object.fromEntries(
          columns.map((column) => {
            const description = `By ${column.name}.`;
            return [column.name, t.field({ type, required: false, description })];
          }),
        ),
    }),
  );
}

/** Whether rows can be ordered by a column: a keyset needs less and greater. */
function isOrdered({ kind, isList }: Column): boolean {
  return !isList && !unordered.includes(kind);
}

const unordered: readonly ColumnKind[] = ['Boolean', 'Enum', 'JSON', 'Bytes'];

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
  { maxItems }: InputLimits,
  standard: readonly Order[] = [],
): readonly Order[] {
  if (input && input.length > maxItems) {
    throw badUserInput(['orderBy'], `has ${input.length} items: at most ${maxItems}`);
  }
  const rest = [...(input?.length ? [] : standard), ...primaryOrder(model)];
  const items = rest.map(({ field, direction }) => ({ [field]: direction }));
  const order: Order[] = [];
  for (const item of [...(input ?? []), ...items]) {
    for (const [name, direction] of Object.entries(item)) {
      for (const { name: field } of direction ? fieldsOf(model, name) : []) {
        const isNew = order.every((known) => known.field !== field);
        if (direction && isNew) order.push({ field, direction });
        if (isTotal(model, order)) return order;
      }
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
