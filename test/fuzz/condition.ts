import { type GraphQLInputField, getNamedType, isInputObjectType, isLeafType } from 'graphql';
import type { Random } from '../soak/random.ts';

/** Levels of objects below which conditions combine no others. */
const DEPTH = 5;

/** One or two conditions, of a column once they are deep. */
export function conditionFields(
  random: Random,
  fields: readonly GraphQLInputField[],
  { depth }: { readonly depth: number },
): readonly GraphQLInputField[] {
  const flat = fields.filter((field) => depth < DEPTH || isFlat(field));
  // `mode` says how another condition is meant.
  const real = flat.filter(({ name }) => name !== 'mode');
  const one = random.pick(real);
  const others = random.some(flat, 1 / Math.max(flat.length, 1));
  return [...new Set([...(one ? [one] : []), ...others])];
}

/** Whether a field compares a column or is an operator. */
function isFlat({ type }: GraphQLInputField): boolean {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return true;
  return Object.values(named.getFields()).every((field) => isLeafType(getNamedType(field.type)));
}
