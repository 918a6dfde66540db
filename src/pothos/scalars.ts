import { GraphQLError, type ValueNode, valueFromASTUntyped } from 'graphql';
import { readDecimal } from '../model/types/decimal.ts';
import type { Builder, KitTypes } from './builder.ts';
import type { ColumnKind, LazyScalar } from './parts.ts';

/** Adds the scalar DateTime to a schema. */
export function addDateTime(builder: Builder): void {
  builder.scalarType('DateTime', {
    description:
      'A moment in UTC with milliseconds, ISO 8601: 2026-01-31T09:30:00.000Z. As input any offset will do; digits beyond milliseconds are dropped.',
    serialize: (value) => value.toISOString(),
    parseValue: (value) => readDateTime(value),
    parseLiteral: (node) => readDateTime(valueFromASTUntyped(node), node),
  });
}

/** Adds the scalar JSON to a schema. */
export function addJson(builder: Builder): void {
  builder.scalarType('JSON', {
    description: 'Any JSON value.',
    serialize: (value) => value,
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  });
}

/** How the scalars are added that a schema has only where a column of them is shown. */
export const lazyScalars: { readonly [kind in ColumnKind]?: (builder: Builder) => void } = {
  BigInt: (builder) =>
    addText(builder, 'BigInt', {
      description: 'An integer of 64 bits, as text: "9007199254740993". As input a number will do.',
      read: (text) => (/^[+-]?\d{1,19}$/.test(text) ? BigInt(text.replace('+', '')) : null),
      write: String,
    }),
  Decimal: (builder) =>
    addText(builder, 'Decimal', {
      description:
        'A decimal number, as text with all its digits: "1.10". As input a number will do.',
      read: readDecimal,
      write: String,
    }),
  Bytes: (builder) =>
    addText(builder, 'Bytes', {
      description: 'Bytes, as base64.',
      read: readBase64,
      write: (bytes) => Buffer.from(bytes).toString('base64'),
    }),
};

interface TextScalar<Value> {
  readonly description: string;
  readonly read: (text: string) => Value | null;
  readonly write: (value: Value) => string;
}

function addText<Name extends LazyScalar>(
  builder: Builder,
  name: Name,
  { description, read, write }: TextScalar<KitTypes['Scalars'][Name]['Output']>,
): void {
  const parse = (input: unknown, node?: ValueNode) => {
    const text = typeof input === 'number' || typeof input === 'bigint' ? String(input) : input;
    const value = typeof text === 'string' ? read(text) : null;
    if (value === null) throw refusal(name, input, node);
    return value;
  };
  builder.scalarType(name, {
    description,
    serialize: write,
    parseValue: (input) => parse(input) as never,
    // A number of the document has more digits than JavaScript keeps.
    parseLiteral: (node) => parse('value' in node ? node.value : null, node) as never,
  });
}

function readBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

const dateTime = /^\d{4}-\d{2}-(\d{2})T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/**
 * Reads RFC 3339; the years are those that ISO writes with four digits, without the year 0, which
 * PostgreSQL does not know.
 */
function readDateTime(input: unknown, node?: ValueNode): Date {
  const parts = typeof input === 'string' ? dateTime.exec(input) : null;
  if (parts === null) throw refusal('DateTime', input, node);
  const [text, day = ''] = parts;
  const date = new Date(text);
  const year = date.getUTCFullYear();
  // JavaScript reads 30 February as 2 March.
  const local = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (local.getUTCDate() !== Number(day) || !(year >= 1 && year <= 9999)) {
    throw refusal('DateTime', input, node);
  }
  return date;
}

function refusal(name: keyof typeof examples, input: unknown, node?: ValueNode): GraphQLError {
  const shown = typeof input === 'string' ? JSON.stringify(input) : 'that';
  return new GraphQLError(
    `${name} cannot be read from ${shown}: it is text like "${examples[name]}"`,
    {
      ...(node ? { nodes: node } : {}),
      extensions: { code: 'BAD_USER_INPUT' },
    },
  );
}

const examples = {
  DateTime: '2026-01-31T09:30:00.000Z',
  BigInt: '9007199254740993',
  Decimal: '1.10',
  Bytes: 'SGVsbG8=',
} as const;
