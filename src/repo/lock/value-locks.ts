import type { Delegates } from '../delegate.ts';
import { LockedError } from '../errors/database-fault.ts';
import { query } from '../sql.ts';

/** Values to be locked as texts, in their order, until the transaction ends. */
export interface ValueLocks {
  /** Each once. */
  readonly texts: readonly string[];
  /** Whether those that another holds are waited for; else they are refused. */
  readonly waits: boolean;
}

/** @throws LockedError for a value that another holds, unless it waits. */
export async function lockValues(tx: Delegates, locks: ValueLocks): Promise<void> {
  if (locks.texts.length === 0) return;
  const statement = { sql: selectHeld(locks, '$1'), parameters: [locks.texts] };
  assertFree(await query(tx, statement));
}

/** The query that locks the values of a parameter: its rows are the texts that another holds. */
export function selectHeld({ waits }: ValueLocks, parameter: string): string {
  const key = 'hashtextextended(text, 0)';
  // Who waits has the lock when the answer comes, which is never NULL.
  const isHeld = waits
    ? `pg_advisory_xact_lock(${key}) IS NULL`
    : `NOT pg_try_advisory_xact_lock(${key})`;
  return `SELECT text FROM unnest(${parameter}::text[]) AS text WHERE ${isHeld}`;
}

/** @throws LockedError if there is a text that another holds. */
export function assertFree(held: readonly unknown[]): void {
  if (held.length > 0) throw new LockedError();
}
