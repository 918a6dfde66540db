import { dayOf, readDateTime, timeOf } from './date-time.ts';
import { countWhole, readDecimal, withPlaces } from './decimal.ts';
import type { Field, Model } from '../model.ts';
import type { Value } from '../value.ts';

/** The outcome of a cast: the value of the field's type, or nothing. */
export type Cast = { readonly ok: true; readonly value: Value } | { readonly ok: false };

const refused: Cast = { ok: false };
const accept = (value: Value): Cast => ({ ok: true, value });

/**
 * Casts unknown input to the field's type, as Ecto.Type.cast/2 (3.13): numbers are read from text,
 * text is never made from numbers. Null is accepted; whether it may stay is `validateRequired`'s
 * question. A list column of Prisma's is never null: null is the empty list.
 */
export function castValue(field: Field, input: unknown): Cast {
  if (input === null || input === undefined) return accept(field.isList ? [] : null);
  if (!field.isList) return castScalar(field, input);
  if (!Array.isArray(input)) return refused;
  const values: Value[] = [];
  for (const item of input) {
    const cast = castScalar(field, item);
    if (!cast.ok || isTooLong(field, cast.value)) return refused;
    values.push(cast.value);
  }
  return accept(values);
}

/**
 * Casts unknown input to the type of the model's field of a name; refused if there is no such
 * field.
 */
export function castNamed(model: Model, name: string, input: unknown): Cast {
  const field = model.fields.get(name);
  return field ? castValue(field, input) : refused;
}

/**
 * The value of the field's type if the input is of it already: text is not taken for what it
 * reads as.
 */
export function readTyped(field: Field, input: unknown): Cast {
  const cast = castValue(field, input);
  const isRead = cast.ok && typeof input === 'string' && typeof cast.value !== 'string';
  return isRead ? refused : cast;
}

const int16 = 2 ** 15;
const int32 = 2 ** 31;
const int64 = 2n ** 63n;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const float = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;

function castScalar(field: Field, input: unknown): Cast {
  switch (field.type) {
    case 'String':
      return castText(field, input);
    case 'Enum':
      return typeof input === 'string' && field.enumValues.has(input) ? accept(input) : refused;
    case 'Boolean':
      return castBoolean(input);
    case 'Int':
      return castInt(field, input);
    case 'BigInt':
      return castBigInt(input);
    case 'Float':
      return castFloat(field, input);
    case 'Decimal':
      return castDecimal(field, input);
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

/** Of a text that stands alone LENGTH says so. */
function isTooLong({ maxLength }: Field, value: Value): boolean {
  return maxLength !== null && typeof value === 'string' && Array.from(value).length > maxLength;
}

function castBoolean(input: unknown): Cast {
  if (typeof input === 'boolean') return accept(input);
  if (input === 'true' || input === '1') return accept(true);
  if (input === 'false' || input === '0') return accept(false);
  return refused;
}

function castInt({ nativeType }: Field, input: unknown): Cast {
  const read = castBigInt(input);
  if (!read.ok) return refused;
  const value = Number(read.value);
  const bound = nativeType === 'SmallInt' ? int16 : int32;
  const least = nativeType === 'Oid' ? 0 : -bound;
  return value >= least && value < bound ? accept(value) : refused;
}

function castBigInt(input: unknown): Cast {
  const value = readBigInt(input);
  return value !== null && isInt64(value) ? accept(value) : refused;
}

function isInt64(value: bigint): boolean {
  return value >= -int64 && value < int64;
}

function readBigInt(input: unknown): bigint | null {
  if (typeof input === 'bigint') return input;
  if (typeof input === 'number') return Number.isSafeInteger(input) ? BigInt(input) : null;
  return typeof input === 'string' && /^[+-]?0*\d{1,19}$/.test(input)
    ? BigInt(input.replace(/^\+/, ''))
    : null;
}

function castFloat({ nativeType }: Field, input: unknown): Cast {
  const value = typeof input === 'string' && float.test(input) ? Number(input) : input;
  if (typeof value !== 'number') return refused;
  // To PostgreSQL a number that comes to nothing in half the bits is none either.
  const held = nativeType === 'Real' ? Math.fround(value) : value;
  if (!Number.isFinite(held) || (held === 0 && value !== 0)) return refused;
  // To the database -0 is 0.
  return accept(value === 0 ? 0 : value);
}

function castDecimal({ nativeType, scale, wholeDigits }: Field, input: unknown): Cast {
  const isNumber = typeof input === 'number' || typeof input === 'bigint' || isDecimal(input);
  const text = isNumber ? String(input) : input;
  const value = typeof text === 'string' ? readDecimal(text) : null;
  const fits = (text: string) => wholeDigits === null || countWhole(text) <= wholeDigits;
  // Before it is rounded too: a number of many digits takes long.
  if (value === null || !fits(value)) return refused;
  const stored = withPlaces(value, scale);
  if (nativeType === 'Money' && !isInt64(BigInt(stored.replace('.', '')))) return refused;
  return fits(stored) ? accept(stored) : refused;
}

/** Decimals are objects of a class of Prisma's runtime. */
function isDecimal(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'toFixed' in input;
}

function castDateTime(field: Field, input: unknown): Cast {
  const date = typeof input === 'string' ? readDateTime(input) : input;
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) return refused;
  if (field.nativeType === 'Date') return accept(dayOf(date));
  const isTime = field.nativeType === 'Time' || field.nativeType === 'Timetz';
  return accept(isTime ? timeOf(date) : date);
}

function isJson(input: unknown): input is Value {
  if (input === null || typeof input === 'boolean') return true;
  if (typeof input === 'string') return !unstorable.test(input);
  if (typeof input === 'number') return Number.isFinite(input);
  if (typeof input !== 'object') return false;
  if (Array.isArray(input)) return input.every(isJson);
  const prototype: unknown = Object.getPrototypeOf(input);
  return (
    (prototype === Object.prototype || prototype === null) &&
    Object.entries(input).every(([name, value]) => !unstorable.test(name) && isJson(value))
  );
}
