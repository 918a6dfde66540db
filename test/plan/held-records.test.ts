import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { change } from '../../src/changeset/changeset.ts';
import type { OnReplace } from '../../src/model/model.ts';
import type { Loaded, Struct } from '../../src/model/struct.ts';
import { buildStruct, loadStruct, withAssoc } from '../../src/model/struct.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { modelOf, modelsWith } from '../support/core.ts';

/*
 * A to-one of an owner holds a record, and another, or none, is cast or put in its place.
 */

type Kind = readonly [owner: string, name: string, related: string];

const kinds: readonly Kind[] = [
  ['Note', 'post', 'Post'],
  ['Post', 'permalink', 'Permalink'],
];

const replacements = [
  ['null is put', (held) => (done) => putAssoc(done, held, null)],
  ['attributes are put', (held) => (done) => putAssoc(done, held, { id: 90n })],
  ['null is cast', (held) => (done) => castIn(done, held, null)],
  ['another is cast', (held) => (done) => castIn(done, held, { id: 90 })],
] as const satisfies readonly [string, (held: string) => (changeset: Changeset) => Changeset][];

function castIn(changeset: Changeset, name: string, value: unknown): Changeset {
  return castAssoc({ ...changeset, params: { [name]: value } }, name, {
    with: (child, params) => cast(child, params, ['id']),
  });
}

const how: readonly OnReplace[] = ['nilify', 'delete', 'deleteIfExists'];

const cases = kinds.flatMap((kind) =>
  replacements.flatMap(([what, replace]) =>
    how.map((onReplace) => [kind[1], what, onReplace, kind, replace(kind[1])] as const),
  ),
);

function setup([ownerName, name, related]: Kind, onReplace: OnReplace) {
  const models = modelsWith({ [`${ownerName}.${name}`]: { onReplace } });
  const ownerModel = modelOf(models, ownerName);
  const model = modelOf(models, related);
  return {
    newOwner: buildStruct(ownerModel),
    storedOwner: loadStruct(ownerModel, { id: 1n, post_id: null }),
    newRecord: buildStruct(model),
    storedRecord: loadStruct(model, { id: 5n, post_id: 1n }),
  };
}

const writesOf = (changeset: Changeset, related: string) =>
  planWrite(changeset)
    .plan.operations.filter(({ model }) => model === related)
    .map(({ action }) => action)
    .filter((action) => action !== 'insert');

const holding = (owner: Struct, name: string, held: Loaded) => change(withAssoc(owner, name, held));

describe.each(cases)('%s, where %s and onReplace is %s', (...row) => {
  const [name, , onReplace, kind, replace] = row;
  const [, , related] = kind;
  const { newOwner, storedOwner, newRecord, storedRecord } = setup(kind, onReplace);

  test.each([
    ['new', newOwner],
    ['stored', storedOwner],
  ])('a new record that a %s owner holds is not inserted', (_what, owner) => {
    const done = replace(holding(owner, name, newRecord));
    expect(done.assocs[name]).toMatchObject({ replaced: [] });
    const { length } = done.assocs[name]?.entries ?? [];
    const { operations } = planWrite(done).plan;
    expect(operations.filter(({ model }) => model === related)).toHaveLength(length);
    expect(writesOf(done, related)).toEqual([]);
  });

  test.each([
    ['new', newOwner],
    ['stored', storedOwner],
  ])('a stored record that a %s owner holds is replaced', (_what, owner) => {
    const done = replace(holding(owner, name, storedRecord));
    const nilified = kind[0] === 'Note' ? [] : ['update'];
    expect(writesOf(done, related)).toEqual(onReplace === 'nilify' ? nilified : ['delete']);
  });
});

describe.each(kinds)('onReplace of %s.%s is obeyed for a new record', (...kind) => {
  const [, name] = kind;

  test.each(replacements)('where %s', (_what, replace) => {
    const raise = setup(kind, 'raise');
    const held = holding(raise.newOwner, name, raise.newRecord);
    expect(() => replace(name)(held)).toThrow('its onReplace is "raise"');
    const invalid = setup(kind, 'markAsInvalid');
    expect(replace(name)(holding(invalid.newOwner, name, invalid.newRecord))).toMatchObject({
      valid: false,
      assocs: {},
    });
  });
});

test('a column that takes no null asks for another record only of one that is stored', () => {
  const kind = ['Comment', 'post', 'Post'] as const;
  const { newOwner, newRecord, storedRecord } = setup(kind, 'delete');
  const emptied = (held: Struct) => putAssoc(holding(newOwner, 'post', held), 'post', null);
  expect(emptied(newRecord)).toMatchObject({ valid: true });
  expect(emptied(storedRecord).errors).toMatchObject([{ code: 'REQUIRED' }]);
});

test('a has_many that holds new records and is emptied is refused where they were to be deleted', () => {
  const kind = ['Post', 'notes', 'Note'] as const;
  const emptied = (onReplace: OnReplace) => {
    const { newOwner, newRecord } = setup(kind, onReplace);
    return putAssoc(holding(newOwner, 'notes', [newRecord]), 'notes', []);
  };
  expect(() => planWrite(emptied('delete'))).toThrow(
    'cannot update or delete Note: it has no value of its key "id".',
  );
  expect(writesOf(emptied('nilify'), 'Note')).toEqual([]);
});
