import { describe, expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { addError, change } from '../../src/changeset/changeset.ts';
import { uniqueConstraint } from '../../src/changeset/constraint/constraint.ts';
import { optimisticLock } from '../../src/changeset/optimistic-lock.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct } from '../../src/model/struct.ts';
import { InvalidChangesetError } from '../../src/repo/errors/errors.ts';
import type { Outcome } from '../../src/repo/write/write-changeset.ts';
import type { RepoOptions } from '../../src/repo/write/write-in-transaction.ts';
import { writesOf } from '../support/database.ts';
import { load, modelOf, modelsWith, NOW, repoOf, useCore } from '../support/core.ts';

const database = useCore();

function setup(versions = {}) {
  const models = modelsWith({}, versions);
  const repo = repoOf(database, models);
  const model = (name: string) => modelOf(models, name);

  async function seed(): Promise<Struct> {
    await database.sql(
      `INSERT INTO posts (id, title, body) VALUES (7, 'A', 'old');
       INSERT INTO comments (id, body, post_id) VALUES (10, 'a', 7);
       INSERT INTO tags (id, name) VALUES (1, 'x');
       SELECT setval(pg_get_serial_sequence(name, 'id'), 100)
         FROM unnest(ARRAY['posts', 'tags']) AS name`,
    );
    return load(repo, model('Post'), 7n, ['comments']);
  }
  return { repo, model, seed };
}

async function writesIn(run: () => Promise<unknown>) {
  return writesOf(await database.statementsOf(async () => void (await run())));
}

function written(outcome: Outcome): Struct {
  if (outcome.ok) return outcome.struct;
  throw new Error(JSON.stringify(outcome.changeset.errors));
}

describe('force', () => {
  test('updates a record that does not change, with its updatedAt', async () => {
    const { repo, seed } = setup();
    const post = await seed();
    const writes = await writesIn(async () => {
      const outcome = await repo.update(change(post), { force: true });
      expect(written(outcome).fields['updated_at']).toEqual(NOW);
    });
    expect(writes).toEqual(['UPDATE posts']);
    expect(await database.sql('SELECT title FROM posts')).toEqual([{ title: 'A' }]);
  });

  test('is needed for that', async () => {
    const { repo, seed } = setup();
    const post = await seed();
    expect(await writesIn(() => repo.update(change(post)))).toEqual([]);
  });

  test('updates nothing of a model without updatedAt, version and lock', async () => {
    const { repo, model, seed } = setup();
    await seed();
    const tag = await load(repo, model('Tag'), 1n);
    const writes = await writesIn(async () => {
      const outcome = await repo.update(change(tag), { force: true });
      expect(written(outcome)).toEqual(tag);
    });
    expect(writes).toEqual([]);
  });

  test("raises the model's version", async () => {
    const { repo, seed } = setup({ Post: 'lock_version' });
    const post = await seed();
    const outcome = await repo.update(change(post), { force: true });
    expect(written(outcome).fields['lock_version']).toBe(2);
  });

  test('compares and raises the version of an optimistic lock', async () => {
    const { repo, seed } = setup();
    const locked = optimisticLock(change(await seed()), 'lock_version');
    const outcome = await repo.update(locked, { force: true });
    expect(written(outcome).fields['lock_version']).toBe(2);
    await expect(repo.update(locked, { force: true })).rejects.toThrow(
      'cannot update Post 7: it is stale.',
    );
  });

  test('updates the root alone, not what is below it', async () => {
    const { repo, seed } = setup();
    const data = await seed();
    const same = castAssoc(cast(data, { comments: [{ id: 10 }] }, []), 'comments', {
      with: (child, params) => cast(child, params, ['body']),
    });
    const writes = await writesIn(() => repo.update(same, { force: true }));
    expect(writes).toEqual(['UPDATE posts']);
  });

  test('is stale where the row is gone, unless that is allowed', async () => {
    const { repo, seed } = setup();
    const post = await seed();
    await database.sql('DELETE FROM comments; DELETE FROM posts');
    const forced = (options: RepoOptions) => repo.update(change(post), { force: true, ...options });
    await expect(forced({})).rejects.toThrow('it is stale');
    expect(await forced({ allowStale: true })).toMatchObject({ ok: true });
  });
});

describe('returning', () => {
  test.each<[string, RepoOptions, string | null]>([
    ['all columns by default', {}, 'new'],
    ['all columns', { returning: true }, 'new'],
    ['the columns that it names', { returning: ['body'] }, 'new'],
    ['no other column', { returning: ['id', 'title'] }, 'old'],
    ['none', { returning: false }, 'old'],
  ])('reads back %s of a row that is updated', async (_name, options, body) => {
    const { repo, seed } = setup();
    const post = await seed();
    await database.sql(`UPDATE posts SET body = 'new'`);
    const outcome = await repo.update(change(post, { title: 'B' }), options);
    expect(written(outcome).fields).toMatchObject({ title: 'B', body });
  });

  test('leaves a new record its key, whatever is read back', async () => {
    const { repo, model } = setup();
    for (const returning of [true, false, ['name']]) {
      const tag = buildStruct(model('Tag'), { name: `n${String(returning)}` });
      const record = written(await repo.insert(tag, { returning }));
      expect(record.fields['id']).toBeTypeOf('bigint');
    }
  });

  test('reads back the row that is deleted', async () => {
    const { repo, model, seed } = setup();
    await seed();
    const tag = await load(repo, model('Tag'), 1n);
    await database.sql(`UPDATE tags SET name = 'y'`);
    expect(written(await repo.delete(tag, { returning: ['name'] }))).toMatchObject({
      state: 'deleted',
      fields: { name: 'y' },
    });
  });

  test('reads nothing of a row that is not written', async () => {
    const { repo, seed } = setup();
    const post = await seed();
    await database.sql(`UPDATE posts SET body = 'new'`);
    const outcome = await repo.update(change(post), { returning: true });
    expect(written(outcome)).toEqual(post);
  });
});

describe('a function that throws', () => {
  test('gives the record', async () => {
    const { repo, model, seed } = setup();
    const post = await seed();
    const tag = await repo.insertOrThrow(buildStruct(model('Tag'), { name: 'n' }));
    expect(tag).toMatchObject({ state: 'loaded', fields: { name: 'n' } });
    expect(await repo.updateOrThrow(change(post, { title: 'B' }))).toMatchObject({
      fields: { title: 'B' },
    });
    expect(await repo.insertOrUpdateOrThrow(change(tag, { name: 'm' }))).toMatchObject({
      fields: { id: tag.fields['id'], name: 'm' },
    });
    expect(await repo.deleteOrThrow(tag)).toMatchObject({ state: 'deleted' });
  });

  test('throws the changeset where it has errors, and writes nothing', async () => {
    const { repo, seed } = setup();
    const post = change(await seed(), { title: 'B' });
    const invalid = addError(post, 'title', 'is too short');
    for (const call of [
      () => repo.insertOrUpdateOrThrow(invalid),
      () => repo.updateOrThrow(invalid),
      () => repo.deleteOrThrow(invalid),
    ]) {
      await expect(call()).rejects.toThrow(InvalidChangesetError);
      await expect(call()).rejects.toThrow(
        /^cannot (?:update|delete) Post: its changeset has errors: title is too short\. /,
      );
    }
    expect(await database.sql('SELECT title FROM posts')).toEqual([{ title: 'A' }]);
  });

  test('throws the changeset where the database refuses what it declares', async () => {
    const { repo, model, seed } = setup();
    await seed();
    const tag = uniqueConstraint(change(buildStruct(model('Tag')), { name: 'x' }), 'name');
    const refused: unknown = await repo.insertOrThrow(tag).catch((error) => error);
    expect(refused).toMatchObject({
      name: 'InvalidChangesetError',
      message: expect.stringContaining('name has already been taken'),
      changeset: { errors: [{ field: 'name' }] },
    });
  });

  test('throws the changeset where a stale record is told as an error', async () => {
    const { repo, seed } = setup();
    const post = await seed();
    await database.sql('DELETE FROM comments; DELETE FROM posts');
    const stale = change(post, { title: 'B' });
    await expect(repo.updateOrThrow(stale, { staleErrorField: 'id' })).rejects.toThrow(
      'id is stale',
    );
    await expect(repo.updateOrThrow(stale)).rejects.toThrow('it is stale');
  });

  test('undoes the transaction that it is in', async () => {
    const { repo, model, seed } = setup();
    await seed();
    const run = repo.transaction(async (inner) => {
      await inner.insertOrThrow(buildStruct(model('Tag'), { name: 'n' }));
      const tag = change(buildStruct(model('Tag')), { name: 'x' });
      await inner.insertOrThrow(uniqueConstraint(tag, 'name'));
    });
    await expect(run).rejects.toThrow(InvalidChangesetError);
    expect(await database.sql('SELECT name FROM tags')).toEqual([{ name: 'x' }]);
  });
});
