import type { Key } from '../../model/key.ts';
import type { Model, Order } from '../../model/model.ts';
import type { Values } from '../../model/value.ts';
import type { Columns } from '../row.ts';
import {
  columnOf,
  hasKeys,
  hasValues,
  quote,
  rowColumns,
  type Statement,
  tableOf,
} from '../sql.ts';

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
 * The statement that reads the rows of some keys, `most` at most. `schema` is where tables are that
 * name none; null where the session looks for them.
 */
export function selectByKey(
  query: PlainQuery,
  keys: readonly Key[],
  { most, columns, schema }: { most: number; columns: Columns; schema: string | null },
): Statement {
  const { model, order } = query;
  const parameters: unknown[] = [];
  const orders = order.map(
    ({ field, direction }) => `${quote(columnOf(model, field))} ${direction}`,
  );
  const sql = [
    `SELECT ${rowColumns(model, '', columns ?? undefined)}`,
    `FROM ${tableOf(model, schema)} WHERE ${hasAll(query, keys, parameters)}`,
    ...(orders.length > 0 ? [`ORDER BY ${orders.join(', ')}`] : []),
    ...limitOf(most, parameters),
  ].join(' ');
  return { sql, parameters };
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
