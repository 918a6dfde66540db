import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { useKeys } from '../support/keys.ts';

const { client, statements, sql, url } = useKeys();

test('a nested write that outlives its transaction sends nothing more', async () => {
  await sql('INSERT INTO "Album" (id) VALUES (1)');
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  await other.query('BEGIN; SELECT FROM "Album" WHERE id = 1 FOR UPDATE');
  const tracks = { create: [{ title: 'a', no: 1 }] };
  statements.length = 0;
  const write = client
    .$transaction((tx) => tx.album.update({ where: { id: 1 }, data: { version: 5, tracks } }), {
      timeout: 100,
    })
    .catch((error: unknown) => error);
  // Its time is over while the first of its statements waits for the lock.
  await vi.waitFor(() => expect(statements).toContain('ROLLBACK'), { timeout: 60_000 });
  await other.query('ROLLBACK');
  await other.end();
  expect(await write).toBeInstanceOf(Error);
  expect(statements.at(-1)).toBe('ROLLBACK');
  expect(await sql('SELECT title FROM "Track"')).toEqual([]);
});
