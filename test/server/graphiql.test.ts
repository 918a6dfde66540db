import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { READ_EXAMPLE, WORKED_EXAMPLE } from '../../src/server/graphiql.ts';

test.each([
  ['the worked example', WORKED_EXAMPLE],
  ['a reading', READ_EXAMPLE],
])('%s that GraphiQL offers fits the schema', (_name, text) => {
  expect(validate(schema, parse(text))).toEqual([]);
});
