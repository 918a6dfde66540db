import { dayOf, readDateTime } from './date-time.ts';
import { readDecimal } from './decimal.ts';
import type { Field } from './model.ts';

/** A value of a field: what a column of any scalar type of Prisma holds. Decimals are kept as decimal text. */
export type Value =
  | null
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Fields by name. */
export type Values = { readonly [field: string]: Value };

/** The outcome of a cast: the value of the field's type, or nothing. */
export type Cast =
  { readonly ok: true; readonly value: Value } | { readonly ok: false };

const refused: Cast = { ok: false };
const accept = (value: Value): Cast => ({ ok: true, value });

/**
 * Casts unknown input to the field's type, as Ecto.Type.cast/2 (3.13): numbers are read from text, text is never made
 * from numbers. Null is accepted; whether it may stay is `validateRequired`'s question. A list column of Prisma's is never
 * null: null is the empty list.
 */
export function castValue(field: Field, input: unknown): Cast {
  if (input === null || input === undefined)
    return accept(field.isList ? [] : null);
  if (!field.isList) return castScalar(field, input);
  if (!Array.isArray(input)) return refused;
  const values: Value[] = [];
  for (const item of input) {
    const cast = castScalar(field, item);
    if (!cast.ok) return refused;
    values.push(cast.value);
  }
  return accept(values);
}

/** The value of the field's type where the input is of it already: text is not taken for what it reads as. */
export function readTyped(field: Field, input: unknown): Cast {
  const cast = castValue(field, input);
  const isRead =
    cast.ok && typeof input === 'string' && typeof cast.value !== 'string';
  return isRead ? refused : cast;
}

/** Whether two values of one field are the same to the database. */
export function equalValues(
  a: Value | undefined,
  b: Value | undefined,
): boolean {
  if (a === b) return true;
  if (a === null || b === null || a === undefined || b === undefined)
    return false;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof Date || b instanceof Date) {
    return (
      a instanceof Date && b instanceof Date && a.getTime() === b.getTime()
    );
  }
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return (
      a instanceof Uint8Array &&
      b instanceof Uint8Array &&
      Buffer.compare(a, b) === 0
    );
  }
  if (isList(a) || isList(b)) {
    return (
      isList(a) &&
      isList(b) &&
      a.length === b.length &&
      a.every((item, i) => equalValues(item, b[i]))
    );
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && equalValues(a[key], b[key]))
  );
}

/** Whether something is text of nothing but white space (as Unicode has it, and Elixir's `String.trim/1`). */
export function isBlankText(value: unknown): boolean {
  return typeof value === 'string' && /^\p{White_Space}*$/u.test(value);
}

/** Text that is the same exactly for equal key values, so that rows can be looked up by key. */
export function keyText(values: readonly Value[]): string {
  return values
    .map((value) =>
      typeof value === 'string'
        ? JSON.stringify(value)
        : `${typeof value}:${valueText(value)}`,
    )
    .join('|');
}

/** A value as text, for messages and lookups. */
export function valueText(value: Value): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const int32 = 2 ** 31;
const int64 = 2n ** 63n;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const float = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;

function castScalar(field: Field, input: unknown): Cast {
  switch (field.type) {
    case 'String':
      return castText(field, input);
    case 'Enum':
      return typeof input === 'string' && field.enumValues.includes(input)
        ? accept(input)
        : refused;
    case 'Boolean':
      return castBoolean(input);
    case 'Int':
      return castInt(input);
    case 'BigInt':
      return castBigInt(input);
    case 'Float':
      return castFloat(input);
    case 'Decimal':
      return castDecimal(input);
    case 'DateTime':
      return castDateTime(field, input);
    case 'Bytes':
      return input instanceof Uint8Array ? accept(input) : refused;
    case 'Json':
      return isJson(input) ? accept(input) : refused;
    default:
      return field.type satisfies never;
  }
}

/** Text that PostgreSQL cannot hold: NUL, and half a surrogate pair, which UTF-8 does not know. */
const unstorable = /\0|\p{Surrogate}/u;

function castText(field: Field, input: unknown): Cast {
  if (typeof input !== 'string' || unstorable.test(input)) return refused;
  if (field.nativeType !== 'Uuid') return accept(input);
  return uuid.test(input) ? accept(input.toLowerCase()) : refused;
}

function castBoolean(input: unknown): Cast {
  if (typeof input === 'boolean') return accept(input);
  if (input === 'true' || input === '1') return accept(true);
  if (input === 'false' || input === '0') return accept(false);
  return refused;
}

function castInt(input: unknown): Cast {
  const read = castBigInt(input);
  if (!read.ok) return refused;
  const value = Number(read.value);
  return value >= -int32 && value < int32 ? accept(value) : refused;
}

function castBigInt(input: unknown): Cast {
  const value = readBigInt(input);
  return value !== null && value >= -int64 && value < int64
    ? accept(value)
    : refused;
}

function readBigInt(input: unknown): bigint | null {
  if (typeof input === 'bigint') return input;
  if (typeof input === 'number')
    return Number.isSafeInteger(input) ? BigInt(input) : null;
  return typeof input === 'string' && /^[+-]?0*\d{1,19}$/.test(input)
    ? BigInt(input.replace(/^\+/, ''))
    : null;
}

function castFloat(input: unknown): Cast {
  const value =
    typeof input === 'string' && float.test(input) ? Number(input) : input;
  if (typeof value !== 'number' || !Number.isFinite(value)) return refused;
  // The database does not tell -0 from 0.
  return accept(value === 0 ? 0 : value);
}

function castDecimal(input: unknown): Cast {
  const isNumber = typeof input === 'number' || typeof input === 'bigint';
  const text = isNumber ? String(input) : input;
  const value = typeof text === 'string' ? readDecimal(text) : null;
  return value === null ? refused : accept(value);
}

function castDateTime(field: Field, input: unknown): Cast {
  const date = typeof input === 'string' ? readDateTime(input) : input;
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) return refused;
  return accept(field.nativeType === 'Date' ? dayOf(date) : date);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isJson(input: unknown): input is Value {
  if (input === null || typeof input === 'boolean' || typeof input === 'string')
    return true;
  if (typeof input === 'number') return Number.isFinite(input);
  if (typeof input !== 'object') return false;
  if (Array.isArray(input)) return input.every(isJson);
  const prototype: unknown = Object.getPrototypeOf(input);
  return (
    (prototype === Object.prototype || prototype === null) &&
    Object.values(input).every(isJson)
  );
}
