import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { change, putAction } from '../../src/changeset/changeset.ts';
import { optimisticLock } from '../../src/changeset/optimistic-lock.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct } from '../../src/model/struct.ts';
import { StaleEntryError } from '../../src/repo/errors/errors.ts';
import { writesOf } from '../support/database.ts';
import { load, modelOf, modelsWith, repoOf, useCore } from '../support/core.ts';

const database = useCore();
const models = modelsWith({ 'Post.comments': { onReplace: 'delete' } });
const repo = () => repoOf(database, models);
const post = modelOf(models, 'Post');

async function seed(): Promise<Struct> {
  await database.sql(
    `INSERT INTO posts (id, title) VALUES (7, 'A');
     INSERT INTO comments (id, body, post_id) VALUES (10, 'a', 7), (11, 'b', 7), (12, 'c', 7)`,
  );
  return load(repo(), post, 7n, ['comments']);
}

/** Comment 10 left out, 11 changed, one new. */
function castAll(data: Struct) {
  const comments = [{ id: 11, body: 'B' }, { id: 12 }, { body: 'new' }];
  return castAssoc(cast(data, { comments, title: 'T' }, ['title']), 'comments', {
    with: (child, params) => cast(child, params, ['body']),
  });
}

const bodies = () => database.sql('SELECT body FROM comments ORDER BY body');

describe('allowStale', () => {
  test('passes over what is gone, at every level, and writes the rest', async () => {
    const data = await seed();
    await database.sql('DELETE FROM comments WHERE id IN (10, 11)');
    const changeset = castAll(data);
    await expect(repo().update(changeset)).rejects.toThrow(StaleEntryError);
    expect(await bodies()).toEqual([{ body: 'c' }]);
    const outcome = await repo().update(changeset, { allowStale: true });
    expect(outcome).toMatchObject({ ok: true });
    expect(await bodies()).toEqual([{ body: 'c' }, { body: 'new' }]);
  });

  test('lets a record be deleted that is gone', async () => {
    const data = await seed();
    await database.sql('DELETE FROM comments; DELETE FROM posts');
    await expect(repo().delete(data)).rejects.toThrow(
      'cannot delete Post 7: it is stale. It was changed, moved or deleted since it was loaded.',
    );
    const outcome = await repo().delete(data, { allowStale: true });
    expect(outcome).toMatchObject({ ok: true, struct: { state: 'deleted' } });
  });
});

describe('optimisticLock', () => {
  test('compares before anything is written, also where only a child changes', async () => {
    const data = await seed();
    await database.sql('UPDATE posts SET lock_version = 5');
    const locked = optimisticLock(castAll(data), 'lock_version');
    await expect(repo().update(locked)).rejects.toThrow(StaleEntryError);
    const childOnly = castAssoc(
      cast(data, { comments: [{ id: 10, body: 'x' }, { id: 11 }, { id: 12 }] }, []),
      'comments',
      {
        with: (child, params) => cast(child, params, ['body']),
      },
    );
    const outcome = await repo().update(optimisticLock(childOnly, 'lock_version'), {
      staleErrorField: 'lock_version',
    });
    expect(outcome).toMatchObject({
      ok: false,
      changeset: {
        errors: [
          {
            field: 'lock_version',
            message: 'is stale',
            params: { stale: true },
          },
        ],
      },
    });
    expect(await bodies()).toEqual([{ body: 'a' }, { body: 'b' }, { body: 'c' }]);
  });

  test('is told in words of its own', async () => {
    const data = await seed();
    await database.sql('UPDATE posts SET lock_version = 5');
    const locked = optimisticLock(castAll(data), 'lock_version');
    const outcome = await repo().update(locked, {
      staleErrorField: 'lock_version',
      staleErrorMessage: 'was changed meanwhile',
    });
    expect(outcome).toMatchObject({
      changeset: { errors: [{ message: 'was changed meanwhile' }] },
    });
  });

  test('raises the version of an owner whose child alone changes, the owner first', async () => {
    const data = await seed();
    const childOnly = castAssoc(
      cast(data, { comments: [{ id: 10, body: 'x' }, { id: 11 }, { id: 12 }] }, []),
      'comments',
      {
        with: (child, params) => optimisticLock(cast(child, params, ['body']), 'lock_version'),
      },
    );
    const statements = await database.statementsOf(async () => {
      const outcome = await repo().update(optimisticLock(childOnly, 'lock_version'));
      expect(outcome).toMatchObject({ ok: true });
    });
    expect(writesOf(statements)).toEqual(['UPDATE posts', 'UPDATE comments']);
    expect(await database.sql('SELECT id, lock_version FROM comments ORDER BY id')).toMatchObject([
      { lock_version: 2 },
      { lock_version: 1 },
      { lock_version: 1 },
    ]);
  });

  test('compares nothing where nothing changes', async () => {
    const data = await seed();
    await database.sql('UPDATE posts SET lock_version = 5');
    const idle = optimisticLock(change(data), 'lock_version');
    expect(await repo().update(idle)).toMatchObject({ ok: true });
  });

  test('compares on deletion, and writes nothing of its own then', async () => {
    await database.sql(`INSERT INTO posts (id, title) VALUES (7, 'A')`);
    const data = await load(repo(), post, 7n);
    await database.sql('UPDATE posts SET lock_version = 2');
    const locked = optimisticLock(change(data), 'lock_version');
    await expect(repo().delete(locked)).rejects.toThrow(StaleEntryError);
    await database.sql('UPDATE posts SET lock_version = 1');
    expect(await repo().delete(locked)).toMatchObject({ ok: true });
  });

  test.each([
    ['starts from 1 where there is none yet, comparing nothing', null, 9, 1],
    ['begins anew at 1 after the highest Int', 2147483647, 2147483647, 1],
    ['is as its own function says', 5, 5, 50],
  ])('%s', async (name, before, meanwhile, after) => {
    const sample = modelOf(models, 'Sample');
    await database.sql(`INSERT INTO samples (id, size) VALUES (1, $1)`, [before]);
    const data = await load(repo(), sample, 1n);
    await database.sql('UPDATE samples SET size = $1', [meanwhile]);
    const changed = change(data, { text: 't' });
    const locked = name.includes('function')
      ? optimisticLock(changed, 'size', (version) => version * 10)
      : optimisticLock(changed, 'size');
    expect(await repo().update(locked)).toMatchObject({ ok: true });
    expect(await database.sql('SELECT size FROM samples')).toEqual([{ size: after }]);
  });
});

test('a record is put wherever it is by now, unless it has left this very list', async () => {
  const data = await seed();
  await database.sql("INSERT INTO posts (id, title) VALUES (8, 'B'), (9, 'C')");
  await database.sql("INSERT INTO comments VALUES (20, 'd', 8)");
  const comment = modelOf(models, 'Comment');
  const other = await load(repo(), comment, 20n);
  await database.sql('UPDATE comments SET post_id = 9 WHERE id = 20');
  const put = putAssoc(change(data), 'comments', [other]);
  expect(await repo().update(put)).toMatchObject({ ok: true });
  expect(await database.sql('SELECT id, post_id FROM comments')).toEqual([
    { id: '20', post_id: '7' },
  ]);
  const again = await load(repo(), post, 7n, ['comments']);
  await database.sql('UPDATE comments SET post_id = 9 WHERE id = 20');
  const left = putAssoc(change(again), 'comments', [change(other, { body: 'D' })]);
  await expect(repo().update(left)).rejects.toThrow(StaleEntryError);
});

describe('a record that is built with a key', () => {
  test('is updated and deleted by that key, as in Ecto', async () => {
    await seed();
    const built = buildStruct(post, { id: 7n });
    expect(await repo().update(change(built, { title: 'Z' }))).toMatchObject({
      ok: true,
    });
    expect(await database.sql('SELECT title FROM posts')).toEqual([{ title: 'Z' }]);
    const comment = buildStruct(modelOf(models, 'Comment'), { id: 10n });
    expect(await repo().delete(comment)).toMatchObject({ ok: true });
    expect(await bodies()).toHaveLength(2);
  });

  test('is put with the action it is given', async () => {
    const data = await seed();
    await database.sql("INSERT INTO posts (id, title) VALUES (8, 'B')");
    await database.sql("INSERT INTO comments VALUES (20, 'd', 8), (21, 'e', 8)");
    const keyed = (id: bigint) => change(buildStruct(modelOf(models, 'Comment'), { id }));
    const put = putAssoc(change(data), 'comments', [
      putAction(change(keyed(20n), { body: 'D' }), 'update'),
      putAction(keyed(21n), 'delete'),
    ]);
    expect(await repo().update(put)).toMatchObject({ ok: true });
    expect(await database.sql('SELECT body, post_id FROM comments')).toEqual([
      { body: 'D', post_id: '7' },
    ]);
  });

  test('is stale where there is no such row', async () => {
    const built = change(buildStruct(post, { id: 7n }), { title: 'Z' });
    await expect(repo().update(built)).rejects.toThrow(StaleEntryError);
  });
});
