import type { Field } from '../../model/model.ts';
import { castValue } from '../../model/types/cast-value.ts';
import type { Value } from '../../model/value.ts';
import { badUserInput, type ArgumentPath } from '../bad-user-input.ts';
import type { InputRef } from '../builder.ts';
import type { Parts } from '../parts.ts';
import type { ColumnKind } from '../parts.ts';

/** A filter as GraphQL coerced it: values by operator. */
export interface FilterInput {
  readonly [operator: string]: unknown;
}

type Operator = keyof typeof descriptions;

const descriptions = {
  equals: 'This value. null asks for rows without a value.',
  in: 'One of these values; [] holds for no row.',
  notIn: 'None of these values. Rows without a value are left out.',
  not: 'Another value than this. Rows without a value are left out.',
  contains: 'Holds this text somewhere, taken literally, minding the case.',
  startsWith: 'Begins with this text, taken literally, minding the case.',
  endsWith: 'Ends with this text, taken literally, minding the case.',
  lt: 'Less than this.',
  lte: 'Less than this or equal.',
  gt: 'Greater than this.',
  gte: 'Greater than this or equal.',
} as const;

const sets: readonly Operator[] = ['equals', 'in', 'notIn', 'not'];
const texts: readonly Operator[] = ['contains', 'startsWith', 'endsWith'];
const ranges: readonly Operator[] = ['lt', 'lte', 'gt', 'gte'];

const operators: { readonly [kind in ColumnKind]: readonly Operator[] } = {
  ID: [...sets, ...ranges],
  String: [...sets, ...texts],
  Int: [...sets, ...ranges],
  Float: [...sets, ...ranges],
  Boolean: sets,
  DateTime: [...sets, ...ranges],
};

/** The filter input of a kind of column: StringFilter and its like. */
export function filterInput(
  { builder, named, scalars }: Parts,
  kind: ColumnKind,
): InputRef<FilterInput> {
  const type = scalars[kind];
  return named(`${kind}Filter`, () =>
    builder.inputRef<FilterInput>(`${kind}Filter`).implement({
      description: `Conditions on one column; all that are given must hold. null is no condition, but \`equals: null\` is one.`,
      fields: (t) => {
        const fields = operators[kind].map((operator) => {
          const isList = operator === 'in' || operator === 'notIn';
          const description = descriptions[operator];
          const options = { required: false, description } as const;
          const field = t.field({ type: isList ? [type] : type, ...options });
          return [operator, field] as const;
        });
        return Object.fromEntries(fields);
      },
    }),
  );
}

/**
 * The conditions of a filter of one column, in Prisma's form; all are to hold.
 * @throws GraphQLError BAD_USER_INPUT for a value that the column cannot hold.
 */
export function toConditions(
  field: Field,
  filter: FilterInput,
  path: ArgumentPath,
): readonly object[] {
  return Object.entries(filter).flatMap(([operator, input]) => {
    if (input === undefined) return [];
    if (input === null) return operator === 'equals' ? [equalsNull(field)] : [];
    const at = [...path, operator];
    const value = Array.isArray(input)
      ? input.map((item, i) => readValue(field, item, [...at, String(i)]))
      : readValue(field, input, at);
    const isText = texts.some((text) => text === operator);
    const wanted = isText && typeof value === 'string' ? escapeLike(value) : value;
    return [{ [field.name]: { [operator]: wanted } }];
  });
}

// Prisma refuses to ask a required column for null; no row has it.
function equalsNull({ name, isNullable }: Field): object {
  return isNullable ? { [name]: { equals: null } } : { [name]: { in: [] } };
}

function readValue(field: Field, input: unknown, path: ArgumentPath): Value {
  const cast = castValue(field, input);
  if (cast.ok) return cast.value;
  const shown = JSON.stringify(input).slice(0, 100);
  throw badUserInput(path, `is no value of ${field.name}: ${shown}`);
}

// Prisma sends % and _ on as they come, as the wildcards of LIKE.
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
