import { buildSchema, type ExecutionArgs, GraphQLError, parse } from 'graphql';
import { expect, test } from 'vitest';
import { measureCost } from '../../../src/server/limits/measure-cost.ts';

const schema = buildSchema(`
  interface Named { name: String list(first: Int): [Named] }
  type Query implements Named {
    name: String
    list(first: Int): [Named]
    page(first: Int, last: Int, where: Where): Page
    all(where: Where): [Query]
  }
  type Page { edges: [Query] }
  input Where { ids: [Int], of: Where }
  type Mutation { write(where: Where): Query }
`);

/** Whether an operation that may cost so much is taken. */
function isTaken(query: string, maxCost: number, variableValues: object = {}): boolean {
  const args: ExecutionArgs = {
    schema,
    document: parse(query),
    variableValues: { ...variableValues },
  };
  try {
    measureCost(args, { maxCost });
    return true;
  } catch (error) {
    if (error instanceof GraphQLError && error.extensions['code'] === 'QUERY_TOO_COMPLEX')
      return false;
    throw error;
  }
}

test.each([
  ['fields', '{name all {name name}}', 4],
  ['what is in a list, by first', '{list(first: 5) {name ... on Query {name}}}', 2 + 5 * 2],
  ['by last', '{page(last: 5) {edges {name}}}', 2 + 5 * 2],
  ['by a variable', '{list(first: $n) {name}}', 1 + 7],
  ['as 20 where it does not say', '{list {name}}', 1 + 20],
  ['as 20 where a variable is absent', '{list(first: $none) {name}}', 1 + 20],
  ['as nothing where it is negative', '{list(first: -3) {name}}', 2],
  ['lists within lists', '{list(first: 3) {list(first: 4) {name}}}', 2 + 3 * (2 + 4)],
  ['fragments', '{list(first: 3) {...F}} fragment F on Named {list(first: 4) {name}}', 2 + 3 * 6],
  [
    'arguments under each parent',
    '{list(first: 3) {...on Query {all(where: {ids: [1, 2]}) {name}}}}',
    2 + 3 * 6,
  ],
  ['variables as nothing', '{list(first: 3) {... on Query {all(where: $w) {name}}}}', 2 + 3 * 2],
  ['the result of a mutation', 'mutation {write {list(first: 3) {name}}}', 1 + 2 + 3],
])('counts %s', (...row) => {
  const [, query, cost] = row;
  const variables = { n: 7, w: { ids: [1, 2] } };
  expect(isTaken(query, cost, variables)).toBe(true);
  expect(isTaken(query, cost - 1, variables)).toBe(false);
});

test('counts a fragment once that doubles itself', () => {
  const doubled = Array.from(
    { length: 60 },
    (_, at) => `fragment F${at} on Query {...F${at + 1} ...F${at + 1}}`,
  );
  const query = `{...F0} ${doubled.join(' ')} fragment F60 on Query {name}`;
  expect(isTaken(query, 1_000_000)).toBe(false);
});
