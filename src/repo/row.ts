import type { Field, Model } from '../model/model.ts';
import { isList, type Value, type Values } from '../model/value.ts';

/** A row as it was read: the values of its columns by Prisma's field names. */
export type Row = Values;

/** The columns of a row that are wanted, by Prisma's field names; null for all of them. */
export type Columns = readonly string[] | null;

/** What Prisma selects of a row: the columns, or all where none are named. */
export function selectOf(columns: Columns): object {
  return columns ? { select: selectAll(columns) } : {};
}

/** What Prisma selects to read these fields. */
export function selectAll(fields: readonly string[]): object {
  return Object.fromEntries(fields.map((field) => [field, true]));
}

/** Makes the plain row of a record, as it was read. */
export type ReadRow = (record: Row) => Row;

/**
 * Reads what Prisma returned as plain rows: the model's own fields, or those that were wanted, and no
 * relations, decimals as decimal text with the places of their column; a list for which the database
 * holds NULL is empty.
 */
export function rowReader(model: Model, columns: Columns = null): ReadRow {
  const fields = fieldsOf(model, columns);
  return (record) => readFields(fields, record, readValue);
}

/**
 * Reads what raw SQL returned of the fields that were wanted as plain rows. It holds the database's
 * names of enum values, and an oid as a bigint.
 */
export function rawRowReader(model: Model, columns: Columns = null): ReadRow {
  const fields = fieldsOf(model, columns);
  const isPlain = fields.every(({ type, isList: isArray, nativeType }) => {
    return !isArray && type !== 'Enum' && type !== 'Decimal' && nativeType !== 'Oid';
  });
  return isPlain ? (record) => record : (record) => readFields(fields, record, readRawValue);
}

function fieldsOf({ fields }: Model, columns: Columns): readonly Field[] {
  return columns ? columns.flatMap((name) => fields.get(name) ?? []) : [...fields.values()];
}

function readFields(
  fields: readonly Field[],
  record: Row,
  read: (field: Field, value: Value) => Value,
): Row {
  const row: { [field: string]: Value } = {};
  for (const field of fields) {
    row[field.name] = read(field, record[field.name] ?? (field.isList ? [] : null));
  }
  return row;
}

function readValue({ type, scale }: Field, value: Value): Value {
  return type === 'Decimal' ? toDecimalText(value, scale) : value;
}

function readRawValue(field: Field, value: Value): Value {
  if (field.type === 'Enum') return readEnum(field, value);
  if (field.type === 'Int' && typeof value === 'bigint') return Number(value);
  return readValue(field, value);
}

function readEnum({ enumValues }: Field, value: Value): Value {
  const nameOf = (item: Value) => {
    for (const [name, stored] of enumValues) if (stored === item) return name;
    return item;
  };
  return isList(value) ? value.map(nameOf) : nameOf(value);
}

function toDecimalText(value: Value, scale: number | null): Value {
  if (isList(value)) return value.map((item) => toDecimalText(item, scale));
  return isDecimal(value) ? value.toFixed(scale ?? undefined) : value;
}

// Prisma's decimals are objects of a class of its runtime; toFixed gives all their digits, without
// exponent and without idle zeros.
function isDecimal(value: unknown): value is { toFixed(places?: number): string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toFixed' in value &&
    typeof value.toFixed === 'function'
  );
}
