import { describe, expect, test } from 'vitest';
import type { Field } from '../../src/model/model.ts';
import { castValue } from '../../src/model/types/cast-value.ts';
import { equalValues, keyText, type Value } from '../../src/model/value.ts';
import { modelOf, modelsWith } from '../support/core.ts';

const models = modelsWith();
const fields = new Map<string, Field>([
  ...modelOf(models, 'Sample').fields,
  ...modelOf(models, 'City').fields,
]);

function cast(name: string, input: unknown) {
  const field = fields.get(name);
  if (!field) throw new Error(name);
  return castValue(field, input);
}

const time = new Date('2026-01-02T03:04:05.678Z');
const day = new Date('2026-01-02T00:00:00Z');
const bytes = new Uint8Array([0, 255]);
const uuid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
const digits = '123456789012345678901234567890.123';

/** Of each type, what is taken and as what. */
const taken: readonly (readonly [string, unknown, Value])[] = [
  ['text', 'a', 'a'],
  ['text', ' Grüße 😀 ', ' Grüße 😀 '],
  ['flag', true, true],
  ['flag', 'true', true],
  ['flag', '0', false],
  ['whole', 7, 7],
  ['whole', '+7', 7],
  ['whole', 7n, 7],
  ['whole', '-2147483648', -2147483648],
  ['big', 7, 7n],
  ['big', '000000000000000000000000000007', 7n],
  ['big', '9223372036854775807', 9223372036854775807n],
  ['ratio', 7, 7],
  ['ratio', '0.1', 0.1],
  ['ratio', '1e5', 100000],
  ['ratio', -0, 0],
  ['ratio', '-0', 0],
  ['amount', '0.10', '0.1'],
  ['amount', '+007.0', '7'],
  ['amount', '-0.0', '0'],
  ['amount', '.5', '0.5'],
  ['amount', '1e3', '1000'],
  ['amount', '125e-1', '12.5'],
  ['amount', '12.5E-3', '0.0125'],
  ['amount', 1e21, '1000000000000000000000'],
  ['amount', 1e-7, '0.0000001'],
  ['amount', 10n, '10'],
  ['amount', digits, digits],
  ['at', time, time],
  ['at', '2026-01-02T03:04:05.678Z', time],
  ['at', '2026-01-02T03:04:05.678999Z', time],
  ['at', '2026-01-02 03:04:05.678', time],
  ['at', '2026-01-02T05:04:05.678+02:00', time],
  ['at', '2026-01-01T22:34:05.678-0430', time],
  ['at', '2026-01-02T00:00', day],
  ['at', '2026-01-02', day],
  ['at', '2024-02-29', new Date('2024-02-29T00:00:00Z')],
  ['day', '2026-01-02', day],
  ['day', time, day],
  ['data', { a: [1, null, { b: 'x' }] }, { a: [1, null, { b: 'x' }] }],
  ['data', 'text', 'text'],
  ['data', [], []],
  ['raw', bytes, bytes],
  ['mood', 'SAD', 'SAD'],
  ['id', uuid.toUpperCase(), uuid],
  ['texts', ['a', 'b'], ['a', 'b']],
  ['texts', null, []],
  ['bigs', ['1', 2], [1n, 2n]],
  ['amounts', ['1.50', 2], ['1.5', '2']],
  ['datas', [{ a: 1 }, null], [{ a: 1 }, null]],
];

test.each(taken)('a %s field takes %o', (name, input, value) => {
  expect(cast(name, input)).toEqual({ ok: true, value });
});

/** Of each type, what is none of it. */
const refused: Readonly<Record<string, readonly unknown[]>> = {
  text: [7, true, {}, 'a\u0000b'],
  flag: ['yes', 1, 'TRUE', {}],
  whole: [1.5, '1.5', '7x', ' 7', '', '2147483648', -2147483649, NaN, true],
  big: ['9223372036854775808', 2 ** 53, '1e3', [], {}],
  ratio: ['1.', '.5', '0x10', '1e999', 'Infinity', NaN, Infinity, '1_0'],
  amount: ['', '.', 'e5', 'NaN', 'Infinity', NaN, '1e999999', '1,5', {}],
  at: [
    '2026-02-30',
    '2026-02-29T00:00:00Z',
    '2026-13-01',
    '2026-01-01T24:00:00Z',
    '2026-01-01T10:60:00Z',
    '2026-1-1',
    '2026-01-02 later',
    '20260102',
    1767323045678,
    new Date(NaN),
  ],
  data: [() => 1, new Map(), NaN, { a: 1n }, [undefined]],
  raw: ['AAE=', [0, 1]],
  mood: ['sad', 'ANGRY', 1],
  id: ['a0eebc99', `${uuid}0`, 7],
  texts: ['a', ['a', null], [1], {}],
  wholes: [['x'], '1'],
  moods: [['HAPPY', 'ANGRY']],
};

describe.each(Object.entries(refused))('a %s field refuses', (name, inputs) => {
  test.each(inputs.map((input) => [input]))('%o', (input) => {
    expect(cast(name, input)).toEqual({ ok: false });
  });
});

const different: readonly (readonly [Value, Value])[] = [
  ['a', 'b'],
  [1, 1n],
  [null, false],
  [time, new Date(time.getTime() + 1)],
  [time, time.toISOString()],
  [bytes, new Uint8Array([0])],
  [bytes, [0, 255]],
  [[1], [1, 2]],
  [
    [1, 2],
    [2, 1],
  ],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, { a: 1, b: null }],
  [{ a: 1 }, [1]],
];

test.each(different)('equalValues tells %o from %o', (a, b) => {
  expect(equalValues(a, b)).toBe(false);
  expect(equalValues(b, a)).toBe(false);
});

test.each<[Value, Value]>([
  [new Date(time), time],
  [Uint8Array.of(0, 255), bytes],
  [
    { a: [1, { b: null }], c: 2 },
    { c: 2, a: [1, { b: null }] },
  ],
  [[time], [new Date(time)]],
])('equalValues takes %o for %o', (a, b) => {
  expect(equalValues(a, b)).toBe(true);
});

test('keyText tells apart keys whose texts are alike', () => {
  const keys: readonly Value[][] = [
    ['1'],
    [1],
    [1n],
    [null],
    ['null'],
    ['a|string:b', 'c'],
    ['a', 'b|string:c'],
    [time],
    [time.toISOString()],
  ];
  expect(new Set(keys.map(keyText)).size).toBe(keys.length);
});
