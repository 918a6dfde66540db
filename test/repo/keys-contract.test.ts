import { describe, expect, test } from 'vitest';
import { buildAssoc, castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import { change } from '../../src/changeset/changeset.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct, listOf, primaryKey } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';
import { valueText } from '../../src/model/value.ts';
import type { Outcome } from '../../src/repo/write/write-changeset.ts';
import { writesOf } from '../support/database.ts';
import { modelOf, modelsWith, repoOf, useCore } from '../support/core.ts';

/*
 * What every has_many does, whatever its keys are.
 */

const database = useCore();

interface Kind {
  readonly owner: string;
  readonly association: string;
  /** Field values that make an owner, and another. */
  readonly owners: readonly [Values, Values];
  /** The field that the tests change, and what names a child. */
  readonly label: string;
  /** Further values of the child of a number: its key, where nothing else makes it. */
  readonly given: (number: number) => Values;
  /**
   * Whether a child may have no owner, and may get another: not where the foreign key is in its own
   * key.
   */
  readonly nullable: boolean;
  readonly movable: boolean;
}

const uuid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const dutch = { code: 'NL', name: 'Netherlands' };
const belgian = { code: "B'E", name: 'Belgium' };
const cities = [
  { id: uuid(8), name: 'a', country_code: 'NL' },
  { id: uuid(9), name: 'b', country_code: 'NL' },
] as const;

const kinds: Readonly<Record<string, Kind>> = {
  'a BigInt that a sequence makes': {
    owner: 'Author',
    association: 'posts',
    owners: [{ name: 'a' }, { name: 'b' }],
    label: 'title',
    given: () => ({}),
    nullable: true,
    movable: true,
  },
  'a BigInt that is given': {
    owner: 'Author',
    association: 'posts',
    owners: [{ id: 7n }, { id: 8n }],
    label: 'title',
    given: (n) => ({ id: BigInt(n) + 2n ** 60n }),
    nullable: true,
    movable: true,
  },
  'an Int, of a model that refers to itself': {
    owner: 'Category',
    association: 'children',
    owners: [{ name: 'a' }, { name: 'b' }],
    label: 'name',
    given: () => ({}),
    nullable: true,
    movable: true,
  },
  'a UUID that we make, under an owner named by text': {
    owner: 'Country',
    association: 'cities',
    owners: [dutch, belgian],
    label: 'name',
    given: () => ({}),
    nullable: false,
    movable: true,
  },
  'a UUID that is given': {
    owner: 'Country',
    association: 'cities',
    owners: [dutch, belgian],
    label: 'name',
    given: (n) => ({ id: uuid(n) }),
    nullable: false,
    movable: true,
  },
  'two fields': {
    owner: 'Country',
    association: 'parcels',
    owners: [dutch, belgian],
    label: 'owner',
    given: (n) => ({ sheet: 1, number: n }),
    nullable: true,
    movable: true,
  },
  'two fields, the owner among them': {
    owner: 'City',
    association: 'stations',
    owners: cities,
    label: 'name',
    given: (n) => ({ line: n }),
    nullable: false,
    movable: false,
  },
  'a UUID that the database makes, under an owner of two fields': {
    owner: 'Station',
    association: 'platforms',
    owners: [
      { city_id: uuid(8), line: 1, name: 'a' },
      { city_id: uuid(8), line: 2, name: 'b' },
    ],
    label: 'label',
    given: () => ({}),
    nullable: false,
    movable: true,
  },
};

describe.each(Object.entries(kinds))('a has_many whose key is %s', (_n, kind) => {
  const { owner: ownerName, association: name, label } = kind;

  function setup(onReplace: 'delete' | 'nilify') {
    const models = modelsWith({
      [`${ownerName}.${name}`]: { onReplace, onDelete: 'deleteAll' },
    });
    const model = modelOf(models, ownerName);
    const related = modelOf(models, model.associations.get(name)?.related.name ?? name);
    const repo = repoOf(database, models);

    /** Inserts what an owner needs, the owner, and children 1 and 2, named one and two. */
    async function makeOwner(values: Values, numbers: readonly number[]) {
      await makeAbove(ownerName);
      const owner = written(await repo.insert(buildStruct(model, values)));
      for (const number of numbers) {
        const fields = { ...kind.given(number), [label]: `no ${number}` };
        written(await repo.insert(buildAssoc(owner, name, fields)));
      }
      return reload(owner);
    }

    async function reload(owner: Struct): Promise<Struct> {
      return repo.preload(owner, [name], { force: true });
    }

    function castChildren(owner: Struct, list: readonly Params[]): Changeset {
      return castAssoc(cast(owner, { [name]: list }, []), name, {
        forceUpdateOnChange: false,
        with: (child, params) =>
          cast(child, params, [...related.primaryKey, label].filter(isGiven)),
      });
    }
    const isGiven = (field: string) => field === label || field in kind.given(1);

    return { models, model, related, repo, makeOwner, reload, castChildren };
  }

  function children(owner: Struct): readonly Struct[] {
    return listOf(owner.assocs[name] ?? null).toSorted((a, b) =>
      labelOf(a) < labelOf(b) ? -1 : 1,
    );
  }

  const labelOf = (record: Struct) => valueText(record.fields[label] ?? null);

  /** The key of a record as a front end sends it: as text. */
  function sentKey(record: Struct): Params {
    return Object.fromEntries(
      record.model.primaryKey.map((field) => [field, valueText(record.fields[field] ?? null)]),
    );
  }

  test('is inserted through buildAssoc, given or made, and preloaded', async () => {
    const { makeOwner } = setup('delete');
    const owner = await makeOwner(kind.owners[0], [1, 2]);
    expect(children(owner).map(labelOf)).toEqual(['no 1', 'no 2']);
    for (const [i, child] of children(owner).entries()) {
      expect(child.fields).toMatchObject(kind.given(i + 1));
      expect(primaryKey(child)).not.toContain(null);
    }
  });

  test('is kept, updated, inserted and deleted by one cast, each by one write', async () => {
    const { makeOwner, castChildren, repo, reload, related } = setup('delete');
    const owner = await makeOwner(kind.owners[0], [1, 2, 3]);
    const [one, two] = children(owner) as [Struct, Struct];
    const changeset = castChildren(owner, [
      { ...sentKey(two), [label]: 'second' },
      { ...kind.given(4), [label]: 'no 4' },
      { ...sentKey(one), [label]: 'no 1' },
    ]);
    const statements = await database.statementsOf(async () => {
      const after = written(await repo.update(changeset));
      expect(children(after)).toEqual(children(await reload(owner)));
    });
    expect(writesOf(statements)).toEqual([
      `DELETE ${related.table}`,
      `UPDATE ${related.table}`,
      `INSERT ${related.table}`,
    ]);
    const after = await reload(owner);
    expect(children(after).map(labelOf)).toEqual(['no 1', 'no 4', 'second']);
    expect(children(after)[0]).toEqual(one);
  });

  test('is left alone by a cast of what is there, in any order', async () => {
    const { makeOwner, castChildren, repo } = setup('delete');
    const owner = await makeOwner(kind.owners[0], [1, 2]);
    const [one, two] = children(owner) as [Struct, Struct];
    const changeset = castChildren(owner, [sentKey(two), { ...sentKey(one), [label]: 'no 1' }]);
    expect(changeset.assocs).toEqual({});
    const outcome = await repo.update(changeset);
    expect(outcome).toMatchObject({ ok: true, plan: { operations: [] } });
  });

  test('keeps all that another owner has', async () => {
    const { makeOwner, castChildren, repo, reload } = setup('delete');
    const owner = await makeOwner(kind.owners[0], [1]);
    const other = await makeOwner(kind.owners[1], [2]);
    written(await repo.update(castChildren(owner, [])));
    expect(children(await reload(owner))).toEqual([]);
    expect(children(await reload(other))).toEqual(children(other));
  });

  test.runIf(kind.movable)('moves to the owner that puts it', async () => {
    const { makeOwner, repo, reload, related } = setup('delete');
    const owner = await makeOwner(kind.owners[0], []);
    const other = await makeOwner(kind.owners[1], [1]);
    const put = putAssoc(change(owner), name, children(other));
    const statements = await database.statementsOf(async () => {
      written(await repo.update(put));
    });
    expect(writesOf(statements)).toEqual([`UPDATE ${related.table}`]);
    expect(children(await reload(owner)).map(labelOf)).toEqual(['no 1']);
    expect(children(await reload(other))).toEqual([]);
  });

  test('may lose its owner only where its key allows', async () => {
    const { makeOwner, castChildren, repo, reload } = setup('nilify');
    const owner = await makeOwner(kind.owners[0], [1, 2]);
    const [one] = children(owner) as [Struct];
    const changeset = castChildren(owner, [sentKey(one)]);
    expect(changeset.valid).toBe(kind.nullable);
    if (!kind.nullable) {
      expect(changeset.errors).toMatchObject([{ code: 'REQUIRED' }]);
      return;
    }
    written(await repo.update(changeset));
    expect(children(await reload(owner))).toEqual([one]);
    const rows = await repo.all(one.model);
    expect(rows.map(labelOf)).toContain('no 2');
  });

  test('goes with its owner under onDelete deleteAll', async () => {
    const { makeOwner, repo, related } = setup('delete');
    const owner = await makeOwner(kind.owners[0], [1, 2]);
    const other = await makeOwner(kind.owners[1], [3]);
    written(await repo.delete(owner));
    const left = await repo.all(related);
    expect(left.map(labelOf).filter((text) => text.startsWith('no'))).toEqual(
      children(other).map(labelOf),
    );
  });

  test('is written with an owner that is new', async () => {
    const { castChildren, repo, model } = setup('delete');
    await makeAbove(ownerName);
    const owner = buildStruct(model, kind.owners[0]);
    const changeset = castChildren(owner, [
      { ...kind.given(1), [label]: 'no 1' },
      { ...kind.given(2), [label]: 'no 2' },
    ]);
    const made = written(await repo.insert(changeset));
    const stored = await repo.preload({ ...made, assocs: {} }, [name]);
    expect(children(made)).toEqual(children(stored));
    expect(children(stored).map(labelOf)).toEqual(['no 1', 'no 2']);
  });
});

/** What a row needs that stands above the owner. */
async function makeAbove(owner: string): Promise<void> {
  if (owner !== 'City' && owner !== 'Station') return;
  await database.sql(`INSERT INTO countries VALUES ('NL', '') ON CONFLICT DO NOTHING`);
  if (owner === 'City') return;
  await database.sql(`INSERT INTO cities VALUES ('${uuid(8)}', 'a', 'NL') ON CONFLICT DO NOTHING`);
}

function written(outcome: Outcome): Struct {
  if (outcome.ok) return outcome.struct;
  throw new Error(JSON.stringify(outcome.changeset.errors));
}
