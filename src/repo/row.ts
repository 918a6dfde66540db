import type { Model } from '../model/model.ts';
import type { Value, Values } from '../model/value.ts';

/** A row as it was read: the values of its columns by Prisma's field names. */
export type Row = Values;

/**
 * The plain row of what Prisma returned: the model's own fields and no relations, decimals as
 * decimal text.
 */
export function toRow(model: Model, record: Row): Row {
  const row: { [field: string]: Value } = {};
  for (const field of model.fields.values()) {
    const value = record[field.name] ?? null;
    row[field.name] = field.type === 'Decimal' ? toDecimalText(value) : value;
  }
  return row;
}

function toDecimalText(value: Value): Value {
  if (Array.isArray(value)) return value.map(toDecimalText);
  return isDecimal(value) ? value.toFixed() : value;
}

// Prisma's decimals are objects of a class of its runtime; toFixed gives all their digits, without
// exponent and without idle zeros.
function isDecimal(value: unknown): value is { toFixed(): string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toFixed' in value &&
    typeof value.toFixed === 'function'
  );
}
