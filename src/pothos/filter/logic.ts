import type { Model } from '../../model/model.ts';

/*
 * Prisma drops {} from lists and takes NOT {} for no condition, and SQL has a third value: what
 * compares a column without a value is neither true nor false. So what always or never holds is
 * kept as a boolean until the end, and a negation is not left to Prisma: it is pushed down to the
 * columns, where it is known what has no value.
 */

/** A condition in Prisma's form; true and false where it holds for every row or for none. */
export type Condition = object | boolean;

/** Which truth of a condition is asked for. */
export interface Asked {
  /** Whether it is to be true, or false. */
  readonly truth: boolean;
  /** Whether rows for which it is neither count too. */
  readonly orUnknown: boolean;
}

/** A condition that is to hold. */
export const asTrue: Asked = { truth: true, orUnknown: false };

/** A condition that is not to hold, whether it fails or compares a column without a value. */
export const asNotTrue: Asked = { truth: false, orUnknown: true };

/** The same of the opposite. */
export function opposite({ truth, orUnknown }: Asked): Asked {
  return { truth: !truth, orUnknown };
}

/** All hold. */
export function allOf(conditions: readonly Condition[]): Condition {
  if (conditions.includes(false)) return false;
  const rest = conditions.filter((condition) => condition !== true);
  return rest.length > 1 ? { AND: rest } : (rest[0] ?? true);
}

/** At least one holds. */
export function anyOf(conditions: readonly Condition[]): Condition {
  if (conditions.includes(true)) return true;
  const rest = conditions.filter((condition) => condition !== false);
  return rest.length > 1 ? { OR: rest } : (rest[0] ?? false);
}

/** Prisma's where of a condition on rows of a model. */
export function toWhere({ primaryKey }: Model, condition: Condition): object {
  if (condition === true) return {};
  if (condition !== false) return condition;
  return Object.fromEntries(primaryKey.map((field) => [field, { in: [] }]));
}
