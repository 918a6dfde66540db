import { buildSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { expect, test } from 'vitest';
import { standardDocumentLimits } from '../../../src/server/limits/document-limits.ts';
import { limitDocuments } from '../../../src/server/limits/limit-documents.ts';
import { countTurns } from '../../support/turns.ts';

const yoga = createYoga({
  schema: buildSchema(`
    type Query { count(items: [Item!]!): Int }
    input Item { name: String! more: [Item!] }
  `),
  plugins: [limitDocuments(standardDocumentLimits)],
  maskedErrors: false,
  logging: false,
});

async function send(variables: object) {
  const turns = countTurns();
  const response = await yoga.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'query ($items: [Item!]!) { count(items: $items) }', variables }),
  });
  turns.end();
  return { turns: turns.now(), body: await response.json() };
}

const items = (count: number) =>
  Array.from({ length: count }, () => ({ name: 'a name of its own' }));

test('others have their turn between the steps on a large request, and not on a small one', async () => {
  const body = { data: { count: null } };
  expect(await send({ items: items(10) })).toEqual({ turns: expect.any(Number), body });
  const small = await send({ items: items(10) });
  const large = await send({ items: items(700) });
  expect(large.body).toEqual(body);
  // Before and after it is scanned, measured, and checked.
  expect(large.turns - small.turns).toBeGreaterThanOrEqual(6);
});

test.each([
  [
    'an unknown field',
    { items: [...items(700), { name: 'a', nam: 'b', n: 'c' }] },
    'items[700]',
    'Field "nam" is not defined by type "Item". Did you mean "name"?',
  ],
  [
    'a missing field',
    { items: [{ name: 'a', more: [{}] }, ...items(700)] },
    'items[0].more[0]',
    'Field "name" of required type "String!" was not provided.',
  ],
  [
    'a wrong value',
    { items: [...items(700), { name: 1 }] },
    'items[700].name',
    'String cannot represent a non string value: 1',
  ],
])(
  'a large variable is refused at its first mistake, and nothing of it is repeated: %s',
  async (...row) => {
    const [, variables, place, reason] = row;
    const { body } = await send(variables);
    const message = `Variable "$items" got an invalid value at "${place}"; ${reason}`;
    expect(body).toMatchObject({ errors: [{ message }] });
  },
);
