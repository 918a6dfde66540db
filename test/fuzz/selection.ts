import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import type { Maker } from './maker.ts';
import { below, inputValue } from './value.ts';
import { type Variables, writeValue } from './variables.ts';

/** What selections are written with. */
export type Writing = {
  readonly maker: Maker;
  readonly schema: GraphQLSchema;
  readonly variables: Variables;
  /** The texts of its fragments. */
  readonly fragments: string[];
  /** How many fields may still be written. */
  left: number;
};

/** The text of a field with its arguments and its selection set. */
export function writeField(
  writing: Writing,
  owner: string,
  field: GraphQLField<unknown, unknown>,
  depth: number,
): string {
  const { maker, variables } = writing;
  const given = field.args.filter(
    (arg) =>
      isRequiredArgument(arg) ||
      maker.focus.has(`${field.name}(${arg.name})`) ||
      maker.random.chance(0.3),
  );
  const args = given.flatMap((arg) => {
    const names = `${owner}.${getNamedType(field.type).name}`;
    const at = { names, depth: 0, isNew: false, isCondition: false, isScoped: false };
    const value = inputValue(maker, arg.type, below(at, field.name, arg.name));
    if (value === undefined) return [];
    return [`${arg.name}: ${writeValue(maker.random, variables, arg.type, value, 0.3)}`];
  });
  const shown = args.length > 0 ? `(${args.join(', ')})` : '';
  const directive = maker.random.chance(0.02) ? ' @include(if: true)' : '';
  return `${field.name}${shown}${directive}${writeSelection(writing, field.type, depth + 1)}`;
}

/** The text of a selection set of any type that an output has: empty for a leaf. */
function writeSelection(writing: Writing, type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (isAbstractType(named)) {
    const members = writing.schema.getPossibleTypes(named);
    const names = new Map<string, string>();
    const parts = members.map(
      (member) => `... on ${member.name} ${writeFields(writing, member, depth, names)}`,
    );
    return ` {__typename ${parts.join(' ')}}`;
  }
  return isObjectType(named) ? ` ${writeFields(writing, named, depth, new Map())}` : '';
}

/**
 * Writes some fields of an object. `names` holds the type of each name in the fragments beside this
 * one: a field of another type than its namesake's gets an alias.
 */
function writeFields(
  writing: Writing,
  type: GraphQLObjectType,
  depth: number,
  names: Map<string, string>,
): string {
  const { random } = writing.maker;
  const fields = Object.values(type.getFields());
  const chosen = fields.filter((field) => {
    if (writing.left <= 0) return false;
    const isChosen = isLeafType(getNamedType(field.type))
      ? random.chance(0.4)
      : random.chance(depth > 4 ? 0 : 0.45);
    if (isChosen) writing.left -= 1;
    return isChosen;
  });
  const texts = chosen.map((field) => {
    const text = writeField(writing, type.name, field, depth);
    const shape = String(field.type);
    const namesake = names.get(field.name) ?? shape;
    names.set(field.name, namesake);
    const isMeant = namesake === shape && !random.chance(0.02);
    return isMeant ? text : `${field.name}_${type.name}: ${text}`;
  });
  const set = `{${['__typename', ...texts].join(' ')}}`;
  return random.chance(0.1) ? writeFragment(writing, type.name, set) : set;
}

/** Puts a selection set into a fragment of its own. */
function writeFragment({ fragments }: Writing, type: string, set: string): string {
  const name = `F${fragments.length}`;
  fragments.push(`fragment ${name} on ${type} ${set}`);
  return `{...${name}}`;
}
