import { createHash } from 'node:crypto';
import type { Delegates } from '../../repo/delegate.ts';
import { LockedError } from '../../repo/errors/database-fault.ts';
import { quote } from '../../repo/sql.ts';
import { stableText } from '../../repo/stable-text.ts';
import { readTaggedJson, toTaggedJson } from './tagged-json.ts';

/** A request under an idempotency key. */
export interface KeyedRequest {
  /** The table that holds the keys. */
  readonly table: string;
  readonly key: string;
  /** What makes it this request and no other: equal values are the same request. */
  readonly request: unknown;
  /** ms for which the key is kept. */
  readonly ttl: number;
}

/** A transaction, and whether it may wait for what another has locked. */
export interface Claimant {
  readonly tx: Delegates;
  readonly waits: boolean;
}

/** What there is under a key: nothing yet, another request, or the outcome of this one. */
export type Claim<Outcome> =
  | { readonly kind: 'free' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'kept'; readonly outcome: Outcome };

/**
 * Claims a key for the rest of the transaction; where another transaction holds it, waits until
 * that ends. A key that is free must be given an outcome before COMMIT; with ROLLBACK it is free
 * again. The first statement of a transaction, so that nobody who waits for a key holds what
 * another needs.
 * @throws LockedError where another transaction holds it, unless this one may wait.
 */
export async function claimKey<Outcome>(
  { tx, waits }: Claimant,
  { table, key, request, ttl }: KeyedRequest,
): Promise<Claim<Outcome>> {
  const hash = createHash('sha256').update(stableText(request)).digest('hex');
  // The lock is tried where the row of another, which is not committed yet, would be waited for.
  const [claim] = (await tx.$queryRawUnsafe(
    `WITH turn AS MATERIALIZED (SELECT ${waits ? WAIT : TRY} AS taken),
      claimed AS (INSERT INTO ${quoteTable(table)} AS kept (key, request, expires_at)
        SELECT $1, $2, now() + $3::float8 * interval '1 ms' FROM turn WHERE taken
        ON CONFLICT (key) DO UPDATE SET request = excluded.request, outcome = NULL, expires_at = excluded.expires_at
          WHERE kept.expires_at <= now() RETURNING key)
      SELECT taken, EXISTS (SELECT FROM claimed) AS claimed FROM turn`,
    key,
    hash,
    ttl,
  )) as { taken: boolean; claimed: boolean }[];
  if (!claim?.taken) throw new LockedError();
  if (claim.claimed) return { kind: 'free' };
  const rows = await tx.$queryRawUnsafe(
    `SELECT request, outcome::text FROM ${quoteTable(table)} WHERE key = $1`,
    key,
  );
  // What this table holds is what `keepOutcome` wrote.
  const [kept] = rows as { request: string; outcome: string }[];
  if (kept?.request !== hash) return { kind: 'taken' };
  return { kind: 'kept', outcome: readTaggedJson(kept.outcome) as Outcome };
}

const TRY = 'pg_try_advisory_xact_lock(hashtextextended($1, 1))';
const WAIT = 'pg_advisory_xact_lock(hashtextextended($1, 1)) IS NOT NULL';

/** Keeps the outcome of the request under the key that this transaction has claimed. */
export async function keepOutcome(
  tx: Delegates,
  { table, key }: KeyedRequest,
  outcome: unknown,
): Promise<void> {
  await tx.$executeRawUnsafe(
    `UPDATE ${quoteTable(table)} SET outcome = $2::json WHERE key = $1`,
    key,
    toTaggedJson(outcome),
  );
}

/** Deletes the keys of a table whose time is over, a few at a time; gives how many there were. */
export async function dropExpiredKeys(client: Delegates, table: string): Promise<number> {
  for (let dropped = 0; ;) {
    const count = await client.$executeRawUnsafe(
      `DELETE FROM ${quoteTable(table)} WHERE key IN
        (SELECT key FROM ${quoteTable(table)} WHERE expires_at <= now() ORDER BY expires_at LIMIT $1::int FOR UPDATE SKIP LOCKED)`,
      BATCH,
    );
    dropped += count;
    if (count < BATCH) return dropped;
  }
}

const BATCH = 1_000;

/** The table's name, with its schema or without. */
function quoteTable(table: string): string {
  return table.split('.').map(quote).join('.');
}
