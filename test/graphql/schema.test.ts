import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  parse,
  parseValue as parseLiteral,
  validate,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { schemaText } from '../../src/graphql/print.ts';
import { schema } from '../../src/graphql/schema.ts';

const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));

/** Every part of a type that can carry a description, by its coordinate. */
function partsOf(type: GraphQLNamedType): [string, string | null | undefined][] {
  const parts: [string, string | null | undefined][] = [[type.name, type.description]];
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push([`${type.name}.${field.name}`, field.description]);
      for (const arg of 'args' in field ? field.args : []) {
        parts.push([`${type.name}.${field.name}(${arg.name}:)`, arg.description]);
      }
    }
  }
  for (const value of isEnumType(type) ? type.getValues() : []) {
    parts.push([`${type.name}.${value.name}`, value.description]);
  }
  return parts;
}

const parts = [['the schema', schema.description] as const, ...types.flatMap(partsOf)];

describe('the schema', () => {
  test('is the one in schema.graphql: if not, run npm run schema', async () => {
    const file = join(import.meta.dirname, '../../schema.graphql');
    expect(await readFile(file, 'utf8')).toBe(schemaText());
  });

  test('describes itself and every type, field, argument and enum value', () => {
    expect(parts.length).toBeGreaterThan(100);
    const lacking = parts.filter(([, text]) => !text?.trim());
    expect(lacking.map(([name]) => name)).toEqual([]);
  });

  test('says in one language: no description is left open or shouted', () => {
    const wrong = parts.filter(([, text]) => !/^\S[^]*[.)]$/.test(text ?? ''));
    const ours = wrong.filter(([name]) => !/^(ID|String|Int|Float|Boolean)$/.test(name));
    expect(ours.map(([name]) => name)).toEqual([]);
  });
});

describe('DateTime', () => {
  const type = schema.getType('DateTime');
  const scalar = type && 'parseValue' in type ? type : undefined;

  test('is written in UTC with milliseconds', () => {
    const date = new Date('2026-01-31T10:30:00.007+01:00');
    expect(scalar?.serialize(date)).toBe('2026-01-31T09:30:00.007Z');
  });

  test.each([
    ['2026-01-31T09:30:00.123Z', '2026-01-31T09:30:00.123Z'],
    ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T10:30:00+01:00', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00.123456Z', '2026-01-31T09:30:00.123Z'],
    ['2024-02-29T23:59:59.999-12:00', '2024-03-01T11:59:59.999Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (input, expected) => {
    const date = scalar?.parseValue(input);
    expect(date).toEqual(new Date(expected));
  });

  test.each([
    ['no text', 1_700_000_000_000],
    ['a date alone', '2026-01-31'],
    ['no offset', '2026-01-31T09:30:00'],
    ['a day that is not', '2026-02-30T00:00:00Z'],
    ['a month that is not', '2026-13-01T00:00:00Z'],
    ['an hour that is not', '2026-01-01T25:00:00Z'],
    ['the year 0', '0000-01-01T00:00:00Z'],
    ['a year before 1 in UTC', '0001-01-01T00:00:00+01:00'],
    ['a year after 9999 in UTC', '9999-12-31T23:59:59-01:00'],
    ['words', 'yesterday'],
    ['null inside', { date: null }],
  ])('refuses %s as BAD_USER_INPUT', (_, input) => {
    expect(() => scalar?.parseValue(input)).toThrow(
      expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } }),
    );
  });
});

describe('a DateTime in a document', () => {
  const query = (value: string) =>
    parse(`{ posts(where: { insertedAt: { gt: ${value} } }) { totalCount } }`);

  test('is read as one in variables is', () => {
    expect(validate(schema, query('"2026-01-31T09:30:00Z"'))).toEqual([]);
  });

  test('is refused where it stands', () => {
    const errors = validate(schema, query('"yesterday"'));
    expect(errors.map((error) => error.toJSON())).toEqual([
      {
        message:
          'DateTime cannot be read from "yesterday": it is text like "2026-01-31T09:30:00.000Z"',
        locations: [{ line: 1, column: 36 }],
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });
});

describe('JSON', () => {
  test('reads literals with variables in them', () => {
    const type = schema.getType('JSON');
    const scalar = type && 'parseLiteral' in type ? type : undefined;
    const node = parseLiteral('{a: [1, true, null, $b]}');
    expect(scalar?.parseLiteral(node, { b: 'x' })).toEqual({
      a: [1, true, null, 'x'],
    });
  });
});
