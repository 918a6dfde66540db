import { GraphQLError, type ValueNode, valueFromASTUntyped } from 'graphql';
import type { Builder } from './builder.ts';

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

const dateTime = /^\d{4}-\d{2}-(\d{2})T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/**
 * Reads RFC 3339; the years are those that ISO writes with four digits, without the year 0, which
 * PostgreSQL does not know.
 */
function readDateTime(input: unknown, node?: ValueNode): Date {
  const parts = typeof input === 'string' ? dateTime.exec(input) : null;
  if (parts === null) throw refusal(input, node);
  const [text, day = ''] = parts;
  const date = new Date(text);
  const year = date.getUTCFullYear();
  // JavaScript reads 30 February as 2 March.
  const local = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (local.getUTCDate() !== Number(day) || !(year >= 1 && year <= 9999)) {
    throw refusal(input, node);
  }
  return date;
}

function refusal(input: unknown, node?: ValueNode): GraphQLError {
  const shown = typeof input === 'string' ? JSON.stringify(input) : 'that';
  return new GraphQLError(
    `DateTime cannot be read from ${shown}: it is text like "2026-01-31T09:30:00.000Z"`,
    {
      ...(node ? { nodes: node } : {}),
      extensions: { code: 'BAD_USER_INPUT' },
    },
  );
}
