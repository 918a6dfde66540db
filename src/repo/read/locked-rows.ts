import type { Key } from '../../model/key.ts';
import type { Delegates } from '../delegate.ts';
import type { Locks, LockStrength } from '../lock/row-locks.ts';
import { type Row, rawRowReader } from '../row.ts';
import { keyColumns, query, quote, rowColumns, tableOf } from '../sql.ts';
import { group, rowKey } from './batch-queries.ts';
import { totalOrder } from './order-by.ts';
import { hasAll, limitOf, type PlainQuery } from './plain-query.ts';

/** Rows of a model, looked up by some of its fields and locked as they are read. */
export interface LockedQuery extends PlainQuery {
  readonly strength: LockStrength;
  readonly locks: Locks;
}

/**
 * Reads the rows of each key, hardly more than `limit`, but more if there are, and locks those that
 * nobody else holds: one statement. Of a row that is locked the values are those under the lock.
 */
export async function lockRowsByKey(
  client: Delegates,
  locked: LockedQuery,
  keys: readonly Key[],
  limit: number,
): Promise<readonly (readonly Row[])[]> {
  const { model, fields, order, strength, locks } = locked;
  const parameters: unknown[] = [];
  const rows = `SELECT ${rowColumns(model)}`;
  const from = `FROM ${tableOf(model)} WHERE ${hasAll(locked, keys, parameters)}`;
  const primary = keyColumns(model).join(', ');
  const names = model.primaryKey.map(quote).join(', ');
  const most = limitOf(locked, keys, limit);
  const sorted = totalOrder(model, order).map(
    ({ field, direction }) => `${quote(field)} ${direction}`,
  );
  const sql =
    `WITH held AS MATERIALIZED (${rows} ${from} ORDER BY ${primary}${most} FOR ${strength} SKIP LOCKED)` +
    ` SELECT *, TRUE AS "${HELD}" FROM held UNION ALL ${rows}, FALSE ${from}` +
    ` AND (${primary}) NOT IN (SELECT ${names} FROM held) ORDER BY ${sorted.join(', ')}${most}`;
  const records = await query(client, { sql, parameters });
  const held: Row[] = [];
  const read = rawRowReader(model);
  const found = await group(keys, records, (record) => {
    const { [HELD]: isHeld, ...rest } = record;
    const row = read(rest);
    if (isHeld === true) held.push(row);
    return [rowKey(fields, row), row];
  });
  locks.add(model, strength, held);
  return found;
}

/** A column beside those of the fields, whose names begin with a letter. */
const HELD = '_held';
