import { type ArgumentPath, badUserInput } from '../bad-user-input.ts';
import type { InputLimits } from '../input-limits.ts';

/** Refuses wheres that would cost too much, before any of them is read. */
export interface Measure {
  /**
   * Counts the values and conditions of a where, beside those counted before, and stops once there
   * are too many.
   * @throws GraphQLError BAD_USER_INPUT
   */
  readonly values: (input: unknown, path: ArgumentPath) => void;
  /**
   * Counts a condition on an association.
   * @throws GraphQLError BAD_USER_INPUT
   */
  readonly association: (path: ArgumentPath) => void;
}

/** Makes the measure of one where, or of several that are to be within the limits together. */
export function makeMeasure({
  maxItems,
  maxWhereValues,
  maxWhereDepth,
  maxWhereAssociations,
}: InputLimits): Measure {
  // A where lies two containers below the one that holds it: NOT and an item, posts and some. The
  // filters of its columns are objects too.
  const maxContainers = 2 * maxWhereDepth + 1;
  let values = 0;
  let associations = 0;
  const count = (input: unknown, path: ArgumentPath, containers: number): void => {
    values += 1;
    if (values > maxWhereValues) {
      throw badUserInput(path, `is one value too many: at most ${maxWhereValues}`);
    }
    const isValue = typeof input !== 'object' || input === null;
    if (isValue || input instanceof Date || input instanceof Uint8Array) return;
    const entries = Object.entries(input);
    if (!Array.isArray(input)) {
      if (containers > maxContainers) {
        throw badUserInput(path, `nests too deep: at most ${maxWhereDepth} levels`);
      }
    } else if (entries.length > maxItems) {
      throw badUserInput(path, `has ${entries.length} items: at most ${maxItems}`);
    }
    for (const [name, item] of entries) count(item, [...path, name], containers + 1);
  };
  return {
    values: (input, path) => count(input, path, 0),
    association(path) {
      associations += 1;
      if (associations > maxWhereAssociations) {
        throw badUserInput(
          path,
          `is one condition on associations too many: at most ${maxWhereAssociations}`,
        );
      }
    },
  };
}
