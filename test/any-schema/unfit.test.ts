import { describe, expect, test } from 'vitest';
import { useShop } from './shop.ts';

/*
 * What a column cannot hold is an issue at its field, or refused by the scalar, and no error of the
 * database; what it can just hold is written.
 */

const shop = useShop();

const longest = 3.4028234e38;
const digits = '9'.repeat(35);

/** By field: what it refuses, and what it takes. */
const values: Readonly<Record<string, readonly [readonly unknown[], readonly unknown[]]>> = {
  big: [['9223372036854775808'], ['-9223372036854775808']],
  small: [[32_768, -32_769], [32_767]],
  oid: [[-1], [2 ** 31 - 1]],
  amount: [['1234567890', '999999999.9995'], ['999999999.9994']],
  open: [[`${digits}0`, `1${'0'.repeat(200)}`], [digits]],
  money: [
    ['92233720368547758.08', '-92233720368547758.09', '1e20'],
    ['92233720368547758.07', '-92233720368547758.08'],
  ],
  real: [
    [longest * 2, -longest * 2, 1e-60],
    [longest, -longest, 1e-40, 0],
  ],
  fixed: [['abcde', '💡💡💡💡💡'], ['💡💡💡💡']],
  code: [['abcd'], ['äöü']],
  codes: [[['abcd'], ['a', 'äöüß']], [['äöü', '💡💡💡']]],
  smalls: [[[32_768]], [[-32_768]]],
  amounts: [[['1234567890']], [['999999999.999']]],
  text: [['a\0b', '\ud800'], ['💡']],
  texts: [[['a\0b']], [['💡']]],
  data: [[{ a: 'a\0b' }, '\ud800', { 'a\0b': 1 }, [{ a: ['\0'] }]], [{ '💡': '💡' }]],
  datas: [[['a\0b']], [['💡']]],
  uuid: [['no uuid'], []],
  uuids: [[['no uuid']], []],
};

async function write(name: string, input: object) {
  const isCreate = name === 'createSample';
  if (!isCreate) await shop.send('mutation { createSample(input: {}) { __typename } }');
  const [type, id] = isCreate ? ['CreateSampleInput!', ''] : ['UpdateSampleInput!', 'id: "1", '];
  const { [name]: result } = await shop.send(
    `mutation ($input: ${type}) { ${name}(${id}input: $input) {
      __typename ... on InvalidChangeset { issues { path } } } }`,
    { input },
  );
  return result;
}

describe.each(['createSample', 'updateSample'])('%s', (name) => {
  const cases = (side: 0 | 1) =>
    Object.entries(values).flatMap(([field, sides]) =>
      sides[side].map((value) => [field, value] as const),
    );

  test.each(cases(0))('refuses as %s: %j', async (field, value) => {
    expect(await write(name, { [field]: value })).toEqual({
      __typename: 'InvalidChangeset',
      issues: [{ path: ['input', field] }],
    });
  });

  test.each(cases(1))('takes as %s: %j', async (field, value) => {
    const { __typename } = await write(name, { [field]: value });
    expect(__typename).toMatch(/Success$/);
  });
});

test('a time of day is stored, and said to be, without its date', async () => {
  const { createSample } = await shop.send(
    `mutation { createSample(input: { time: "2026-01-02T03:04:05.678Z" }) {
      ... on CreateSampleSuccess { sample { time } changeset { operations { changes { field to } } } } } }`,
  );
  const time = '1970-01-01T03:04:05.678Z';
  expect(createSample.sample).toEqual({ time });
  expect(createSample.changeset.operations[0].changes).toContainEqual({ field: 'time', to: time });
});
