import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { useHttpServer } from '../support/http-server.ts';
import { post } from '../support/service.ts';

const MAX_BODY = 1_000_000;
const server = useHttpServer({
  schema: buildSchema(`
    type Query { a(b: [Int], c: In, d: String): Query e: Int g(h: Strict): Int }
    input In { c: In }
    input Strict { i: Int! }
    type Mutation { f: Int }
  `),
  httpLimits: { maxBody: MAX_BODY },
});

const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join('');

const ofDocument: readonly (readonly [string, string])[] = [
  [
    'a fragment that doubles itself',
    `{...F0} ${times(60, (at) => `fragment F${at} on Query {...F${at + 1} ...F${at + 1}} `)} fragment F60 on Query {e}`,
  ],
  [
    'a chain of 10,000 fragments',
    `{...F0} ${times(10_000, (at) => `fragment F${at} on Query {...F${at + 1}} `)} fragment F10000 on Query {e}`,
  ],
  [
    'a chain of 1,000 fragments',
    `{...F0} ${times(1_000, (at) => `fragment F${at} on Query {...F${at + 1}} `)} fragment F1000 on Query {e}`,
  ],
  ['selections 3,000 deep', `${'{a'.repeat(3_000)}${'}'.repeat(3_000)}`],
  ['lists 4,000 deep', `{a(b: ${'['.repeat(4_000)}${']'.repeat(4_000)}) {e}}`],
  ['a list without an end', `{a(b: ${'['.repeat(40_000)}`],
  ['a type 4,000 deep', `query ($v: ${'['.repeat(4_000)}Int${']'.repeat(4_000)}) {e}`],
  ['1,000 aliases', `{${times(1_000, (at) => `e${at}: e `)}}`],
  ['1,000 root mutations', `mutation {${times(1_000, () => 'f ')}}`],
  ['10,000 fields of one name', `{a {${times(10_000, () => 'e ')}}}`],
  ['1,000 directives', `{e ${times(1_000, () => '@skip(if: false) ')}}`],
  ['20,000 comments', `${times(20_000, () => '#\n')}{e}`],
  ['a name of 50,000 characters', `{${'e'.repeat(50_000)}}`],
];

test.each(ofDocument)('is refused before it runs: %s', async (...row) => {
  const answer = await post(server.url, row[1]);
  expect(answer).toEqual({ status: 200, errors: [refused] });
  expect(server.lines()).toMatchObject([{ level: 'info', code: 'QUERY_TOO_COMPLEX' }]);
});

const refused = {
  message: expect.stringMatching(/^The request has more than \d+ /),
  extensions: { code: 'QUERY_TOO_COMPLEX' },
};

test.each([
  ['lists 5,000 deep', `{"b": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
  ['objects 5,000 deep', `{"c": ${'{"c":'.repeat(5_000)}1${'}'.repeat(5_000)}}`],
  ['200,000 values', `{"b": [${times(200_000, () => '1,')}1]}`],
])('is refused before it runs: variables with %s', async (...row) => {
  const response = await sendBody(`{"query": "{e}", "variables": ${row[1]}}`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ errors: [refused] });
});

test.each([
  ['99 aliases', times(99, (at) => `e${at}: a(b: $b) {e} `), ''],
  ['99 spreads of a fragment', times(99, () => '...F '), 'fragment F on Query {a(b: $b) {e}}'],
])('is refused before it runs: one variable of 200 values at %s', async (...row) => {
  const [, fields, fragment] = row;
  const query = `query ($b: [Int]) {a {${fields}}} ${fragment}`;
  const { errors } = await post(server.url, query, { b: Array.from({ length: 200 }, () => 1) });
  expect(errors).toEqual([refused]);
});

test('a document without any text is refused', async () => {
  for (let time = 0; time < 2; time += 1) {
    const { errors } = await post(server.url, '');
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
  }
});

test('a body is taken up to the limit and refused beyond it, however it comes', async () => {
  const bodyOf = (size: number) =>
    JSON.stringify({ query: '{e}', extensions: {} }).padEnd(size, ' ');
  const streamOf = (text: string) => new Blob([text]).stream();
  for (const [size, status] of [
    [MAX_BODY, 200],
    [MAX_BODY + 1, 413],
  ] as const) {
    const text = bodyOf(size);
    expect((await sendBody(text)).status).toBe(status);
    expect((await sendBody(streamOf(text))).status).toBe(status);
  }
});

test.each([
  ['an unknown field', `{${'x'.repeat(190)}(a: "${'y'.repeat(900)}")}`, {}],
  ['a wrong literal', `{a(b: "${'y'.repeat(5_000)}") {e}}`, {}],
  ['a wrong variable', 'query ($b: [Int]) {a(b: $b) {e}}', { b: 'z'.repeat(100_000) }],
  ['a text that is no document', `{e "${'y'.repeat(5_000)}"}`, {}],
])('errors repeat at most 200 characters: %s', async (...row) => {
  const [, query, variables] = row;
  const { errors = [] } = await post(server.url, query, variables);
  expect(errors.length).toBeGreaterThan(0);
  for (const { message } of errors) {
    expect(message.length).toBeLessThanOrEqual(200);
  }
});

test.each([
  ['variables={', 'BAD_REQUEST'],
  ['variables=[1]', 'BAD_REQUEST'],
  ['variables=1', 'BAD_REQUEST'],
  ['extensions={', 'BAD_REQUEST'],
])('a GET with %s is refused with 400 and a reason', async (...row) => {
  const [parameter, code] = row;
  const response = await fetch(`${server.url}/graphql?query={e}&${parameter}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code } }],
  });
  expect(server.lines()).toMatchObject([{ level: 'info', code }]);
});

test.each([['[[]]'], ['1'], ['{}']])(
  'an operationName that is no text is refused: %s',
  async (name) => {
    const response = await sendBody(`{"query": "{e}", "operationName": ${name}}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
  },
);

test.each([
  ['application/json', 200],
  ['application/graphql-response+json', 400],
])('the status of a refused request under %s is %i', async (...row) => {
  const [accept, status] = row;
  for (const [query, variables] of [
    ['query ($b: [Int]) {a(b: $b) {e}}', '{"b": "x"}'],
    ['query ($b: [Int]!) {a(b: $b) {e}}', '{}'],
    [`{${'e '.repeat(30)}}`, '{}'],
    ['{nothing}', '{}'],
    ['{', '{}'],
  ]) {
    const body = `{"query": "${query}", "variables": ${variables}}`;
    const response = await sendBody(body, accept);
    expect({ query, status: response.status }).toEqual({ query, status });
  }
});

test('a null variable within an inline input is an error with a code', async () => {
  const schemaText = 'query ($d: Int = 1) {g(h: {i: $d})}';
  const { errors } = await post(server.url, schemaText, { d: null });
  expect(errors).toMatchObject([
    {
      message: expect.stringContaining('$d'),
      extensions: { code: 'BAD_USER_INPUT' },
    },
  ]);
});

function sendBody(body: string | ReadableStream, accept = 'application/json'): Promise<Response> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body,
    // For a stream; not among the types.
    duplex: 'half',
  };
  return fetch(`${server.url}/graphql`, init);
}
