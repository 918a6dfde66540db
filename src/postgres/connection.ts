import pg, { type ClientBase, type PoolConfig } from 'pg';
import { standardTransactionTimeout } from '../repo/limits.ts';
import { literal, quote } from '../repo/sql.ts';
import { readAddress } from './address.ts';

/** How the database is reached. */
export type ConnectionOptions = {
  /** postgresql://user:password@host:port/database */
  readonly url: string;
  /** Connections at most; 10 unless given. */
  readonly poolSize?: number;
  /**
   * PostgreSQL settings of every session, in the units PostgreSQL takes: `{ statement_timeout: '5s'
   * }`.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /** Milliseconds to wait for a connection before giving up; 5,000 unless given. */
  readonly connectTimeout?: number;
};

/** What a client may take of the database; times in ms. */
export type Limits = {
  /** Connections at most. */
  readonly poolSize: number;
  /** How long to wait for a free connection. */
  readonly poolTimeout: number;
  /** How long a statement may wait for a lock. */
  readonly lockTimeout: number;
  /** How long a statement may take, its waiting for locks included. */
  readonly statementTimeout: number;
  /** How long a transaction may take, its retries included. */
  readonly transactionTimeout: number;
};

/** The limits that hold where no others are set. */
export const standardLimits: Limits = {
  poolSize: 10,
  poolTimeout: 10_000,
  lockTimeout: 5_000,
  statementTimeout: 10_000,
  transactionTimeout: standardTransactionTimeout,
};

/**
 * The settings of a pool of connections. Every session runs in UTC: the adapter reads a timestamptz
 * wrongly in any other zone. And it looks for tables in the schema of the address, whatever the user
 * or the database says. Through a pooler a session has UTC alone, which PgBouncer keeps for it; its
 * transactions have the rest, as `transactionSettings` says.
 */
export function poolConfig({
  url,
  poolSize = 10,
  settings = {},
  connectTimeout = 5_000,
}: ConnectionOptions): PoolConfig {
  const address = readAddress(url);
  const all = { ...settings, TimeZone: 'UTC', search_path: quote(address.schema) };
  return {
    ...(address.pooler === 'none'
      ? { connectionString: withSettings(address.url, all) }
      : { connectionString: address.url, verify: setUtc }),
    max: poolSize,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
  };
}

/** Makes the statements that give a transaction, of this isolation if it asks for one, its settings. */
export type TransactionSettings = (isolation: string | undefined) => string;

/**
 * The statements that give a transaction the settings of its session, where a pooler gives it
 * another session each time; null where there is no pooler.
 */
export function transactionSettings({
  url,
  settings = {},
}: ConnectionOptions): TransactionSettings | null {
  const address = readAddress(url);
  if (address.pooler === 'none') return null;
  const { default_transaction_isolation: standard, ...others } = settings;
  const statements = [
    `SET LOCAL search_path = ${quote(address.schema)}`,
    ...Object.entries(others).map(([name, value]) => `SET LOCAL ${name} = ${literal(value)}`),
  ].join('; ');
  return (isolation = standard) =>
    isolation === undefined
      ? statements
      : `SET TRANSACTION ISOLATION LEVEL ${isolation}; ${statements}`;
}

function setUtc(client: ClientBase, done: (error?: Error) => void): void {
  client.query(`SET TimeZone = 'UTC'`).then(() => done(), done);
}

/**
 * Connects once and leaves.
 *
 * @throws the driver's error when the database cannot be used.
 */
export async function tryConnection(options: ConnectionOptions): Promise<void> {
  const client = new pg.Client(poolConfig(options));
  // A connection that breaks is reported by connect or query as well.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}

// What the address says wins over the other options of a pool, so the settings are added to the
// `options` it may have already.
function withSettings(url: string, settings: Readonly<Record<string, string>>): string {
  const address = new URL(url);
  const given = address.searchParams.get('options');
  const added = Object.entries(settings).map(
    ([name, value]) => `-c ${name}=${value.replaceAll(/[\\\s]/g, '\\$&')}`,
  );
  address.searchParams.set('options', [...(given === null ? [] : [given]), ...added].join(' '));
  return address.href;
}
