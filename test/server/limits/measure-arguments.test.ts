import { buildSchema, type ExecutionArgs, GraphQLError, parse } from 'graphql';
import { expect, test } from 'vitest';
import { measureArguments } from '../../../src/server/limits/measure-arguments.ts';

const schema = buildSchema('type Query { a: Int }');

const wide = { maxReadValues: 1_000, maxVariableValues: 1_000, maxText: 1_000 };

/** Whether an operation that may hold so much is taken. */
function isTaken(
  query: string,
  limits: Partial<typeof wide>,
  variableValues: object = {},
): boolean {
  const args: ExecutionArgs = {
    schema,
    document: parse(query),
    variableValues: { ...variableValues },
  };
  try {
    measureArguments(args, { ...wide, ...limits });
    return true;
  } catch (error) {
    if (error instanceof GraphQLError && error.extensions['code'] === 'QUERY_TOO_COMPLEX')
      return false;
    throw error;
  }
}

const w = { w: { OR: [{ id: 1 }, { id: 2 }] } };

test.each([
  ['nothing', '{a}', 0],
  ['one value', '{a(b: 1)}', 1],
  ['a list and an object with what they hold', '{a(b: [1, {c: null}])}', 4],
  ['fields at every level', '{a(b: 1) {a(b: 1) ... {a(b: 1)}}}', 3],
  ['a variable as what it holds', '{a(b: $w)}', 6],
  ['a variable that is absent as a value', '{a(b: $x)}', 1],
  ['a variable at each of its places', '{a(b: [$w]) c: a(b: $w)}', 13],
  ['a fragment at each of its places', '{...F a {...F ...F}} fragment F on Query {a(b: $w)}', 18],
  ['a cycle of fragments once', '{...F} fragment F on Query {a(b: 1) {...F}}', 1],
  ['no argument of a root mutation', 'mutation {a(b: $w) {c(d: 1)} ... {a(b: $w)}}', 1],
  [
    'a fragment of a root mutation',
    'mutation {...F} fragment F on Mutation {a(b: 1) {c(d: 1)}}',
    1,
  ],
])('counts %s', (...row) => {
  const [, query, size] = row;
  expect(isTaken(query, { maxReadValues: size }, w)).toBe(true);
  if (size > 0) expect(isTaken(query, { maxReadValues: size - 1 }, w)).toBe(false);
});

test.each([
  ['all arguments, those of root mutations too', 'mutation {a(b: $w) {c(d: 1)}}', 7],
  ['a variable at each of its places', 'mutation {a(b: [$w, {c: $w}])}', 14],
  ['a fragment at each of its places', 'mutation {...F b: a ...F} fragment F on M {a(b: $w)}', 12],
])('counts the values of %s', (...row) => {
  const [, query, size] = row;
  expect(isTaken(query, { maxVariableValues: size }, w)).toBe(true);
  expect(isTaken(query, { maxVariableValues: size - 1 }, w)).toBe(false);
});

test.each([
  ['of a literal', 'mutation {a(b: "12345")}', 5],
  ['of a block', 'mutation {a(b: ["""12345""", {c: "6"}])}', 6],
  ['of a variable at each of its places', 'mutation {a(b: [$t, {c: $t}]) {c(d: $l)}}', 30],
  ['of a fragment at each of its places', '{...F a {...F}} fragment F on Query {a(b: $t)}', 20],
])('counts the characters %s', (...row) => {
  const [, query, size] = row;
  const texts = { t: '1234567890', l: ['12345', { c: '67890' }] };
  expect(isTaken(query, { maxText: size }, texts)).toBe(true);
  expect(isTaken(query, { maxText: size - 1 }, texts)).toBe(false);
});

test('counts a fragment once that doubles itself', () => {
  const spreads = Array.from(
    { length: 60 },
    (_, at) => `fragment F${at} on Query {...F${at + 1} ...F${at + 1}}`,
  );
  const query = `{...F0} ${spreads.join(' ')} fragment F60 on Query {a(b: 1)}`;
  expect(isTaken(query, {})).toBe(false);
});

test('counts the operation that runs', () => {
  const document = parse('query A {a(b: [1, 2])} query B {a}');
  const args = { schema, document, variableValues: {} };
  expect(() =>
    measureArguments({ ...args, operationName: 'B' }, { ...wide, maxReadValues: 1 }),
  ).not.toThrow();
  expect(() =>
    measureArguments({ ...args, operationName: 'A' }, { ...wide, maxReadValues: 1 }),
  ).toThrow(GraphQLError);
});
