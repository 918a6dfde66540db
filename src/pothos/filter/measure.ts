import { type ArgumentPath, badUserInput } from '../bad-user-input.ts';

/** Levels of a where within another at most. */
export const MAX_DEPTH = 10;
/** Items of one list at most. */
export const MAX_LIST = 1_000;
/**
 * Values and conditions in one where at most: with the keys it is asked for they stay below
 * PostgreSQL's 32,767 parameters.
 */
export const MAX_VALUES = 5_000;

/**
 * Refuses a where that would cost too much, before any of it is read: counts the values and
 * conditions, and stops once there are too many.
 * @throws GraphQLError BAD_USER_INPUT
 */
export function assertMeasure(input: unknown, path: ArgumentPath): void {
  measure(input, path, { depth: 0, before: 0 });
}

// A where lies two containers below the one that holds it: NOT and an item, posts and some. The
// filters of its columns are objects too.
const MAX_OBJECT_DEPTH = 2 * MAX_DEPTH + 1;

interface Place {
  /** Objects and lists around it. */
  readonly depth: number;
  /** Values counted so far. */
  readonly before: number;
}

function measure(input: unknown, path: ArgumentPath, { depth, before }: Place): number {
  let count = before + 1;
  if (count > MAX_VALUES) {
    throw badUserInput(path, `is one value too many: at most ${MAX_VALUES}`);
  }
  const isValue = typeof input !== 'object' || input === null;
  if (isValue || input instanceof Date || input instanceof Uint8Array) return count;
  const entries = Object.entries(input);
  if (!Array.isArray(input)) {
    if (depth > MAX_OBJECT_DEPTH) {
      throw badUserInput(path, `nests too deep: at most ${MAX_DEPTH} levels`);
    }
  } else if (entries.length > MAX_LIST) {
    throw badUserInput(path, `has ${entries.length} items: at most ${MAX_LIST}`);
  }
  for (const [name, item] of entries) {
    count = measure(item, [...path, name], { depth: depth + 1, before: count });
  }
  return count;
}
