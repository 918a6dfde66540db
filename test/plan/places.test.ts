import { expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { getModel, readModels } from '../../src/model/datamodel/read-models.ts';
import { buildStruct, loadStruct, type Struct, withAssoc } from '../../src/model/struct.ts';
import { valueText } from '../../src/model/value.ts';
import { type Planned, planWrite } from '../../src/plan/plan-write.ts';
import { datamodel } from '../repo/keys/generated/datamodel.ts';

/* What a front end sees before any request: the plan of a list that keeps its order. */

const models = readModels(datamodel, {
  Album: {
    associations: {
      photos: { position: 'place', onReplace: 'delete', forceUpdateOnChange: false },
    },
  },
});
const photos = [3n, 5n, 9n].map((place, i) =>
  loadStruct(getModel(models, 'Photo'), { id: BigInt(i + 1), name: `p${i}`, place, albumId: 7 }),
);
const album = withAssoc(loadStruct(getModel(models, 'Album'), { id: 7 }), 'photos', photos);

/** Casts photos of these ids, null a new one, and plans it. */
function plan(owner: Struct, ids: readonly (number | null)[], partial = false): Planned {
  const params = { photos: ids.map((id) => ({ id, name: `p${(id ?? 0) - 1}` })) };
  const castPhoto = (child: Struct, sent: object) => cast(child, { ...sent }, ['name']);
  return planWrite(castAssoc(cast(owner, params, []), 'photos', { with: castPhoto, partial }));
}

/** The rows of a plan that are written, with the places that they get. */
function placesIn({ plan: { operations } }: Planned): readonly string[] {
  return operations.flatMap((operation) => {
    const { action, row } = operation;
    if (action === 'unchanged') return [];
    const values = action === 'insert' ? operation.values : null;
    const place = (action === 'update' ? operation.changes : values)?.['place'];
    const id = 'key' in row ? valueText(row.key['id'] ?? null) : 'new';
    return [`${action} ${id} ${valueText(place ?? null)}`];
  });
}

test.each<[readonly (number | null)[], readonly string[]]>([
  [[1, 2, 3], []],
  [[3, 1, 2], ['update 3 1']],
  [[1, null, 2, 3], ['insert new 4']],
  [
    [1, 3, null],
    ['delete 2 null', 'insert new 10'],
  ],
  [[2, 1, 3], ['update 2 1']],
])('photos sent as %j are planned as %j', (ids, places) => {
  const planned = plan(album, ids);
  expect(placesIn(planned)).toEqual(places);
  expect(planned.open).toEqual([]);
});

test('new records of a new owner are numbered from 1', () => {
  const planned = plan(buildStruct(getModel(models, 'Album')), [null, null]);
  expect(placesIn(planned).slice(1)).toEqual(['insert new 1', 'insert new 2']);
});

test('in a part the place of what goes last is left open, until its last number is known', () => {
  const planned = plan(album, [2, 1, 3, null], true);
  expect(placesIn(planned)).toEqual(['update 2 3', 'update 1 5', 'insert new null']);
  expect(planned.open).toMatchObject([{ list: { name: 'photos' }, key: { id: 7 } }]);
});
