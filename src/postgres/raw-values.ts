import { Decimal } from '@prisma/client/runtime/client';
import {
  type ColumnType,
  ColumnTypeEnum,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';

/*
 * What Prisma's client does with the values of raw statements, on their way to its adapter and back.
 */

/** A raw statement as the adapter takes it. */
export function rawQuery(sql: string, values: readonly unknown[]): SqlQuery {
  return {
    sql,
    args: values.map(toArg),
    argTypes: values.map((value) => (Array.isArray(value) ? LIST : SCALAR)),
  };
}

const SCALAR = { scalarType: 'unknown', arity: 'scalar' } as const;
const LIST = { scalarType: 'unknown', arity: 'list' } as const;

/** Dates and bytes are the adapter's to write. */
function toArg(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toArg);
  if (typeof value === 'bigint' || Decimal.isDecimal(value)) return value.toString();
  const isPlain = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
  return isPlain && !(value instanceof Date) ? JSON.stringify(value) : value;
}

/** The rows that the adapter read. */
export function rawRows({ columnNames, columnTypes, rows }: SqlResultSet): readonly object[] {
  const readers = columnTypes.map((type) => readerOf.get(type));
  return rows.map((values) => {
    const row: Record<string, unknown> = {};
    values.forEach((value, i) => {
      const read = readers[i];
      row[columnNames[i] ?? ''] = value === null || !read ? value : read(value);
    });
    return row;
  });
}

type Read = (value: unknown) => unknown;

const scalars: readonly (readonly [ColumnType, ColumnType, Read])[] = [
  [ColumnTypeEnum.Int32, ColumnTypeEnum.Int32Array, (value) => Math.trunc(Number(value))],
  [ColumnTypeEnum.Int64, ColumnTypeEnum.Int64Array, (value) => BigInt(String(value))],
  [ColumnTypeEnum.Numeric, ColumnTypeEnum.NumericArray, (value) => new Decimal(String(value))],
  [ColumnTypeEnum.DateTime, ColumnTypeEnum.DateTimeArray, (value) => new Date(String(value))],
  [ColumnTypeEnum.Date, ColumnTypeEnum.DateArray, (value) => new Date(String(value))],
  [
    ColumnTypeEnum.Time,
    ColumnTypeEnum.TimeArray,
    (value) => new Date(`1970-01-01T${String(value)}Z`),
  ],
  [ColumnTypeEnum.Json, ColumnTypeEnum.JsonArray, (value) => JSON.parse(String(value))],
  [
    ColumnTypeEnum.Bytes,
    ColumnTypeEnum.BytesArray,
    (value) => (value instanceof Uint8Array ? new Uint8Array(value) : value),
  ],
];

const readerOf: ReadonlyMap<ColumnType, Read> = new Map(
  scalars.flatMap(([type, listType, read]) => {
    const readItem: Read = (item) => (item === null ? null : read(item));
    const readList: Read = (items) => (Array.isArray(items) ? items.map(readItem) : items);
    return [
      [type, read],
      [listType, readList],
    ] as const;
  }),
);
