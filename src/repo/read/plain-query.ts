import type { Key } from '../../model/key.ts';
import type { Model, Order } from '../../model/model.ts';
import type { Values } from '../../model/value.ts';
import { rawRowReader, type Row } from '../row.ts';
import { columnOf, hasKeys, hasValues, query, quote, rowColumns, tableOf } from '../sql.ts';
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

/** Reads the rows of each key, `limit` and one more at most: one statement. */
export async function plainRowsByKey(
  reader: DirectReader,
  plain: PlainQuery,
  keys: readonly Key[],
  { limit, columns }: ReadExtent,
): Promise<readonly (readonly Row[])[]> {
  const { model, fields, order } = plain;
  const wanted = columns && [...new Set([...fields, ...columns])];
  const parameters: unknown[] = [];
  const orders = order.map(
    ({ field, direction }) => `${quote(columnOf(model, field))} ${direction}`,
  );
  const sql = [
    `SELECT ${rowColumns(model, '', wanted ?? undefined)}`,
    `FROM ${tableOf(model, reader.schema)} WHERE ${hasAll(plain, keys, parameters)}`,
    ...(orders.length > 0 ? [`ORDER BY ${orders.join(', ')}`] : []),
    ...limitOf(limit + 1, parameters),
  ].join(' ');
  const read = rawRowReader(model, wanted);
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

/** The end of a statement that gives so many rows at most; nothing where any number may come. */
export function limitOf(most: number, parameters: unknown[]): readonly string[] {
  return Number.isFinite(most) ? [`LIMIT $${parameters.push(most)}`] : [];
}
