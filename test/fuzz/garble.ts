import type { Random } from '../soak/random.ts';
import type { Operation } from './operation.ts';

/** Makes of an operation one that is cut, repeated, mixed up or blown up. */
export function garble(random: Random, operation: Operation): Operation {
  const change = random.pick(changes) ?? cut;
  return { ...operation, ...change(random, operation), isWhole: false };
}

type Change = (random: Random, operation: Operation) => Partial<Operation>;

const cut: Change = (random, { query }) => ({ query: query.slice(0, random.below(query.length)) });

const changes: readonly Change[] = [
  cut,
  (random, { query }) => {
    const [from, to] = [random.below(query.length), random.below(query.length)];
    return { query: query.slice(0, from) + query.slice(to) };
  },
  (random, { query }) => {
    const at = random.below(query.length);
    return { query: query.slice(0, at) + (random.pick(oddTokens) ?? '') + query.slice(at) };
  },
  (_random, { query }) => ({ query: `${query} ${query}` }),
  (_random, { variables }) => ({
    variables: Object.fromEntries(Object.keys(variables).map((name) => [name, null])),
  }),
  () => ({ variables: {} }),
  (random) => ({ query: random.pick(harmful)?.(100 + random.below(5_000)) ?? '' }),
];

const oddTokens = [
  '\u0000',
  '\ufeff',
  '"""',
  '"',
  '#',
  '$',
  '@skip(if: true)',
  '@include(if: null)',
  '{',
  '}',
  '...',
  '... on Nothing {a}',
  '...F',
  '!',
  '__proto__',
  '{__schema {types {name fields {name type {name}}}}}',
  'null',
  '9'.repeat(400),
  '\ud83d',
  '\\u{110000}',
];

const times = (count: number, part: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => part(at)).join(' ');

const harmful: readonly ((size: number) => string)[] = [
  (size) =>
    `{...F0} ${times(60, (at) => `fragment F${at} on Query {...F${at + 1} ...F${at + 1}}`)} fragment F60 on Query {${times(size % 50, (at) => `a${at}: __typename`)}}`,
  (size) =>
    `{...F0} ${times(size, (at) => `fragment F${at} on Query {...F${at + 1}}`)} fragment F${size} on Query {__typename}`,
  () => '{...A} fragment A on Query {...B} fragment B on Query {...A}',
  (size) => `{${'a{'.repeat(size)}b${'}'.repeat(size)}}`,
  (size) => `{a(b: ${'['.repeat(size)}${']'.repeat(size)})}`,
  (size) => `{a(b: ${'{c:'.repeat(size)}1${'}'.repeat(size)})}`,
  (size) => `query ($v: ${'['.repeat(size)}Int${']'.repeat(size)}) {__typename}`,
  (size) => `{${times(size, (at) => `a${at}: __typename`)}}`,
  (size) => `{${times(size, () => '__typename')}}`,
  (size) => `mutation {${times(size, (at) => `m${at}: __typename`)}}`,
  (size) => `{__typename ${times(size, () => '@include(if: true)')}}`,
  (size) => `query (${times(size, (at) => `$v${at}: Int`)}) {__typename}`,
  (size) => times(size, (at) => `query Q${at} {__typename}`),
  (size) => `${times(size, (at) => `fragment F${at} on Query {__typename}`)} {__typename}`,
  (size) => `#${'x'.repeat(size)}\n`.repeat(20),
  (size) => `{${'é'.repeat(size)}}`,
  (size) => `{x${'y'.repeat(size)}}`,
  (size) => `{__type(name: "${'\\u0041'.repeat(size)}") {name}}`,
  () => `{__schema {types {${'fields {type {'.repeat(8)}name${'}}'.repeat(8)}}}}`,
  () => 'subscription {__typename}',
  () => 'type Query {a: Int}',
  () => '',
];
