import { describe, expect, test } from 'vitest';
import { change } from '../../src/changeset/changeset.ts';
import { uniqueConstraint } from '../../src/changeset/constraint/constraint.ts';
import { buildStruct } from '../../src/model/struct.ts';
import { validateRequired } from '../../src/changeset/validate/validate.ts';
import { modelOf, modelsWith, repoOf, useCore } from '../support/core.ts';

const database = useCore();
const models = modelsWith();
const tag = modelOf(models, 'Tag');
const repo = () => repoOf(database, models);
const named = (name: string) => uniqueConstraint(change(buildStruct(tag), { name }), 'name');
const names = async () =>
  (await database.sql<{ name: string }>('SELECT name FROM tags ORDER BY 1')).map((row) => row.name);

describe('a transaction', () => {
  test('keeps all its writes and gives what its function gives', async () => {
    const statements = await database.statementsOf(async () => {
      const given = await repo().transaction(async (tx) => {
        await tx.insert(named('a'));
        await tx.transaction((inner) => inner.insert(named('b')));
        return (await tx.all(tag)).length;
      });
      expect(given).toBe(2);
    });
    expect(await names()).toEqual(['a', 'b']);
    expect(statements.filter((s) => s.kind === 'transaction').map((s) => s.verb)).toEqual([
      'BEGIN',
      'COMMIT',
    ]);
  });

  test('keeps nothing where its function throws, in the middle of a nested one too', async () => {
    const failing = repo().transaction(async (tx) => {
      await tx.insert(named('a'));
      await tx.transaction(async (inner) => {
        await inner.insert(named('b'));
        throw new Error('no');
      });
    });
    await expect(failing).rejects.toThrow('no');
    expect(await names()).toEqual([]);
  });

  test('goes on after a changeset that is invalid before any SQL', async () => {
    await repo().transaction(async (tx) => {
      const refused = await tx.insert(validateRequired(change(buildStruct(tag)), ['name']));
      expect(refused).toMatchObject({ ok: false });
      await tx.insert(named('a'));
    });
    expect(await names()).toEqual(['a']);
  });

  test('does not claim to be kept after a write in it was refused', async () => {
    await database.sql(`INSERT INTO tags (name) VALUES ('taken')`);
    const swallowing = repo().transaction(async (tx) => {
      await tx.insert(named('a'));
      const refused = await tx.insert(named('taken'));
      expect(refused).toMatchObject({ ok: false });
      return 'done';
    });
    await expect(swallowing).rejects.toThrow(
      'cannot commit the transaction: a write of Tag in it was refused, which undoes it as a whole. ' +
        'Throw where an outcome is not ok.',
    );
    expect(await names()).toEqual(['taken']);
  });

  test('does not claim to be kept after an error in it was caught', async () => {
    const swallowing = repo().transaction(async (tx) => {
      await tx.insert(named('a'));
      await tx.insert(named('b'));
      const undeclared = change(buildStruct(tag), { name: 'a' });
      await tx.insert(undeclared).catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow(
      'cannot insert Tag: the database refuses it for the unique constraint "tags_name_index".',
    );
    expect(await names()).toEqual([]);
  });

  test('is lost as a whole where a nested one is caught', async () => {
    const swallowing = repo().transaction(async (tx) => {
      await tx.insert(named('a'));
      await tx
        .transaction(async (inner) => {
          await inner.insert(named('b'));
          throw new Error('no');
        })
        .catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('no');
    expect(await names()).toEqual([]);
  });
});
