import { buildSchema, type GraphQLResolveInfo, graphql } from 'graphql';
import { expect, test } from 'vitest';
import { oncePerField } from '../../src/pothos/read/once-per-field.ts';

const schema = buildSchema(`
  type Query { rows: [Row!]! }
  type Row { double(of: Int!): Int rows: [Row!]! }
`);

/** Executes a document, and gives what was read of the arguments. */
async function readings(source: string, read: (of: number) => number) {
  const readOnce = oncePerField(({ of }: { of: number }) => read(of));
  const row = {
    double: (args: { of: number }, _context: unknown, info: GraphQLResolveInfo) =>
      readOnce(args, info),
    rows: () => [row, row],
  };
  const rootValue = { rows: () => [row, row, row] };
  return graphql({ schema, source, rootValue });
}

test('the arguments of a field are read once for all its parents', async () => {
  const seen: number[] = [];
  const { data, errors } = await readings(
    '{ rows { a: double(of: 1) b: double(of: 2) rows { rows { c: double(of: 3) } } } }',
    (of) => {
      seen.push(of);
      return of * 2;
    },
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    rows: [
      { a: 2, b: 4 },
      { a: 2, b: 4 },
      { a: 2, b: 4 },
    ],
  });
  expect(seen).toEqual([1, 2, 3]);
});

test('what reading them throws is thrown for each, and read once too', async () => {
  let times = 0;
  const { errors } = await readings('{ rows { double(of: 1) } }', () => {
    times += 1;
    throw new Error('no number');
  });
  expect(errors?.map(({ message }) => message)).toEqual(Array(3).fill('no number'));
  expect(times).toBe(1);
});
