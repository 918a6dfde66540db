import {
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import { conditionFields } from './condition.ts';
import { isOdd, type Maker } from './maker.ts';
import { oddValue } from './odd-value.ts';
import { recordFields } from './record.ts';
import { leafValue } from './scalar.ts';
import { typeAt } from './stock.ts';

/** Where a value stands. */
export type Place = {
  /** The names of the types and fields that lead there. */
  readonly names: string;
  /** Objects around it. */
  readonly depth: number;
  /** Whether the record around it is one that the request makes. */
  readonly isNew: boolean;
  /** Whether it is part of what rows are filtered by. */
  readonly isCondition: boolean;
  /** Whether the list around it has a scope, in which no stored row need be. */
  readonly isScoped: boolean;
};

/** The lists that a scope narrows. */
const LISTS: ReadonlySet<string> = new Set(['entries', 'refs']);

/** Objects within each other below which only what is required is made. */
const DEPTH = 7;

/** A value of an input type for its place; undefined where none is to be given. */
export function inputValue(maker: Maker, type: GraphQLInputType, place: Place): unknown {
  if (isOdd(maker)) return oddValue(maker, type);
  if (isNonNullType(type)) return presentValue(maker, type.ofType, place);
  return maker.random.chance(place.isCondition ? 0 : 0.015)
    ? null
    : presentValue(maker, type, place);
}

/** The place of what is in a field or an argument of an object at another place. */
export function below(place: Place, owner: string, name: string): Place {
  return {
    names: `${place.names}.${owner}.${name}`,
    depth: place.depth + 1,
    isNew: place.isNew || name === 'build' || owner.startsWith('create'),
    isCondition: place.isCondition || name === 'where' || name === 'scope',
    isScoped: place.isScoped && LISTS.has(name),
  };
}

function presentValue(maker: Maker, type: GraphQLInputType, place: Place): unknown {
  if (isNonNullType(type)) return presentValue(maker, type.ofType, place);
  if (isListType(type)) return listValue(maker, type.ofType, place);
  if (isInputObjectType(type)) return objectValue(maker, type, place);
  return leafValue(maker, type, place.names);
}

function listValue(maker: Maker, item: GraphQLInputType, place: Place): unknown {
  const { random, stock, home } = maker;
  if (getNamedType(item).name === 'ID' && !place.isCondition) {
    // The ids that are there.
    const type = typeAt(place.names, stock) ?? '';
    return place.isNew ? [] : (home[type] ?? []).map(({ id }) => id);
  }
  const least = place.isCondition ? 1 : 0;
  const items = Array.from({ length: least + random.below(4 - least) }, () =>
    inputValue(maker, item, place),
  );
  return maker.mood === 'valid' ? withoutTwins(items) : items;
}

/** Leaves out what names a record that an item before it names. */
function withoutTwins(items: readonly unknown[]): readonly unknown[] {
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const isRecord = typeof item === 'object' && item !== null && 'id' in item;
    const name = isRecord ? item.id : JSON.stringify(item);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function objectValue(maker: Maker, type: GraphQLInputObjectType, place: Place): unknown {
  const fields = Object.values(type.getFields());
  const { chosen, isNew } = chooseFields(maker, type, fields, place);
  const isScoped = chosen.some(({ name }) => name === 'scope');
  const valueOf = (by: Maker, { name, type: inner }: GraphQLInputField) => {
    const there = below({ ...place, isNew, isScoped }, type.name, name);
    return type.isOneOf ? presentValue(by, inner, there) : inputValue(by, inner, there);
  };
  const unknown = chosen.find(({ name }) => name === 'onUnknown');
  const onUnknown = unknown && valueOf(maker, unknown);
  const relates = maker.mood === 'valid' && onUnknown === 'RELATE';
  const entries = chosen.map((field) => {
    if (field === unknown) return [field.name, onUnknown] as const;
    const isEntries = relates && field.name === 'entries';
    return [field.name, valueOf(isEntries ? awayFromHome(maker) : maker, field)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** What is related is of another family. */
function awayFromHome(maker: Maker): Maker {
  const { random, stock, home } = maker;
  return { ...maker, home: random.pick(stock.families) ?? home };
}

function chooseFields(
  maker: Maker,
  type: GraphQLInputObjectType,
  fields: readonly GraphQLInputField[],
  place: Place,
): { readonly chosen: readonly GraphQLInputField[]; readonly isNew: boolean } {
  const { random } = maker;
  const { isNew } = place;
  if (type.isOneOf) {
    const one =
      fields.find((field) => isFocus(maker, type, field)) ??
      (place.depth < DEPTH ? random.pick(fields) : fields.at(-1));
    const many = isOdd(maker) ? random.some(fields) : [];
    return { chosen: one ? [one, ...many.filter((field) => field !== one)] : [], isNew };
  }
  if (place.isCondition) return { chosen: conditionFields(random, fields, place), isNew };
  const offered = fields.filter(
    (field) =>
      isRequiredInputField(field) ||
      isFocus(maker, type, field) ||
      random.chance(chanceOf(field, place)),
  );
  const wanted = fields.filter((field) => isFocus(maker, type, field));
  return recordFields(maker, { fields, offered, wanted }, place);
}

function isFocus({ focus }: Maker, type: GraphQLInputObjectType, { name }: GraphQLInputField) {
  return focus.has(`${type.name}.${name}`);
}

function chanceOf({ name, type, defaultValue }: GraphQLInputField, { depth }: Place): number {
  // What a scope leaves out is not in the association.
  if (name === 'scope') return 0.2;
  // Without it nothing is asked for.
  if (name === 'entry' || name === 'ref') return 0.95;
  if (isLeafType(getNamedType(type))) return defaultValue === undefined ? 0.4 : 0.35;
  return depth < DEPTH ? 0.4 : 0;
}
