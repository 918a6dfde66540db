import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChanges } from '../../src/changeset/apply.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { hasChanges } from '../../src/changeset/changeset.ts';
import { listOf } from '../../src/changeset/relation.ts';
import { listErrors, traverseErrors } from '../../src/changeset/traverse.ts';
import type { Struct } from '../../src/model/struct.ts';
import { keyText } from '../../src/model/value.ts';
import { Rollback } from '../../src/repo/transaction.ts';
import type { Preload } from '../../src/repo/preload.ts';
import { writeChangeset } from '../../src/repo/write.ts';
import {
  load,
  modelOf,
  modelsWith,
  NOW,
  repoOf,
  useCore,
} from '../support/core.ts';
import type { Case, StoredRow } from './world.ts';
import {
  anyCase,
  castCase,
  isInside,
  kindOf,
  paramsOf,
  readRows,
  writeRows,
} from './world.ts';

/*
 * What every cast keeps to, whatever the rows and the params are. On a failure fast-check prints the seed, and the
 * smallest rows and params that fail.
 */

const database = useCore();
const models = modelsWith();
const repo = () => repoOf(database, models);

function holds(
  any: fc.Arbitrary<Case>,
  law: (given: Case) => Promise<void>,
): Promise<void> {
  return fc.assert(fc.asyncProperty(any, law), { numRuns: 40 });
}

function loadPost(preload: Preload): Promise<Struct> {
  return load(repo(), modelOf(models, 'Post'), 7n, [preload]);
}

/** Writes the rows of a case and reads its post. */
async function postOf(given: Case): Promise<Struct> {
  await writeRows(database, given);
  return loadPost(given.assoc);
}

/** Writes by calls of one operation each; says whether the database took it. */
async function writeOneByOne(changeset: Changeset): Promise<boolean> {
  if (!changeset.valid) return false;
  try {
    await database.client.$transaction(async (tx) => {
      const options = { models, now: NOW, oneByOne: true };
      const outcome = await writeChangeset(tx, changeset, options);
      if (!outcome.ok) throw new Rollback(outcome);
    });
    return true;
  } catch (error) {
    if (error instanceof Rollback) return false;
    throw error;
  }
}

const keysOf = (records: readonly Struct[]) =>
  records.map(({ fields }) => keyText([fields['id'] ?? null])).toSorted();

/** The records of an association as the post has them, in no order; new ones have no id. */
function recordsOf(post: Struct, assoc: string): readonly string[] {
  return listOf(post.assocs[assoc] ?? null)
    .map(({ model, fields }) => {
      const id = Number(fields['id'] ?? 100);
      const key = { id: id < 100 ? id : 'new' };
      const owner = model.fields.has('post_id') && { post_id: 7 };
      const { id: _id, post_id: _owner, ...rest } = fields;
      return JSON.stringify({ ...key, ...owner, ...rest });
    })
    .toSorted();
}

const fieldsOf = (rows: readonly StoredRow[]) =>
  rows.map(({ table, fields }) => ({ table, ...fields }));

test('casting what is there changes nothing and writes nothing', () =>
  holds(anyCase(), async (given) => {
    const post = await postOf(given);
    const before = await readRows(database);
    // In another order than it is in.
    const items = given.current
      .map(({ id }) => ({ id: String(id), label: 'same' }))
      .toReversed();
    const changeset = castCase(post, { ...given, title: 'A', items });
    expect(hasChanges(changeset)).toBe(false);
    expect(await repo().update(changeset)).toMatchObject({ ok: true });
    expect(await readRows(database)).toEqual(before);
  }));

test('each current row is kept, updated or replaced exactly once', () =>
  holds(anyCase(), async (given) => {
    const post = await postOf(given);
    const changeset = castCase(post, given, { keepUnchanged: true });
    const { entries = [], replaced = [] } = changeset.assocs[given.assoc] ?? {};
    const current = entries
      .filter((entry) => entry.current)
      .map((entry) => entry.changeset);
    expect(keysOf([...current, ...replaced].map(({ data }) => data))).toEqual(
      given.current.map(({ id }) => keyText([BigInt(id)])).toSorted(),
    );
    expect(new Set(current.map(({ action }) => action))).not.toContain(
      'insert',
    );
    expect(replaced.every(({ action }) => action === 'replace')).toBe(true);
  }));

test('no row outside the association changes', () =>
  holds(anyCase(), async (given) => {
    const post = await postOf(given);
    const outside = async () =>
      (await readRows(database)).filter((row) => !isInside(given, row));
    const before = await outside();
    await repo().update(castCase(post, given));
    expect(await outside()).toEqual(before);
  }));

test('what is reloaded equals what applyChanges told', () =>
  holds(anyCase(), async (given) => {
    const post = await postOf(given);
    const changeset = castCase(post, given);
    const outcome = await repo().update(changeset);
    const told = outcome.ok ? applyChanges(changeset) : post;
    const reloaded = await loadPost(given.assoc);
    expect(reloaded.fields['title']).toBe(told.fields['title']);
    expect(recordsOf(reloaded, given.assoc)).toEqual(
      recordsOf(told, given.assoc),
    );
  }));

test('a cast is valid exactly if it lists no errors', () =>
  holds(anyCase(), async (given) => {
    const changeset = castCase(await postOf(given), given);
    const { valid } = changeset;
    expect(Object.keys(traverseErrors(changeset)).length === 0).toBe(valid);
    expect(listErrors(changeset).length === 0).toBe(valid);
    const outcome = await repo().update(changeset);
    if (!outcome.ok) {
      expect(outcome.changeset.valid).toBe(false);
      expect(listErrors(outcome.changeset)).not.toEqual([]);
    }
  }));

test('a plan leaves the rows that its operations leave one by one', () =>
  holds(anyCase(), async (given) => {
    const outcome = await repo().update(castCase(await postOf(given), given));
    const planned = await readRows(database);
    const alone = await writeOneByOne(castCase(await postOf(given), given));
    expect(alone).toBe(outcome.ok);
    expect(fieldsOf(await readRows(database))).toEqual(fieldsOf(planned));
  }));

test('a cast under a scope equals a cast of the rows in the scope', () =>
  holds(anyCase('lists'), async (given) => {
    const { assoc, label } = kindOf(given);
    const inScope = given.current.filter((row) => row.label.startsWith('a'));
    const subset: Case = { ...given, current: inScope };
    const params = paramsOf(subset);
    const inside = (rows: readonly StoredRow[]) =>
      rows.filter((row) => isInside(subset, row) && !isLinkOutside(row));
    const isLinkOutside = ({ table, fields }: StoredRow) => {
      if (table !== 'posts_tags') return false;
      const tag = Number(fields['tag_id']);
      return tag < 100 && !inScope.some(({ id }) => id === tag);
    };

    await writeRows(database, given);
    const before = await readRows(database);
    const where = { [label]: { startsWith: 'a' } };
    const scoped = await loadPost({ assoc, where });
    const outcome = await repo().update(castCase(scoped, subset, { params }));
    const after = await readRows(database);
    const alone = await postOf(subset);
    const expected = await repo().update(castCase(alone, subset, { params }));

    const isOutside = (row: StoredRow) =>
      !isInside(subset, row) || isLinkOutside(row);
    expect(after.filter(isOutside)).toEqual(before.filter(isOutside));
    expect(outcome.ok).toBe(expected.ok);
    expect(fieldsOf(inside(after))).toEqual(
      fieldsOf(inside(await readRows(database))),
    );
  }));
