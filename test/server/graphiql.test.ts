import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { makeGraphiqlPage, READ_EXAMPLE, WORKED_EXAMPLE } from '../../src/server/http/graphiql.ts';

test.each([
  ['the worked example', WORKED_EXAMPLE],
  ['a reading', READ_EXAMPLE],
])('%s that GraphiQL offers fits the schema', (_name, text) => {
  expect(validate(schema, parse(text))).toEqual([]);
});

test('the page loads nothing from elsewhere, and has a form for narrow windows', async () => {
  const { html } = await makeGraphiqlPage();
  const [head = '', body = ''] = html.toString().split('</head>', 2);
  expect(head).toContain('@media (max-width: 900px)');
  expect(head).not.toMatch(/url\(["']?http|@import/);
  const loads = /<(?:script|link|img|iframe)[^>]* (?:src|href)=["']?http/;
  expect(head + body.split('<script>')[0]).not.toMatch(loads);
});
