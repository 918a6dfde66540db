import type { Model } from '../../model/model.ts';
import type { InputFields, InputRef } from '../builder.ts';
import type { InputFieldMap } from '../input/input-type.ts';
import type { ColumnKind, Parts } from '../parts.ts';
import type { Column } from '../read/column.ts';
import { itemTypeOf } from '../read/column-type.ts';
import { type FilterInput, textOperators } from './column-condition.ts';

type Operator = keyof typeof descriptions;

const descriptions = {
  equals: 'This value. null asks for rows without a value.',
  in: 'One of these values; [] holds for no row.',
  notIn: 'None of these values. Rows without a value are left out.',
  not: 'Another value than this. Rows without a value are left out.',
  contains: 'Holds this text somewhere, taken literally.',
  startsWith: 'Begins with this text, taken literally.',
  endsWith: 'Ends with this text, taken literally.',
  lt: 'Less than this.',
  lte: 'Less than this or equal.',
  gt: 'Greater than this.',
  gte: 'Greater than this or equal.',
} as const;

const sets: readonly Operator[] = ['equals', 'in', 'notIn', 'not'];
const ranges: readonly Operator[] = ['lt', 'lte', 'gt', 'gte'];

const operators: { readonly [kind in ColumnKind]?: readonly Operator[] } = {
  ID: [...sets, ...ranges],
  String: [...sets, ...textOperators],
  Int: [...sets, ...ranges],
  Float: [...sets, ...ranges],
  Boolean: ['equals', 'not'],
  DateTime: [...sets, ...ranges],
  BigInt: [...sets, ...ranges],
  Decimal: [...sets, ...ranges],
  Bytes: sets,
  Enum: sets,
};

/** Whether rows can be filtered by a column. */
export function isFiltered({ kind, isList }: Column): boolean {
  return !isList && operators[kind] !== undefined;
}

/** The filter input of a column: StringFilter and its like, one of each kind and of each enum. */
export function filterInput(parts: Parts, model: Model, column: Column): InputRef<FilterInput> {
  const { builder, named } = parts;
  const { kind, fields } = column;
  const type = itemTypeOf(parts, model, column);
  const isKey = fields.length > 1;
  const usual = `${isKey ? 'Key' : (fields[0]?.enumName ?? kind)}Filter`;
  const names = isKey ? sets : (operators[kind] ?? []);
  return named(usual, (name) =>
    builder.inputRef<FilterInput>(name).implement({
      description:
        'Conditions on one column; all that are given must hold. null is refused, but `equals: null` asks for rows without a value.',
      fields: (t) => {
        const inputs = names.map((operator) => {
          const isList = operator === 'in' || operator === 'notIn';
          const description = descriptions[operator];
          const options = { required: false, description } as const;
          const field = t.field({ type: isList ? [type] : type, ...options });
          return [operator, field] as const;
        });
        return { ...Object.fromEntries(inputs), ...(kind === 'String' && modeField(parts, t)) };
      },
    }),
  );
}

function modeField(parts: Parts, t: InputFields): InputFieldMap {
  const description = 'How the operators beside it compare. Sensitive unless given.';
  return { mode: t.field({ type: textMode(parts), required: false, description }) };
}

function textMode({ builder, named }: Parts) {
  return named('TextMode', (name) =>
    builder.enumType(name, {
      description: 'How text is compared.',
      values: {
        Sensitive: { value: 'default' as const, description: 'Upper and lower case differ.' },
        Insensitive: {
          value: 'insensitive' as const,
          description: 'Upper and lower case are the same.',
        },
      },
    }),
  );
}
