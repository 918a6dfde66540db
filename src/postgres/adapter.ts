import { readAddress } from './address.ts';
import { type Limits, poolConfig, standardLimits, transactionSettings } from './connection.ts';
import { type Listeners, WatchedAdapter } from './watched-adapter.ts';

/** How a client reaches its database, what it may take of it, and who hears of what it does. */
export type ClientOptions = Partial<Limits> &
  Listeners & {
    /** postgresql://user:password@host:port/database */
    readonly url: string;
    /** Called with the text of every statement before it is sent, BEGIN and COMMIT among them. */
    readonly onStatement?: (sql: string) => void;
    /** Called with errors of connections at rest: without it they are lost, never thrown. */
    readonly onConnectionError?: (error: Error) => void;
  };

/** Makes the database adapter of a Prisma client: `new PrismaClient({ adapter })`. */
export function makeAdapter(options: ClientOptions): WatchedAdapter {
  const { url, onStatement, onConnectionError = () => {} } = options;
  const limits = { ...standardLimits, ...options };
  const { schema, pooler } = readAddress(url);
  const nameOf = pooler === 'transaction' ? () => NOT_NAMED : makeStatementNames();
  const connection = {
    url,
    poolSize: limits.poolSize,
    connectTimeout: limits.poolTimeout,
    settings: {
      // What is read under a lock must be what was there when it was given.
      default_transaction_isolation: 'read committed',
      lock_timeout: `${limits.lockTimeout}`,
      statement_timeout: `${limits.statementTimeout}`,
      // Ends what a process that has vanished leaves open.
      idle_in_transaction_session_timeout: `${limits.transactionTimeout + GRACE}`,
    },
  };
  return new WatchedAdapter(
    { ...poolConfig(connection), pipeline: true },
    {
      schema,
      onPoolError: onConnectionError,
      onConnectionError,
      statementNameGenerator: ({ sql }) => {
        onStatement?.(sql);
        return nameOf(sql);
      },
    },
    {
      ...options,
      silence: limits.statementTimeout + GRACE,
      transactionSettings: transactionSettings(connection),
    },
  );
}

// ms: the server sees to the limits by itself; what it does not answer so much later is lost.
const GRACE = 2_000;

const NAMED_STATEMENTS = 500;
const NOT_NAMED = '';
const PREPARED = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i;

/**
 * Names the statements PostgreSQL is to keep prepared. Filters and lists of every length make new
 * texts without end and each connection keeps each name, so only the first are named.
 */
function makeStatementNames(): (sql: string) => string {
  const names = new Map<string, string>();
  return (sql) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= NAMED_STATEMENTS || !PREPARED.test(sql)) {
      return NOT_NAMED;
    }
    const name = `s${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
