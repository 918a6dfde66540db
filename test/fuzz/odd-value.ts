import { type GraphQLInputType, getNamedType, isEnumType, isInputObjectType } from 'graphql';
import type { Maker } from './maker.ts';

/** A value that does not quite fit a type; of a hostile maker one that is meant to do harm. */
export function oddValue(maker: Maker, type: GraphQLInputType): unknown {
  const { random, mood } = maker;
  const named = getNamedType(type);
  const values: readonly unknown[] = isInputObjectType(named)
    ? oddObjects
    : isEnumType(named)
      ? oddEnums
      : (oddScalars[named.name] ?? [...oddTexts, ...oddNumbers]);
  const makers = random.chance(0.2) ? anything : values;
  if (mood === 'hostile' && maker.large > 0 && random.chance(0.3)) {
    maker.large -= 1;
    return random.pick(large)?.();
  }
  return random.pick(makers);
}

const oddTexts = [
  '',
  ' \n',
  'a\u0000',
  '\ud83d',
  '👩‍👩‍👧‍👦',
  'x'.repeat(255),
  'x'.repeat(256),
  '%_\\',
  `';--`,
  '\u202eabc',
  'İ',
];
const oddNumbers = [0, -1, 1.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 31), 1e300];
const oddScalars: Readonly<Record<string, readonly unknown[]>> = {
  ID: [
    '',
    'x',
    '007',
    '-1',
    ' 7',
    '7 ',
    '0x7',
    '7.0',
    '1e3',
    '9223372036854775807',
    '9223372036854775808',
    2 ** 53,
    7,
    '٧',
  ],
  Int: [...oddNumbers, '1', true],
  Boolean: ['true', 0, 1],
  DateTime: [
    '',
    'x',
    '2026-02-30T00:00:00Z',
    '2026-01-01',
    '+275760-09-13T00:00:00.001Z',
    '-000001-01-01T00:00:00Z',
    '2026-01-01T00:00:00.123456+14:00',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:60Z',
    0,
  ],
};
const oddEnums = ['', 'NONE', 0, null, 'asc', '__proto__'];
const oddObjects = [
  {},
  [],
  null,
  { nothing: 1 },
  [{}, {}],
  { constructor: {} },
  JSON.parse('{"__proto__": {"id": "7"}}'),
];
const anything = [null, true, '', 0, [], {}, [[]], [null], { id: null }];

const large: readonly (() => unknown)[] = [
  () => 'x'.repeat(1_200_000),
  () => '👩‍👩‍👧‍👦'.repeat(20_000),
  () => '\n'.repeat(100_000),
  () => Array.from({ length: 1_100 }, (_, at) => String(at)),
  () => Array.from({ length: 40_000 }, () => ({ id: '7' })),
  () =>
    Array.from({ length: 1_000 }, (_, at) => ({ body: `b${at}`, name: `n${at}`, url: `u${at}` })),
  () => nested((inside) => [inside], 45),
  () => nested((inside) => [inside], 3_000),
  () => nested((inside) => ({ AND: [inside] }), 8),
  () => nested((inside) => ({ OR: [inside], NOT: [inside] }), 9),
  () => nested((inside) => ({ comments: { cast: { entries: [inside] } } }), 12),
  () => ({ OR: Array.from({ length: 900 }, (_, at) => ({ id: { gt: String(at) } })) }),
  () => ({ id: { in: Array.from({ length: 5_000 }, (_, at) => String(at)) } }),
  () => Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`field${at}`, at])),
];

function nested(wrap: (inside: unknown) => unknown, depth: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}
