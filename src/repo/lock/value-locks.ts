import type { Delegates } from '../delegate.ts';
import { LockedError } from '../errors/database-fault.ts';
import { execute, query } from '../sql.ts';

/**
 * Locks values as texts, in their order, until the transaction ends.
 * @throws LockedError for one that another holds, unless it waits.
 */
export async function lockValues(
  tx: Delegates,
  values: readonly string[],
  waits: boolean,
): Promise<void> {
  const texts = [...new Set(values)].toSorted();
  if (texts.length === 0) return;
  const from = 'FROM unnest($1::text[]) AS text';
  const key = 'hashtextextended(text, 0)';
  if (waits) {
    await execute(tx, { sql: `SELECT pg_advisory_xact_lock(${key}) ${from}`, parameters: [texts] });
    return;
  }
  const sql = `SELECT ${from} WHERE NOT pg_try_advisory_xact_lock(${key})`;
  const locked = await query(tx, { sql, parameters: [texts] });
  if (locked.length > 0) throw new LockedError();
}
