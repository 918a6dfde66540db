import { buildSchema, type ExecutionArgs, GraphQLError, parse } from 'graphql';
import { expect, test } from 'vitest';
import { measureReads } from '../../../src/server/limits/measure-reads.ts';

const schema = buildSchema('type Query { a: Int }');

/** Whether an operation that may have `most` values is taken. */
function isTaken(query: string, most: number, variableValues: object = {}): boolean {
  const args: ExecutionArgs = {
    schema,
    document: parse(query),
    variableValues: { ...variableValues },
  };
  try {
    measureReads(args, { maxReadValues: most });
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
  expect(isTaken(query, size, w)).toBe(true);
  if (size > 0) expect(isTaken(query, size - 1, w)).toBe(false);
});

test('counts a fragment once that doubles itself', () => {
  const spreads = Array.from(
    { length: 60 },
    (_, at) => `fragment F${at} on Query {...F${at + 1} ...F${at + 1}}`,
  );
  const query = `{...F0} ${spreads.join(' ')} fragment F60 on Query {a(b: 1)}`;
  expect(isTaken(query, 5_000)).toBe(false);
});

test('counts the operation that runs', () => {
  const document = parse('query A {a(b: [1, 2])} query B {a}');
  const args = { schema, document, variableValues: {} };
  expect(() => measureReads({ ...args, operationName: 'B' }, { maxReadValues: 1 })).not.toThrow();
  expect(() => measureReads({ ...args, operationName: 'A' }, { maxReadValues: 1 })).toThrow(
    GraphQLError,
  );
});
