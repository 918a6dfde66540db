import { getIntrospectionQuery, GraphQLError, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { standardDocumentLimits } from '../../../src/server/limits/document-limits.ts';
import { measureDocument } from '../../../src/server/limits/measure-document.ts';
import { measureVariables } from '../../../src/server/limits/measure-variables.ts';
import { MAX_NAME, scanDocument } from '../../../src/server/limits/scan-document.ts';
import { scanJson } from '../../../src/server/limits/scan-json.ts';

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

const nested = (levels: number, open: string, inner: string, close: string) =>
  `${open.repeat(levels)}${inner}${close.repeat(levels)}`;

const code = (run: () => void) => {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof GraphQLError) return error.extensions['code'];
    throw error;
  }
};

describe('scanDocument', () => {
  const scan = (text: string, limits: object = {}) =>
    code(() => scanDocument(text, { ...standardDocumentLimits, ...limits }));

  test.each([
    ['tokens', { maxTokens: 12 }, (n: number) => `{${'a '.repeat(n)}}`, 10],
    ['comments, as tokens', { maxTokens: 12 }, (n: number) => `${'#\n'.repeat(n)}{a}`, 9],
    [
      'comments in lines of CR, as tokens',
      { maxTokens: 12 },
      (n: number) => `${'#\r'.repeat(n)}{a}`,
      9,
    ],
    ['brackets of lists', { maxNesting: 9 }, (n: number) => `{a(b:${nested(n, '[', '', ']')})}`, 7],
    [
      'brackets of objects',
      { maxNesting: 9 },
      (n: number) => `{a(b:${nested(n, '{c:', '1', '}')})}`,
      7,
    ],
    [
      'brackets of types',
      { maxNesting: 9 },
      (n: number) => `query ($a: ${nested(n, '[', 'Int', ']')}) {a}`,
      8,
    ],
    ['directives', { maxDirectives: 5 }, (n: number) => `{a ${'@b '.repeat(n)}}`, 5],
    ['spreads of fragments', { maxSpreads: 5 }, (n: number) => `{${'...F '.repeat(n)}}`, 5],
    ['fragments in line', { maxSpreads: 5 }, (n: number) => `{${'...on A{a} '.repeat(n)}}`, 5],
    ['characters of a name', {}, (n: number) => `{${'a'.repeat(n)}: b}`, MAX_NAME],
  ])('lets through as many %s as are allowed, and no more', (...row) => {
    const [, limits, text, most] = row;
    expect(scan(text(most), limits)).toBe(null);
    expect(scan(text(most + 1), limits)).toBe('QUERY_TOO_COMPLEX');
  });

  test('takes brackets in texts and comments for what they are', () => {
    const text = `{a(b: "[[[[[", c: """{{{ # {{{""") # [[[[[\n}`;
    expect(scan(text, { maxNesting: 2 })).toBe(null);
  });

  test('leaves what is no document to the parser, and looks no further', () => {
    expect(scan(`{a ? ${'['.repeat(100)}`)).toBe(null);
  });
});

describe('measureDocument', () => {
  const measure = (text: string, limits: object = {}) =>
    code(() => measureDocument(parse(text), { ...standardDocumentLimits, ...limits }));

  test.each([
    ['levels', { maxDepth: 4 }, (n: number) => nested(n, '{a', '', '}'), 4],
    [
      'levels through fragments',
      { maxDepth: 4 },
      (n: number) => `{b{...F}} fragment F on T ${nested(n, '{a', '', '}')}`,
      3,
    ],
    ['fields', { maxFields: 6 }, (n: number) => `{a{${'b '.repeat(n)}}}`, 5],
    [
      'fields of a fragment that is spread twice',
      { maxFields: 10 },
      (n: number) => `{a{...F ...on T{...F}}} fragment F on T {b{${'c '.repeat(n)}}}`,
      3,
    ],
    [
      'fields of a fragment that is not used',
      { maxFields: 5 },
      (n: number) => `{a} fragment F on T {${'b '.repeat(n)}}`,
      5,
    ],
    ['aliases', { maxAliases: 4 }, (n: number) => `{a{${repeat(n, (at) => `b${at}: b`)}}}`, 4],
    [
      'root fields',
      { maxRootFields: 3 },
      (n: number) => `{...F a} fragment F on Query {...{${'b{c d} '.repeat(n)}}}`,
      2,
    ],
    ['selection sets', { maxNesting: 5 }, (n: number) => nested(n, '{...', '{a}', '}'), 4],
    [
      'fragments within each other',
      { maxNesting: 5 },
      (n: number) => `{...F0} ${repeat(n, (at) => `fragment F${at} on T {...F${at + 1}}`)}`,
      4,
    ],
  ])('lets through as many %s as are allowed, and no more', (...row) => {
    const [, limits, text, most] = row;
    expect(measure(text(most), limits)).toBe(null);
    expect(measure(text(most + 1), limits)).toBe('QUERY_TOO_COMPLEX');
  });

  test('measures each fragment once, however often it is spread', () => {
    const doubled = repeat(40, (at) => `fragment F${at} on T {...F${at + 1} ...F${at + 1}}`);
    const text = `{...F0} ${doubled} fragment F40 on T {a}`;
    expect(measure(text)).toBe('QUERY_TOO_COMPLEX');
  });

  test('ends at a cycle of fragments, which validation refuses', () => {
    const text =
      '{...A} fragment A on T {a ...B} fragment B on T {b ...A ...C} fragment C on T {...C}';
    expect(measure(text)).toBe(null);
  });

  test('lets the introspection of GraphiQL through', () => {
    const text = getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    });
    scanDocument(text, standardDocumentLimits);
    expect(measure(text)).toBe(null);
    expect(measure(text, { maxDepth: 14 })).toBe('QUERY_TOO_COMPLEX');
  });
});

describe('measureVariables', () => {
  const measure = (variables: unknown, limits: object = {}) =>
    code(() => measureVariables(variables, { ...standardDocumentLimits, ...limits }));

  test.each([
    [
      'levels of lists',
      { maxNesting: 4 },
      (n: number) => JSON.parse(`{"a":${nested(n, '[', '', ']')}}`),
      4,
    ],
    [
      'levels of objects',
      { maxNesting: 4 },
      (n: number) => JSON.parse(`{"a":${nested(n, '{"b":', '1', '}')}}`),
      4,
    ],
    [
      'values',
      { maxVariableValues: 7 },
      (n: number) => ({ a: Array.from({ length: n }, () => [1]) }),
      3,
    ],
  ])('lets through as many %s as are allowed, and no more', (...row) => {
    const [, limits, variables, most] = row;
    expect(measure(variables(most), limits)).toBe(null);
    expect(measure(variables(most + 1), limits)).toBe('QUERY_TOO_COMPLEX');
  });

  test.each([[undefined], [null], ['{}'], [{}]])('takes %j', (variables) => {
    expect(measure(variables)).toBe(null);
  });

  test('goes no deeper itself than it must', () => {
    const variables: unknown = JSON.parse(nested(10_000, '[', '', ']'));
    expect(measure(variables)).toBe('QUERY_TOO_COMPLEX');
  });
});

describe('scanJson', () => {
  const scan = (text: string, maxNesting: number, maxValues = 1_000) =>
    code(() => scanJson(text, { maxNesting, maxValues }));

  test.each([
    ['[1, 2, 3]', 3],
    ['{"a": 1, "b": ",[{"}', 2],
    ['[[], {}, [ ], { }]', 4],
    ['[[1], {"a": {"b": [2]}}]', 6],
    ['[]', 0],
  ])('lets through as many values as are allowed, and no more: %s', (...row) => {
    const [text, values] = row;
    expect(scan(text, 9, values)).toBe(null);
    if (values > 0) {
      expect(scan(text, 9, values - 1)).toBe('QUERY_TOO_COMPLEX');
    }
  });

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('lets through as many %s as are allowed, and no more', (...row) => {
    const [, open, close] = row;
    expect(scan(nested(5, open, '1', close), 5)).toBe(null);
    expect(scan(nested(6, open, '1', close), 5)).toBe('QUERY_TOO_COMPLEX');
  });

  test('counts what is within each other, not what is beside', () => {
    expect(scan('[[], {"a": []}, [[]], []]', 3)).toBe(null);
  });

  test.each([['"[[[[["'], ['"\\"[[[["'], ['"\\\\", "[[[["'], ['"\\\\\\"[[[["']])(
    'takes brackets in a text for what they are: %s',
    (text) => {
      expect(scan(`[${text}]`, 1)).toBe(null);
      expect(scan(`[${text}, []]`, 1)).toBe('QUERY_TOO_COMPLEX');
    },
  );

  test('leaves a text without an end to the parser', () => {
    expect(scan('["[[[[', 1)).toBe(null);
  });
});
