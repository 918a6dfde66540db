import { foreignKeys } from './key.ts';
import type { Field, Has, Model } from './model.ts';
import { keyText, type Value } from './value.ts';

/*
 * The field in which the rows of an ordered has_many keep their place: a whole number, of any size
 * and with gaps, ascending from the first row to the last.
 */

/** A has_many that keeps its order. */
export type OrderedList = Has & { readonly rules: { readonly position: string } };

/** Whether an association keeps its order. */
export function isOrdered(association: Has): association is OrderedList {
  return association.rules.position !== null;
}

/** The ordered lists that rows of a model can be in, by their foreign keys. */
export function orderedLists(model: Model): readonly OrderedList[] {
  return foreignKeys(model).flatMap(({ related: owner, ownerKey }) =>
    [...owner.associations.values()].flatMap((list) => {
      if (list.kind !== 'hasMany' || list.related !== model || !isOrdered(list)) return [];
      return keyText(list.relatedKey) === keyText(ownerKey) ? [list] : [];
    }),
  );
}

/** The least and the greatest number that a whole column holds; null for another column. */
export function limitsOf({ type, nativeType, isList }: Field): Limits | null {
  const bits = isList ? undefined : widths.get(nativeType ?? type);
  return bits === undefined ? null : { least: -(2n ** bits), most: 2n ** bits - 1n };
}

/** The least and the greatest number of a column. */
export interface Limits {
  readonly least: bigint;
  readonly most: bigint;
}

const widths = new Map([
  ['SmallInt', 15n],
  ['Int', 31n],
  ['Integer', 31n],
  ['BigInt', 63n],
]);

/** The number of a row in a list, of any whole type; null if it has none. */
export function toNumber(value: Value | undefined): bigint | null {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' ? BigInt(value) : null;
}

/** A number as a value of the field. */
export function fromNumber({ type }: Field, number: bigint): Value {
  return type === 'BigInt' ? number : Number(number);
}
