import { expect, test } from 'vitest';
import { change } from '../../src/changeset/changeset.ts';
import type { Struct } from '../../src/model/struct.ts';
import { makeAdapter } from '../../src/postgres/adapter.ts';
import { makeRepo, type Repo, type RepoSettings } from '../../src/repo/repo.ts';
import { makeTurns } from '../../src/repo/transaction/turns.ts';
import { PrismaClient } from '../ecto/generated/prisma/client.ts';
import { load, modelOf, modelsWith, useCore } from '../support/core.ts';
import { waiters, whileHeld } from '../support/held.ts';
import { wideLimits } from '../support/limits.ts';

/* Writes of a repo that wait for the locks of others. */

const database = useCore();
const models = modelsWith();
const post = modelOf(models, 'Post');

async function withRepo(
  poolSize: number,
  settings: RepoSettings,
  run: (repo: Repo, stored: Struct) => Promise<void>,
): Promise<void> {
  await database.sql(`INSERT INTO posts (id, title) VALUES (7, 'A')`);
  const adapter = makeAdapter({ ...wideLimits, url: database.url, poolSize });
  const transactionOptions = { maxWait: wideLimits.poolTimeout };
  const client = new PrismaClient({ adapter, transactionOptions });
  try {
    const repo = makeRepo(client, models, settings);
    await run(repo, await load(repo, post, 7n));
  } finally {
    await client.$disconnect();
  }
}

const held = 'SELECT FROM posts FOR UPDATE';

test.each<[string, number, number, RepoSettings]>([
  ['five by default', 6, 5, {}],
  ['as many as it is given turns', 2, 1, { lockTurns: makeTurns(1) }],
])('of the writes that wait, %s have a connection', async (_how, poolSize, most, settings) => {
  await withRepo(poolSize, settings, async (repo, stored) => {
    const writes = await whileHeld(database, held, async () => {
      const writes = Array.from({ length: poolSize + 1 }, (_, i) =>
        repo.update(change(stored, { title: `${i}` })),
      );
      expect(await waiters(database, most)).toHaveLength(most);
      expect(await repo.get(post, 7n)).toMatchObject({ fields: { title: 'A' } });
      return { done: Promise.all(writes) };
    });
    const outcomes = await writes.done;
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
  });
});

test('a transaction waits in its turn, whatever its function makes of the first attempt', async () => {
  await withRepo(2, {}, async (repo, stored) => {
    let attempts = 0;
    const { done } = await whileHeld(database, held, async () => {
      const done = repo.transaction((tx) => {
        attempts += 1;
        return tx.updateOrThrow(change(stored, { title: 'B' })).catch(() => {
          throw new Error('no');
        });
      });
      await waiters(database);
      return { done };
    });
    expect(await done).toMatchObject({ fields: { title: 'B' } });
    expect(attempts).toBe(2);
  });
});
