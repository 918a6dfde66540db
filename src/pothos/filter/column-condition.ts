import type { Field } from '../../model/model.ts';
import type { Cast } from '../../model/types/cast-value.ts';
import type { Value } from '../../model/value.ts';
import { type ArgumentPath, badUserInput } from '../bad-user-input.ts';
import { type Asked, allOf, anyOf, type Condition } from './logic.ts';

/** A filter of one column as GraphQL coerced it: values by operator. */
export interface FilterInput {
  readonly [operator: string]: unknown;
}

/** The operators that take a part of a text. */
export const textOperators = ['contains', 'startsWith', 'endsWith'] as const;

/**
 * The condition of a filter of one column: all its operators are to hold. `cast` reads a value of
 * the column.
 * @throws GraphQLError BAD_USER_INPUT for null, but of `equals`, and for what is no value of it.
 */
export function columnCondition(
  field: Field,
  { mode = 'default', ...operators }: FilterInput,
  asked: Asked,
  { path, cast }: { readonly path: ArgumentPath; readonly cast: (input: unknown) => Cast },
): Condition {
  if (mode === null) throw nullInput([...path, 'mode']);
  const isInsensitive = mode === 'insensitive';
  const conditions = Object.entries(operators).flatMap(([operator, input]): Condition[] => {
    if (input === undefined) return [];
    if (input === null && operator === 'equals') return [equalsNull(field, asked)];
    const read = (item: unknown, at: ArgumentPath) => readValue(field, item, cast(item), at);
    const at = [...path, operator];
    if (!Array.isArray(input)) {
      const value = read(input, at);
      const isPattern = isInsensitive || textOperators.some((name) => name === operator);
      const wanted = isPattern && typeof value === 'string' ? escapeLike(value) : value;
      return [compared(field, { operator, wanted, isInsensitive }, asked)];
    }
    const wanted = input.map((item, i) => read(item, [...at, String(i)]));
    // Nothing is compared, so it holds or fails without a look at the row.
    if (wanted.length === 0) return [(operator === 'notIn') === asked.truth];
    return [compared(field, { operator, wanted, isInsensitive }, asked)];
  });
  return asked.truth ? allOf(conditions) : anyOf(conditions);
}

/** The request error for a null where it would be taken for no condition. */
export function nullInput(path: ArgumentPath): Error {
  return badUserInput(
    path,
    'is null, which is no condition: leave it out (`equals: null` asks for rows without a value)',
  );
}

function equalsNull({ name, isNullable }: Field, { truth }: Asked): Condition {
  // Prisma refuses to ask a required column for null; no row has it.
  if (!isNullable) return !truth;
  return { [name]: truth ? { equals: null } : { not: null } };
}

interface Comparison {
  readonly operator: string;
  readonly wanted: Value;
  readonly isInsensitive: boolean;
}

function compared(
  { name, isNullable }: Field,
  { operator, wanted, isInsensitive }: Comparison,
  { truth, orUnknown }: Asked,
): Condition {
  const mode = isInsensitive ? { mode: 'insensitive' } : {};
  const comparison = { [name]: { [operator]: wanted, ...mode } };
  const condition = truth ? comparison : { NOT: comparison };
  return orUnknown && isNullable ? anyOf([condition, { [name]: { equals: null } }]) : condition;
}

function readValue({ name }: Field, input: unknown, cast: Cast, path: ArgumentPath): Value {
  if (input === null) throw nullInput(path);
  if (cast.ok) return cast.value;
  throw badUserInput(path, `is no value of ${name}: ${shown(input)}`);
}

function shown(input: unknown): string {
  return String(JSON.stringify(typeof input === 'string' ? input.slice(0, 100) : input)).slice(
    0,
    100,
  );
}

// Prisma sends % and _ on as they come, as the wildcards of LIKE, which it also uses for `equals`
// and `not` where the case does not count.
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
