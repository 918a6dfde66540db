import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { quote } from '../repo/sql.ts';
import { readAddress } from './address.ts';
import { poolConfig } from './connection.ts';

/** A database, and the migrations that it is to have. */
export type MigrateOptions = {
  /** postgresql://user:password@host:port/database */
  readonly url: string;
  /** In Prisma Migrate's layout: `<name>/migration.sql`, applied in the order of the names. */
  readonly migrationsFolder: string;
  /**
   * Milliseconds to wait for another run on the same database; 10,000 unless given, as `prisma
   * migrate`.
   */
  readonly lockTimeout?: number;
};

/** Migrations cannot be applied; `code` is Prisma Migrate's, if it has one for the reason. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: string | undefined;

  constructor(code: string | undefined, reason: string, cause?: unknown) {
    super(code === undefined ? reason : `${code}: ${reason}`, { cause });
    this.code = code;
  }
}

/**
 * Applies the migrations that the database does not have yet and returns their
 * names. Its records and its lock are those of `prisma migrate deploy` (7.10):
 * either goes on from the other, and two runs at once take turns. A file is sent
 * as one simple query, which PostgreSQL applies as a whole or not at all, and
 * which may be a `CREATE INDEX CONCURRENTLY` alone.
 *
 * @throws MigrationError if another run does not end (P1002), tables are there
 *   that no migration made (P3005), a migration failed before (P3009) or fails
 *   now (P3018), or the file of an applied one was changed.
 */
export async function migrate({
  url,
  migrationsFolder,
  lockTimeout = 10_000,
}: MigrateOptions): Promise<readonly string[]> {
  const migrations = await readMigrations(migrationsFolder);
  const client = new pg.Client(poolConfig({ url }));
  // A connection that breaks is reported by connect or query as well.
  client.on('error', () => {});
  try {
    await client.connect();
    await lock(client, lockTimeout);
    await ensureSchema(client, readAddress(url).schema);
    await ensureRecords(client);
    const pending = pendingOf(migrations, await readRecords(client));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

type Migration = { readonly name: string; readonly sql: string };

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  return Promise.all(
    names.map(async (name) => ({
      name,
      sql: await readFile(join(folder, name, 'migration.sql'), 'utf8'),
    })),
  );
}

const LOCK_ID = 72707369; // Prisma Migrate's
const LOCK_INTERVAL = 50;

// A statement that waits for the lock would hold a snapshot, for which a CREATE INDEX CONCURRENTLY
// of the run that has the lock waits: a deadlock.
async function lock(client: pg.Client, timeout: number): Promise<void> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(${LOCK_ID}) AS locked`,
    );
    if (rows[0]?.locked) return;
    if (Date.now() >= deadline) {
      throw new MigrationError(
        'P1002',
        `timed out after ${timeout} ms waiting for the advisory lock ${LOCK_ID}: another run of migrations has not ended`,
      );
    }
    await sleep(LOCK_INTERVAL);
  }
}

// Whoever may not make one may use one that is there.
async function ensureSchema(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rows.length === 0) await client.query(`CREATE SCHEMA ${quote(schema)}`);
}

async function ensureRecords(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()',
  );
  if (rows.some(({ name }) => name === '_prisma_migrations')) return;
  if (rows.length > 0) {
    throw new MigrationError(
      'P3005',
      'The database schema is not empty. Read more about how to baseline an existing production database: https://pris.ly/d/migrate-baseline',
    );
  }
  await client.query(
    `CREATE TABLE _prisma_migrations (
       id varchar(36) PRIMARY KEY,
       checksum varchar(64) NOT NULL,
       finished_at timestamptz,
       migration_name varchar(255) NOT NULL,
       logs text,
       rolled_back_at timestamptz,
       started_at timestamptz NOT NULL DEFAULT now(),
       applied_steps_count integer NOT NULL DEFAULT 0
     )`,
  );
}

/** A migration that was begun and not marked as rolled back since. */
type MigrationRecord = {
  readonly name: string;
  readonly checksum: string;
  readonly started: string;
  readonly finished: boolean;
  readonly logs: string | null;
};

async function readRecords(client: pg.Client): Promise<readonly MigrationRecord[]> {
  const { rows } = await client.query<MigrationRecord>(
    `SELECT migration_name AS name, checksum, started_at::text AS started, finished_at IS NOT NULL AS finished, logs
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

// A record without a file is of a later version of the app: no reason to refuse.
function pendingOf(
  migrations: readonly Migration[],
  records: readonly MigrationRecord[],
): readonly Migration[] {
  const failed = records.filter(({ finished }) => !finished);
  if (failed.length > 0) {
    const details = failed.map(
      ({ name, started, logs }) =>
        `The \`${name}\` migration started at ${started} failed${logs === null ? '' : ` with the following logs:\n${logs.trim()}`}`,
    );
    throw new MigrationError(
      'P3009',
      `migrate found failed migrations in the target database, new migrations will not be applied. Read more about how to resolve migration issues in a production database: ${RESOLVE}\n${details.join('\n')}`,
    );
  }
  const checksums = new Map(records.map(({ name, checksum }) => [name, checksum]));
  return migrations.filter(({ name, sql }) => {
    const checksum = checksums.get(name);
    if (checksum === undefined) return true;
    if (hasChecksum(sql, checksum)) return false;
    throw new MigrationError(
      undefined,
      `The migration \`${name}\` was modified after it was applied. Restore its file, and write what is to change as a new migration.`,
    );
  });
}

const RESOLVE = 'https://pris.ly/d/migrate-resolve';

const checksumOf = (sql: string): string => createHash('sha256').update(sql).digest('hex');

// Git may write the same file with the line ends of the system.
function hasChecksum(sql: string, checksum: string): boolean {
  const unix = sql.replaceAll('\r\n', '\n');
  const windows = unix.replaceAll('\n', '\r\n');
  return [sql, unix, windows].some((text) => checksumOf(text) === checksum);
}

async function apply(client: pg.Client, { name, sql }: Migration): Promise<void> {
  const id = randomUUID();
  await client.query(
    'INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)',
    [id, checksumOf(sql), name],
  );
  try {
    await client.query(sql);
    if (client.getTransactionStatus() !== 'I') {
      throw new Error('the file leaves a transaction open');
    }
  } catch (error) {
    const logs = describe(error, sql);
    // Over a connection that is lost nothing can be written: the record stays unfinished.
    await writeLogs(client, id, logs).catch(() => {});
    throw new MigrationError(
      'P3018',
      `A migration failed to apply. New migrations cannot be applied before the error is recovered from. Read more about how to resolve migration issues in a production database: ${RESOLVE}\nMigration name: ${name}\n${logs}`,
      error,
    );
  }
  // A file may change settings, as pg_dump's sets an empty search path.
  await client.query('RESET ALL');
  await client.query(
    'UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1',
    [id],
  );
}

async function writeLogs(client: pg.Client, id: string, logs: string): Promise<void> {
  // The file may have begun a transaction.
  await client.query('ROLLBACK');
  await client.query('RESET ALL');
  await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, logs]);
}

function describe(error: unknown, sql: string): string {
  if (!(error instanceof pg.DatabaseError)) return String(error);
  const { code, message, position } = error;
  const line = sql.slice(0, Number(position)).split('\n').length;
  const where = position === undefined ? '' : ` (line ${line})`;
  return `Database error code: ${code}\nDatabase error: ${message}${where}`;
}
