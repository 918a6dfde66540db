import { expect, test } from 'vitest';
import { getModel, readModels } from '../../src/model/datamodel/read-models.ts';
import type { Values } from '../../src/model/value.ts';
import type { Operation } from '../../src/plan/plan.ts';
import { findParkings, parkableField } from '../../src/plan/draft/parking.ts';
import { datamodel as caseDatamodel } from '../ecto/generated/datamodel.ts';
import { datamodel } from '../repo/keys/generated/datamodel.ts';

const slots = readModels(datamodel);
const cases = readModels(caseDatamodel);

test.each([
  ['Slot', ['text'], 'text'],
  ['Slot', ['letter'], 'letter'],
  ['Slot', ['row', 'seat'], 'seat'],
  ['Slot', ['text', 'note'], 'note'],
  ['Slot', ['place'], 'place'],
  ['Slot', ['number'], 'number'],
  ['Slot', ['number', 'letter'], 'letter'],
  ['Slot', ['serial'], undefined],
  ['Slot', ['id'], undefined],
  ['Slot', [], undefined],
  ['Permalink', ['post_id'], 'post_id'],
  // The row is found by it.
  ['Country', ['code'], undefined],
  // Text that refers to a row.
  ['Flag', ['country_code'], undefined],
] as const)('of the changed fields of %s %j a row is parked in %s', (model, changed, field) => {
  const models = slots.has(model) ? slots : cases;
  expect(parkableField(getModel(models, model), changed)?.name).toBe(field);
});

function update(id: number, changes: Values, parks?: readonly string[]): Operation {
  return {
    action: 'update',
    model: 'Slot',
    row: { key: { id } },
    path: [],
    reason: 'given',
    via: null,
    from: {},
    changes,
    references: [],
    ...(parks ? { parks } : {}),
    expects: {},
    constraints: [],
  };
}

const operations = [
  update(1, { text: 'b' }),
  update(2, { text: 'a', place: 1 }, ['text', 'place']),
  update(3, { text: 'd' }, ['text']),
];
const reserved = ['b', 'a', 'd'];

test('rows that are parked in one field are parked together', () => {
  expect(findParkings({ operations })).toEqual([
    {
      model: 'Slot',
      field: 'text',
      keys: [{ id: 2 }, { id: 3 }],
      reserved,
      operations: [1, 2],
    },
    {
      model: 'Slot',
      field: 'place',
      keys: [{ id: 2 }],
      reserved: ['1'],
      operations: [1],
    },
  ]);
});

test('rows are parked one by one where each operation is to be told apart', () => {
  const parkings = findParkings({ operations }, { oneByOne: true });
  expect(parkings.map((parking) => parking.operations)).toEqual([[1], [1], [2]]);
});

test('a plan without an exchange parks nothing', () => {
  expect(findParkings({ operations: operations.slice(0, 1) })).toEqual([]);
});
