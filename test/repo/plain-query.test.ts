import { expect, test } from 'vitest';
import { cast } from '../../src/changeset/cast.ts';
import { buildStruct } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';
import type { Delegates } from '../../src/repo/delegate.ts';
import { makeLoaders } from '../../src/repo/read/loaders.ts';
import { directReaderOf } from '../../src/repo/transaction/direct-transaction.ts';
import { modelOf, modelsWith, repoOf, useCore } from '../support/core.ts';

/*
 * What a client reads by statements of its own is what Prisma's client reads.
 */

const database = useCore();
const models = modelsWith();
const category = modelOf(models, 'Category');
const sample = modelOf(models, 'Sample');
const tag = modelOf(models, 'Tag');

const noon = new Date('2026-01-02T12:34:56.789Z');

const records: readonly Values[] = [
  {},
  {
    text: `"Grüße" 😀 'q' \\ {a,b} \n`,
    flag: false,
    whole: -2147483648,
    big: 9223372036854775807n,
    ratio: 5e-324,
    amount: '-12345678901234567890.123456789',
    at: noon,
    zoned: noon,
    day: new Date('0001-01-01T00:00:00Z'),
    data: { a: [1, null, { b: 'x' }] },
    raw: new Uint8Array([0, 255, 10]),
    mood: 'SAD',
    size: null,
    texts: ['a', 'b"{}\\'],
    flags: [true, false],
    wholes: [1, -2],
    bigs: [9223372036854775807n],
    ratios: [0.5, 1e300],
    amounts: ['1.5', '2'],
    ats: [noon],
    datas: [{ a: 1 }, 2, 'x', [1]],
    raws: [new Uint8Array([1]), new Uint8Array()],
    moods: ['HAPPY', 'SAD'],
  },
];

/** The same client, through which Prisma reads. */
const extended = () => database.client.$extends({ name: 'plain' }) as unknown as Delegates;

async function writeSamples(): Promise<number> {
  const repo = repoOf(database, models);
  const { id } = await database.client.category.create({ data: { name: 'c' } });
  for (const record of records) {
    const params = { ...record, category_id: id };
    const changeset = cast(buildStruct(sample), params, Object.keys(params), {
      isEmpty: () => false,
    });
    expect(await repo.insert(changeset)).toMatchObject({ ok: true });
  }
  return id;
}

test.each([
  ['whole rows', null],
  ['some columns', ['amount', 'mood', 'moods', 'datas', 'at']],
])('of every type, %s', async (_what, columns) => {
  const id = await writeSamples();
  const samples = category.associations.get('samples');
  if (!samples) throw new Error('no samples');
  const read = (client: Delegates) =>
    makeLoaders(client).association(samples, { id }, undefined, columns);
  const found = await read(database.client);
  expect(found).toHaveLength(records.length);
  expect(found).toStrictEqual(await read(extended()));
  await database.client.$transaction(async (tx) => {
    expect(directReaderOf(tx)).toBeNull();
    expect(found).toStrictEqual(await read(tx));
  });
});

test('by the text of a key, whatever it holds', async () => {
  const names = ['', 'a', "it's", '"q"', 'b\\n', '{a,b}', 'NULL', '😀 ', '$1'];
  await database.client.tag.createMany({ data: names.map((name) => ({ name })) });
  const read = async (client: Delegates) => {
    const loaders = makeLoaders(client);
    return Promise.all(['none', ...names].map((name) => loaders.record(tag, { name })));
  };
  const found = await read(database.client);
  expect(found.map((row) => row?.['name'] ?? null)).toEqual([null, ...names]);
  expect(found).toStrictEqual(await read(extended()));
});
