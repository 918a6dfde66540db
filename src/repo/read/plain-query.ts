import type { Key } from '../../model/key.ts';
import type { Model, Order } from '../../model/model.ts';
import type { Values } from '../../model/value.ts';
import { rawRowReader, type Row } from '../row.ts';
import { columnOf, hasKeys, hasValues, query, quote, rowColumns, tableOf } from '../sql.ts';
import { standardMaxRows } from './row-budget.ts';
import type { DirectReader } from '../transaction/direct-transaction.ts';
import { group, type ReadExtent, rowKey } from './batch-queries.ts';

/** Which rows are read, in which order, without Prisma's words: those that have some values. */
export interface Plain {
  readonly equals: Values;
  readonly order: readonly Order[];
}

/** Rows of a model, looked up by some of its fields. */
export interface PlainQuery extends Plain {
  readonly model: Model;
  readonly fields: readonly string[];
}

/**
 * Reads the rows of each key, hardly more than `limit`, but more if there are: one statement. The
 * columns are to hold those of the key.
 */
export async function plainRowsByKey(
  reader: DirectReader,
  plain: PlainQuery,
  keys: readonly Key[],
  { limit, columns }: ReadExtent,
): Promise<readonly (readonly Row[])[]> {
  const { model, fields, order } = plain;
  const parameters: unknown[] = [];
  const orders = order.map(
    ({ field, direction }) => `${quote(columnOf(model, field))} ${direction}`,
  );
  const sorted = orders.length > 0 ? ` ORDER BY ${orders.join(', ')}` : '';
  const sql =
    `SELECT ${rowColumns(model, '', columns ?? undefined)} FROM ${tableOf(model, reader.schema)}` +
    ` WHERE ${hasAll(plain, keys, parameters)}${sorted}${limitOf(plain, keys, limit)}`;
  const read = rawRowReader(model, columns);
  return group(keys, await query(reader, { sql, parameters }), (record) => {
    const row = read(record);
    return [rowKey(fields, row), row];
  });
}

/** The condition that a row has one of the keys and the values, which are added to the parameters. */
export function hasAll(
  { model, fields, equals }: PlainQuery,
  keys: readonly Key[],
  parameters: unknown[],
): string {
  const named = keys.map((key) =>
    Object.fromEntries(fields.map((name, i) => [name, key[i] ?? null])),
  );
  return [hasKeys(model, named, parameters, fields), ...hasValues(model, equals, parameters)].join(
    ' AND ',
  );
}

/** Whether there is one row at most of each key that these fields are. */
export function isUnique({ uniqueKeys }: Model, fields: readonly string[]): boolean {
  return uniqueKeys.some((key) => key.every((field) => fields.includes(field)));
}

/**
 * The end of a statement that gives hardly more than `limit` rows; nothing where more cannot come. A
 * limit that is a parameter would be taken for a tenth of what matches: where that is cheap to find in
 * the order of the rows, the planner reads the table in that order. Of a few rounded limits there are
 * few texts.
 */
export function limitOf(
  { model, fields }: Pick<PlainQuery, 'model' | 'fields'>,
  { length }: readonly Key[],
  limit: number,
): string {
  if (!Number.isFinite(limit) || (length <= limit && isUnique(model, fields))) return '';
  const rounded = 2 ** Math.ceil(Math.log2(limit + 1));
  return ` LIMIT ${limit < USUAL ? Math.min(rounded, USUAL) : rounded}`;
}

const USUAL = standardMaxRows + 1;
