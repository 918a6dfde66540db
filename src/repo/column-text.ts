import type { Field, ScalarType } from '../model/model.ts';
import { isList, type Value, valueText } from '../model/value.ts';

/*
 * Every value is sent as text, whatever its type, and cast in the statement: so one form serves all
 * types, and a column of rows is one parameter.
 */

/** The SQL type that the text of a field's value is cast to; null if it cannot be sent so. */
export function sqlTypeOf(field: Field): string | null {
  const { type, nativeType, isList: isArray } = field;
  const name = (nativeType === null ? standardTypes[type] : nativeTypes[nativeType]) ?? null;
  return name && isArray ? `${name}[]` : name;
}

const standardTypes: { readonly [type in ScalarType]?: string } = {
  String: 'text',
  Boolean: 'boolean',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Decimal: 'numeric',
  DateTime: 'timestamp',
  Json: 'jsonb',
  Bytes: 'bytea',
};

/** Without a length or precision: those are the column's, which refuses or rounds by itself. */
const nativeTypes: { readonly [nativeType: string]: string } = {
  Text: 'text',
  VarChar: 'text',
  Char: 'bpchar',
  Citext: 'citext',
  Uuid: 'uuid',
  Inet: 'inet',
  Bit: 'varbit',
  VarBit: 'varbit',
  Xml: 'xml',
  Boolean: 'boolean',
  Integer: 'integer',
  SmallInt: 'smallint',
  Oid: 'oid',
  BigInt: 'bigint',
  DoublePrecision: 'double precision',
  Real: 'real',
  Decimal: 'numeric',
  Timestamp: 'timestamp',
  Timestamptz: 'timestamptz',
  Date: 'date',
  Time: 'time',
  Timetz: 'timetz',
  Json: 'json',
  JsonB: 'jsonb',
  ByteA: 'bytea',
};

/** The text of a field's value, as PostgreSQL reads it; null for NULL. */
export function columnText(field: Field, value: Value): string | null {
  if (value === null) return null;
  if (!field.isList || !isList(value)) return scalarText(field, value);
  return arrayText(value.map((item) => scalarText(field, item)));
}

/** An array of texts as the text of one. */
export function arrayText(items: readonly (string | null)[]): string {
  return `{${items.map((item) => (item === null ? 'NULL' : quoted(item))).join(',')}}`;
}

function quoted(text: string): string {
  return `"${special.test(text) ? text.replaceAll(/["\\]/g, String.raw`\$&`) : text}"`;
}

const special = /["\\]/;

function scalarText({ type, nativeType }: Field, value: Value): string {
  if (type === 'Json') return JSON.stringify(value);
  if (value instanceof Date) return dateText(nativeType, value);
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return valueText(value);
}

/** Without a zone, as Prisma's adapter sends it, whose sessions run in UTC. */
function dateText(nativeType: string | null, date: Date): string {
  const text = date.toISOString();
  if (nativeType === 'Date') return text.slice(0, -14);
  return nativeType === 'Time' || nativeType === 'Timetz' ? text.slice(-13, -1) : text.slice(0, -1);
}
