import { describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import {
  LockedError,
  OvertimeError,
  UnavailableError,
} from '../../src/repo/errors/database-fault.ts';
import {
  type LockStrength,
  makeLocks,
  StaleReadError,
  type RowsToLock,
} from '../../src/repo/lock/row-locks.ts';
import { lockValues } from '../../src/repo/lock/value-locks.ts';
import { runTransaction } from '../../src/repo/transaction/transaction.ts';
import { makeTurns } from '../../src/repo/transaction/turns.ts';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { waiters, whileHeld } from '../support/held.ts';

const database = useDatabase();

const order = ['Author', 'Post', 'Comment', 'Tag'];

const rows = (model: string, strength: LockStrength, ...ids: number[]): RowsToLock => ({
  model: getModel(blog.models, model),
  keys: ids.map((id) => ({ id: BigInt(id) })),
  strength,
});

const locksOf = async (task: () => Promise<unknown>) => {
  const statements = await database.statementsOf(task);
  return statements.flatMap(({ sql, parameters }) => {
    const locked = /FROM (\S+) WHERE .* (FOR .*)$/.exec(sql);
    const ids = [...parameters.matchAll(/'\{([\d,]+)\}'/g)].map(([, id]) => id);
    return locked ? [`${locked[1]} ${ids.join()} ${locked[2]}`] : [];
  });
};

describe('locks', () => {
  test('are taken model by model and key by key, once each, by one statement where they are equally strong', async () => {
    const taken = await locksOf(() =>
      database.client.$transaction(async (tx) => {
        const locks = makeLocks(tx, order, { strict: true });
        await locks.take([
          rows('Tag', 'KEY SHARE', 2),
          rows('Comment', 'NO KEY UPDATE', 12, 10),
          rows('Post', 'NO KEY UPDATE', 8),
          rows('Comment', 'UPDATE', 11),
          rows('Author', 'NO KEY UPDATE', 1),
          rows('Comment', 'NO KEY UPDATE', 10),
        ]);
        await locks.take([rows('Comment', 'NO KEY UPDATE', 11), rows('Tag', 'KEY SHARE', 2)]);
      }),
    );
    expect(taken).toEqual([
      '"authors" 1 FOR NO KEY UPDATE',
      '"posts" 8 FOR NO KEY UPDATE',
      '"comments" 10,11,12 FOR UPDATE',
      '"tags" 2 FOR KEY SHARE',
    ]);
  });

  test('are refused with StaleReadError for a row that comes before one that is held, and taken in order by the retry', async () => {
    await database.client.$transaction(async (tx) => {
      const locks = makeLocks(tx, order, { strict: true });
      await locks.take([rows('Post', 'NO KEY UPDATE', 8)]);
      const taking = locks.take([rows('Post', 'NO KEY UPDATE', 7)]);
      const refused = await taking.catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(StaleReadError);
      const next = makeLocks(tx, order, { strict: true });
      if (refused instanceof StaleReadError) await next.take(refused.rows);
      expect(next.holds([rows('Post', 'NO KEY UPDATE', 7, 8)])).toBe(true);
      expect(next.holds([rows('Post', 'UPDATE', 7)])).toBe(false);
    });
  });

  test('give the rows as they are, and nothing for one that is not there', async () => {
    await writeBlog(database);
    await database.client.$transaction(async (tx) => {
      const locks = makeLocks(tx, order, { strict: true });
      await locks.take([rows('Comment', 'NO KEY UPDATE', 11, 99)]);
      const comment = blog.model('Comment');
      expect(locks.row(comment, { id: 11n })).toMatchObject({
        id: 11n,
        postId: 1n,
        lockVersion: 1,
      });
      expect(locks.row(comment, { id: 99n })).toBeUndefined();
    });
  });
});

test('a transaction in which a statement failed is never taken for committed', async () => {
  const run = runTransaction(database.client, async ({ tx }) => {
    await tx.$executeRawUnsafe(`INSERT INTO tags (name) VALUES ('x')`);
    await tx.$queryRawUnsafe('SELECT 1 / 0').then(
      () => undefined,
      () => 'swallowed',
    );
    return 'kept?';
  });
  await expect(run).rejects.toThrow('cannot commit: a statement has failed');
  expect(await database.sql('SELECT FROM tags')).toEqual([]);
  // The connection is fit for the next one.
  await runTransaction(database.client, ({ tx }) =>
    Promise.resolve(tx.$executeRawUnsafe(`INSERT INTO tags (name) VALUES ('x')`)),
  );
  expect(await database.sql('SELECT name FROM tags')).toEqual([{ name: 'x' }]);
});

test('a transaction that throws StaleReadError is retried with what it is to lock, and nothing of it is kept', async () => {
  const wanted = [rows('Post', 'NO KEY UPDATE', 7)];
  const attempts: unknown[] = [];
  await runTransaction(database.client, async ({ tx, ahead }) => {
    attempts.push(ahead);
    await tx.$executeRawUnsafe(`INSERT INTO tags (name) VALUES ('x')`);
    if (attempts.length < 3) throw new StaleReadError(wanted);
  });
  expect(attempts).toEqual([[], wanted, wanted]);
  expect(await database.sql('SELECT name FROM tags')).toEqual([{ name: 'x' }]);
});

test('rollback ends a transaction with its value, and nothing of it is kept', async () => {
  const result = await runTransaction<string>(database.client, async ({ tx, rollback }) => {
    await tx.$executeRawUnsafe(`INSERT INTO tags (name) VALUES ('x')`);
    return rollback('refused');
  });
  expect(result).toBe('refused');
  expect(await database.sql('SELECT FROM tags')).toEqual([]);
});

test('a transaction that only throws StaleReadError is given up when its time is over', async () => {
  const run = runTransaction(database.client, () => Promise.reject(new StaleReadError([])), {
    timeout: 100,
  });
  await expect(run).rejects.toThrow('the database is not available');
});

test('a transaction is given up when its time is over, though a statement takes longer, and nothing of it is kept', async () => {
  await whileHeld(database, 'SELECT pg_advisory_xact_lock(1)', async () => {
    const run = runTransaction(
      database.client,
      async ({ tx }) => {
        await tx.$executeRawUnsafe(`INSERT INTO tags (name) VALUES ('x')`);
        await tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock(1)');
      },
      { timeout: 200 },
    );
    await expect(run).rejects.toThrow(OvertimeError);
  });
  // Waits for the transaction to end.
  await database.sql(`INSERT INTO tags (name) VALUES ('x')`);
});

describe('a transaction with turns to wait for locks', () => {
  const first = rows('Post', 'NO KEY UPDATE', 1);

  test.each([
    ['a row', 'SELECT FROM posts FOR UPDATE'],
    ['a value', `SELECT pg_advisory_xact_lock(hashtextextended('x', 0))`],
  ])('may not wait for %s at first, then waits for it in its turn', async (_what, held) => {
    await writeBlog(database);
    const attempts: boolean[] = [];
    let isHeld = true;
    const { done } = await whileHeld(database, held, async () => {
      const done = runTransaction(
        database.client,
        async ({ tx, waits }) => {
          attempts.push(waits);
          const locks = makeLocks(tx, order, { strict: true, waits });
          await locks.take([first]);
          await lockValues(tx, locks.values(['x']));
          expect(isHeld).toBe(false);
        },
        { lockTurns: makeTurns(1) },
      );
      await waiters(database);
      isHeld = false;
      return { done };
    });
    await done;
    expect(attempts).toEqual([false, true]);
  });

  test('waits for its turn without a connection, until its time is over', async () => {
    const lockTurns = makeTurns(1);
    await lockTurns.take(0);
    let attempts = 0;
    const run = runTransaction(
      database.client,
      () => {
        attempts += 1;
        return Promise.reject(new LockedError());
      },
      { lockTurns, timeout: 200 },
    );
    await expect(run).rejects.toThrow(UnavailableError);
    expect(attempts).toBe(1);
  });

  test('keeps its turn as long as it has a connection, though its time is over', async () => {
    const lockTurns = makeTurns(1);
    await writeBlog(database);
    const next = await whileHeld(database, 'SELECT FROM posts FOR UPDATE', async () => {
      const run = runTransaction(
        database.client,
        async ({ tx, waits }) => {
          await makeLocks(tx, order, { strict: true, waits }).take([first]);
        },
        { lockTurns, timeout: 500 },
      );
      await expect(run).rejects.toThrow(UnavailableError);
      expect(await lockTurns.take(0)).toBeNull();
      return { turn: lockTurns.take(2 ** 31 - 1) };
    });
    expect(await next.turn).not.toBeNull();
  });
});
