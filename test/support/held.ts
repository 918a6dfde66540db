import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from './database.ts';

/**
 * Runs a task while another session holds what its statements lock; then what they did is taken
 * back, unless it is to be kept.
 */
export async function whileHeld<T>(
  database: TestDatabase,
  sql: string,
  task: () => Promise<T>,
  end: 'ROLLBACK' | 'COMMIT' = 'ROLLBACK',
): Promise<T> {
  const holder = new pg.Client({ connectionString: database.url });
  // A test may end the session.
  holder.on('error', () => {});
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(sql);
    const done = await task();
    await holder.query(end).catch(() => undefined);
    return done;
  } finally {
    await holder.end();
  }
}

/** The sessions that wait for a lock, once there are so many. */
export async function waiters(database: TestDatabase, count = 1): Promise<number[]> {
  for (;;) {
    const rows = await database.sql<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length >= count) return rows.map(({ pid }) => pid);
    await sleep(5);
  }
}

/** Ends a session from outside, as an administrator or a crash does. */
export async function endSession(database: TestDatabase, pid: number | undefined): Promise<void> {
  await database.sql('SELECT pg_terminate_backend($1)', [pid]);
}
