import type { Model } from '../../model/model.ts';
import { badUserInput, type ArgumentPath } from '../bad-user-input.ts';
import type { InputRef } from '../builder.ts';
import type { Parts } from '../parts.ts';
import { columnsOf } from '../read/column.ts';
import { type FilterInput, filterInput, toConditions } from './filter.ts';

/** A where as GraphQL coerced it: what combines others, and filters by column. */
export interface WhereInput {
  readonly AND?: readonly WhereInput[] | null | undefined;
  readonly OR?: readonly WhereInput[] | null | undefined;
  readonly NOT?: readonly WhereInput[] | null | undefined;
  readonly [column: string]: unknown;
}

/** Levels of AND, OR and NOT at most. */
const MAX_DEPTH = 10;
/** Items of one list at most. */
const MAX_LIST = 1_000;
/**
 * Values and conditions in one where at most: with the keys it is asked for they stay below
 * PostgreSQL's 32,767 parameters.
 */
const MAX_VALUES = 5_000;

/** The where input of a model: PostWhere and its like. */
export function whereInput(parts: Parts, model: Model): InputRef<WhereInput> {
  return parts.named(`${model.name}Where`, () => makeInput(parts, model));
}

/**
 * Prisma's where of a where input; {} where it is no condition. `path` is where it stands among the
 * arguments.
 * @throws GraphQLError BAD_USER_INPUT for a value that its column cannot hold, and for a where
 * without measure.
 */
export function toPrismaWhere(
  model: Model,
  input: WhereInput | null | undefined,
  path: ArgumentPath = ['where'],
): object {
  if (!input) return {};
  assertMeasure(input, path);
  const all = conditions(model, input, path);
  return all.length === 0 ? {} : { AND: all };
}

function makeInput(parts: Parts, model: Model) {
  const ref = parts.builder.inputRef<WhereInput>(`${model.name}Where`);
  ref.implement({
    description: `Which rows of ${model.name}: all conditions must hold. null and {} are no condition. At most ${MAX_LIST} items in a list, ${MAX_VALUES} values and conditions in all, ${MAX_DEPTH} levels.`,
    fields: (t) => ({
      ...Object.fromEntries(
        columnsOf(model).map(({ field, kind }) => {
          const description = `Condition on ${field.name}.`;
          return [
            field.name,
            t.field({ type: filterInput(parts, kind), required: false, description }),
          ];
        }),
      ),
      AND: t.field({ type: [ref], required: false, description: 'All of these hold.' }),
      OR: t.field({
        type: [ref],
        required: false,
        description: 'At least one of these holds; [] holds for no row.',
      }),
      NOT: t.field({
        type: [ref],
        required: false,
        description:
          'None of these holds. What compares a column without a value neither holds nor fails: such rows are left out.',
      }),
    }),
  });
  return ref;
}

/** The conditions that all must hold; none for a where that is no condition. */
function conditions(model: Model, input: WhereInput, path: ArgumentPath): readonly object[] {
  const { AND, OR, NOT, ...columns } = input;
  const each = (items: readonly WhereInput[] | null | undefined, name: string) =>
    (items ?? []).map((item, i) => conditions(model, item, [...path, name, String(i)]));
  return [
    ...Object.entries(columns).flatMap(([name, filter]) => {
      const field = model.fields.get(name);
      return field && isFilter(filter) ? toConditions(field, filter, [...path, name]) : [];
    }),
    ...each(AND, 'AND').flat(),
    ...(OR ? anyOf(model, each(OR, 'OR')) : []),
    ...each(NOT, 'NOT').map((all) => noneOf(model, all)),
  ];
}

// Prisma drops {} from lists and takes NOT {} for no condition, so what holds for every row or for
// none is said in full.

function anyOf(model: Model, alternatives: readonly (readonly object[])[]): readonly object[] {
  if (alternatives.some((all) => all.length === 0)) return [];
  if (alternatives.length === 0) return [never(model)];
  return [{ OR: alternatives.map((all) => ({ AND: all })) }];
}

function noneOf(model: Model, all: readonly object[]): object {
  return all.length === 0 ? never(model) : { NOT: { AND: all } };
}

function never({ primaryKey }: Model): object {
  return Object.fromEntries(primaryKey.map((field) => [field, { in: [] }]));
}

function isFilter(value: unknown): value is FilterInput {
  return typeof value === 'object' && value !== null;
}

/**
 * Refuses what would cost too much, before any of it is read: counts the values and conditions, and
 * stops where there are too many.
 */
function assertMeasure(input: unknown, path: ArgumentPath, { depth = 0, before = 0 } = {}): number {
  let count = before + 1;
  if (count > MAX_VALUES) {
    throw badUserInput(path, `is one value too many: at most ${MAX_VALUES}`);
  }
  if (!isFilter(input)) return count;
  const isList = Array.isArray(input);
  const entries = Object.entries(input);
  if (isList && entries.length > MAX_LIST) {
    throw badUserInput(path, `has ${entries.length} items: at most ${MAX_LIST}`);
  }
  if (depth > MAX_DEPTH) {
    throw badUserInput(path, `nests too deep: at most ${MAX_DEPTH} levels`);
  }
  const inner = isList ? depth + 1 : depth;
  for (const [name, item] of entries) {
    count = assertMeasure(item, [...path, name], {
      depth: inner,
      before: count,
    });
  }
  return count;
}
