import { assertField } from '../../changeset/assert.ts';
import type { Field, Model } from '../../model/model.ts';
import { limitsOf } from '../../model/position.ts';
import type { Parking } from '../../plan/draft/parking.ts';
import type { Delegates } from '../delegate.ts';
import { columnOf, hasKeys, keyColumns, literal, quote, tableOf } from '../sql.ts';

/**
 * Parks rows, which are locked: each holds null in the field if that takes it, else a text or number
 * that no row has. Nothing else of a row changes. What such a value must be is not known of a column with a
 * CHECK: its rows stay as they are, and the write that finds their value taken is refused.
 */
export async function parkRows(
  tx: Delegates,
  model: Model,
  { field: name, keys, reserved }: Parking,
): Promise<void> {
  const field = assertField(model, name, 'park rows in');
  const column = quote(field.column);
  const parameters: unknown[] = [];
  const areParked = hasKeys(model, keys, parameters);
  const isFree = hasNoCheck(model, field.column);
  const sql = field.isNullable
    ? `UPDATE ${tableOf(model)} SET ${column} = NULL WHERE ${areParked} AND ${isFree}`
    : valueSql(model, field, {
        areParked,
        isFree,
        reserved: `$${parameters.push(reserved)}::text[]`,
        count: keys.length,
      });
  await tx.$executeRawUnsafe(sql, ...parameters);
}

/*
 * A text between is one character of Unicode's first private area, so that it fits a column of any
 * length and is nothing that anybody means; a number is one of the greatest that the column holds. That
 * no row has it is asked for, and that the plan does not give it; so many are tried that one is found
 * wherever a column holds fewer of them than there are. They are tried from one of them on, chosen by
 * chance, so that two writers at once seldom wait for each other.
 */
const FIRST = 0xe000;
const COUNT = 6400;

interface ValueParking {
  readonly areParked: string;
  readonly isFree: string;
  readonly reserved: string;
  readonly count: number;
}

/**
 * Gives each row a value of its own; if there are too few, the rest of the rows stays as it is.
 */
function valueSql(
  model: Model,
  field: Field,
  { areParked, isFree, reserved, count }: ValueParking,
): string {
  const table = tableOf(model);
  const column = quote(field.column);
  const limits = limitsOf(field);
  const nth = `(start + step) % ${COUNT}`;
  const value = limits ? `${limits.most} - ${nth}` : `chr(${FIRST} + ${nth})`;
  // What must differ is known by the unique keys: in a list, only from the rows of the same owner.
  const rivals = model.uniqueKeys.flatMap((key) => {
    if (!key.includes(field.name)) return [];
    const others = key.filter((name) => name !== field.name);
    return others.map((name) => quote(columnOf(model, name))).join(', ');
  });
  const areRivals = rivals.map((others) =>
    others === '' ? 'TRUE' : `(${others}) IN (SELECT ${others} FROM ${table} WHERE ${areParked})`,
  );
  const primary = keyColumns(model);
  const keys = primary.map((key, i) => `${key} AS key${i}`);
  const same = primary.map((key, i) => `stored.${key} = parked.key${i}`);
  return (
    `UPDATE ${table} AS stored SET ${column} = free.value FROM` +
    ` (SELECT ${keys.join(', ')}, row_number() OVER () AS nth FROM ${table} WHERE ${areParked}) AS parked` +
    ` JOIN (SELECT unused.value, row_number() OVER () AS nth FROM (SELECT tried.value FROM` +
    ` (SELECT ${value} AS value` +
    ` FROM (SELECT floor(random() * ${COUNT})::int AS start) AS chance, generate_series(0, ${COUNT - 1}) AS step) AS tried` +
    ` WHERE tried.value::text <> ALL (${reserved})` +
    ` AND NOT EXISTS (SELECT FROM ${table} WHERE ${column} = tried.value AND (${areRivals.join(' OR ')}))` +
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
