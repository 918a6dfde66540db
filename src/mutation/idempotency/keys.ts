import { createHash } from 'node:crypto';
import type { Delegates } from '../../repo/delegate.ts';
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
 */
export async function claimKey<Outcome>(
  tx: Delegates,
  { table, key, request, ttl }: KeyedRequest,
): Promise<Claim<Outcome>> {
  const hash = createHash('sha256').update(stableText(request)).digest('hex');
  const claimed = await tx.$executeRawUnsafe(
    `INSERT INTO ${quoteTable(table)} AS kept (key, request, expires_at)
      VALUES ($1, $2, now() + $3::float8 * interval '1 ms')
      ON CONFLICT (key) DO UPDATE SET request = excluded.request, outcome = NULL, expires_at = excluded.expires_at
        WHERE kept.expires_at <= now()`,
    key,
    hash,
    ttl,
  );
  if (claimed === 1) return { kind: 'free' };
  const rows = await tx.$queryRawUnsafe(
    `SELECT request, outcome::text FROM ${quoteTable(table)} WHERE key = $1`,
    key,
  );
  // What this table holds is what `keepOutcome` wrote.
  const [kept] = rows as { request: string; outcome: string }[];
  if (kept?.request !== hash) return { kind: 'taken' };
  return { kind: 'kept', outcome: readTaggedJson(kept.outcome) as Outcome };
}

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
