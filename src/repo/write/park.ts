import type { Model } from '../../model/model.ts';
import type { Parking } from '../../plan/draft/parking.ts';
import type { Delegates } from '../delegate.ts';
import { columnOf, hasKeys, keyColumns, literal, quote, tableOf } from '../sql.ts';

/**
 * Parks rows, which are locked: each holds null in the field if that takes it, else a text that no
 * row has. Nothing else of a row changes. What such a text must be is not known of a column with a
 * CHECK: its rows stay as they are, and the write that finds their value taken is refused.
 */
export async function parkRows(
  tx: Delegates,
  model: Model,
  { field, keys, reserved }: Parking,
): Promise<null> {
  const column = columnOf(model, field);
  const parameters: unknown[] = [];
  const areParked = hasKeys(model, keys, parameters);
  const isFree = hasNoCheck(model, column);
  const sql = model.fields.get(field)?.isNullable
    ? `UPDATE ${tableOf(model)} SET ${quote(column)} = NULL WHERE ${areParked} AND ${isFree}`
    : textSql(model, column, {
        areParked,
        isFree,
        reserved: `$${parameters.push(reserved)}::text[]`,
        count: keys.length,
      });
  await tx.$executeRawUnsafe(sql, ...parameters);
  return null;
}

/*
 * A text between is one character of Unicode's first private area, so that it fits a column of any
 * length and is nothing that anybody means. That no row has it is asked for, and that the plan does
 * not give it; so many are tried that one is found wherever a column holds fewer of them than there
 * are. They are tried from one of them on, chosen by chance, so that two writers at once seldom
 * wait for each other.
 */
const FIRST = 0xe000;
const COUNT = 6400;

interface TextParking {
  readonly areParked: string;
  readonly isFree: string;
  readonly reserved: string;
  readonly count: number;
}

/**
 * Gives each row a text of its own; if there are too few, the rest of the rows stays as it is.
 */
function textSql(
  model: Model,
  column: string,
  { areParked, isFree, reserved, count }: TextParking,
): string {
  const table = tableOf(model);
  const primary = keyColumns(model);
  const keys = primary.map((key, i) => `${key} AS key${i}`);
  const same = primary.map((key, i) => `stored.${key} = parked.key${i}`);
  return (
    `UPDATE ${table} AS stored SET ${quote(column)} = free.text FROM` +
    ` (SELECT ${keys.join(', ')}, row_number() OVER () AS nth FROM ${table} WHERE ${areParked}) AS parked` +
    ` JOIN (SELECT unused.text, row_number() OVER () AS nth FROM (SELECT tried.text FROM` +
    ` (SELECT chr(${FIRST} + (start + step) % ${COUNT}) AS text` +
    ` FROM (SELECT floor(random() * ${COUNT})::int AS start) AS chance, generate_series(0, ${COUNT - 1}) AS step) AS tried` +
    ` WHERE tried.text <> ALL (${reserved})` +
    ` AND NOT EXISTS (SELECT FROM ${table} AS other WHERE other.${quote(column)} = tried.text)` +
    ` LIMIT ${count}) AS unused) AS free USING (nth)` +
    ` WHERE ${same.join(' AND ')} AND ${isFree}`
  );
}

function hasNoCheck({ table }: Model, column: string): string {
  return (
    `NOT EXISTS (SELECT FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)` +
    ` WHERE conrelid = ${literal(quote(table))}::regclass AND contype = 'c' AND attname = ${literal(column)})`
  );
}
