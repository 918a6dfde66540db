import { expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { change } from '../../src/changeset/changeset.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct } from '../../src/model/struct.ts';
import type { Value, Values } from '../../src/model/value.ts';
import type { Repo } from '../../src/repo/repo.ts';
import { load, modelOf, modelsWith, repoOf, useCore } from '../support/core.ts';

const database = useCore();
const models = modelsWith({ 'Category.samples': { onReplace: 'delete' } });
const sample = modelOf(models, 'Sample');
const category = modelOf(models, 'Category');

const noon = new Date('2026-01-02T12:34:56.789Z');
const day = new Date('2026-01-02T00:00:00Z');

/** Of each field, values that its column must give back as they were. */
const values: Readonly<Record<string, readonly Value[]>> = {
  text: ['', "Grüße 😀 'q' \\ \n", null],
  flag: [true, false, null],
  whole: [-2147483648, 0, 2147483647, null],
  big: [-9223372036854775808n, 0n, 9223372036854775807n, null],
  ratio: [0.1, -1e300, 5e-324, 0, null],
  amount: ['0.1', '-12345678901234567890.123456789', '100', null],
  at: [noon, new Date('0001-01-01T00:00:00Z'), null],
  zoned: [noon, new Date('9999-12-31T23:59:59.999Z'), null],
  day: [day, null],
  data: [{ a: [1, null, { b: 'x' }] }, [1, 2], 'text', 7, false, {}, null],
  raw: [new Uint8Array([0, 255, 10]), new Uint8Array(), null],
  mood: ['HAPPY', 'SAD', null],
  size: [1, null],
  level: [1],
  texts: [['a', 'b"{}'], []],
  flags: [[true, false], []],
  wholes: [[1, -2], []],
  bigs: [[9223372036854775807n], []],
  ratios: [[0.5, 1e300], []],
  amounts: [['1.5', '2'], []],
  ats: [[noon], []],
  datas: [[{ a: 1 }, 2, null, 'x', [1]], []],
  raws: [[new Uint8Array([1]), new Uint8Array()], []],
  moods: [['HAPPY', 'SAD'], []],
};

async function only(repo: Repo): Promise<Struct> {
  const [found, ...more] = await repo.all(sample);
  if (!found || more.length > 0) throw new Error('not one sample');
  return found;
}

function castAll(record: Struct, params: Values) {
  return cast(record, params, Object.keys(params), { isEmpty: () => false });
}

test.each(Object.entries(values))(
  'what is written to %s is read back, and casting it again is no change',
  async (field, list) => {
    const repo = repoOf(database, models);
    for (const first of list) {
      const inserted = await repo.insert(castAll(buildStruct(sample), { [field]: first }));
      let now = await only(repo);
      expect(now.fields[field]).toEqual(first);
      expect(inserted).toMatchObject({
        ok: true,
        struct: { fields: now.fields },
      });
      for (const next of list) {
        await repo.update(castAll(now, { [field]: next }));
        now = await only(repo);
        expect(now.fields[field]).toEqual(next);
        expect(castAll(now, { [field]: next }).changes).toEqual({});
      }
      await repo.delete(now);
    }
  },
);

test('every type goes through a nested write and a preload', async () => {
  const repo = repoOf(database, models);
  const first = Object.fromEntries(
    Object.entries(values).map(([name, list]) => [name, list[0] ?? null]),
  );
  const last = Object.fromEntries(
    Object.entries(values).map(([name, list]) => [name, list.at(-1) ?? null]),
  );
  const castSamples = (record: Struct, samples: readonly Values[]) =>
    castAssoc(cast(record, { name: 'c', samples }, ['name']), 'samples', {
      with: (child, params) => cast(child, params, Object.keys(values), { isEmpty: () => false }),
    });
  const made = await repo.insert(castSamples(buildStruct(category), [first, last]));
  if (!made.ok) throw new Error('refused');
  const stored = await load(repo, category, made.struct.fields['id'] ?? null, ['samples']);
  expect(stored.assocs).toMatchObject({
    samples: [{ fields: first }, { fields: last }],
  });
  const ids = [stored.assocs['samples']].flat().map((item) => item?.fields['id']);
  const swapped = [
    { ...last, id: ids[0] ?? null },
    { ...first, id: ids[1] ?? null },
  ];
  const outcome = await repo.update(castSamples(stored, swapped));
  expect(outcome.ok).toBe(true);
  expect(await load(repo, category, stored.fields['id'] ?? null, ['samples'])).toMatchObject({
    assocs: { samples: swapped.map((fields) => ({ fields })) },
  });
});

test('null in a Json field is NULL, not the null of JSON', async () => {
  const repo = repoOf(database, models);
  await repo.insert(cast(buildStruct(sample), { data: {} }, ['data']));
  await repo.update(cast(await only(repo), { data: null }, ['data']));
  const sql = 'SELECT data IS NULL AS empty FROM samples';
  expect(await database.sql(sql)).toEqual([{ empty: true }]);
});

test('null that is asked for wins over a default, of an insert too', async () => {
  const repo = repoOf(database, models);
  await repo.insert(cast(buildStruct(sample), { size: null }, ['size']));
  expect((await only(repo)).fields['size']).toBeNull();
  await expect(repo.insert(cast(buildStruct(sample), { level: null }, ['level']))).rejects.toThrow(
    'cannot insert Sample: "level" is null',
  );
});

test('a field left out has its default in the record and in the row', async () => {
  const repo = repoOf(database, models);
  const outcome = await repo.insert(change(buildStruct(sample)));
  const stored = await only(repo);
  expect(stored.fields).toMatchObject({
    size: 5,
    level: 3,
    texts: [],
    text: null,
  });
  expect(outcome).toMatchObject({ struct: { fields: stored.fields } });
});
