import * as fc from 'fast-check';
import {
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { printed, type Variables } from '../support/write.ts';

/**
 * Ids and texts that are stored, by the model that a name tells last: of `CastCommentPostEntry.id`
 * the posts'.
 */
const storedIds: Readonly<Record<string, readonly string[]>> = {
  Author: ['1', '2', '3'],
  Post: ['1', '2', '3', '4'],
  Comment: ['11', '12', '13', '21', '31'],
  Tag: ['41', '42', '43'],
  Permalink: ['51', '53', '59'],
};
const oddIds = ['', 'x', '007', '-1', '999', '9223372036854775808'];
const texts = ['a', 'One', 'great', 'Ann', 'ecto', 'elixir', '/one'];
const oddTexts = ['', ' \n', 'a\u0000', '\ud83d', '👩‍👩‍👧‍👦', 'x'.repeat(256), "';--"];

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  String: mostly(fc.constantFrom(...texts), fc.constantFrom(...oddTexts)),
  Int: mostly(fc.constant(1), fc.constantFrom(0, 2, -1, 2 ** 31 - 1)),
  Boolean: fc.boolean(),
  DateTime: fc.constant('2026-01-01T00:00:00.000Z'),
};

function anyId(place: string): fc.Arbitrary<string> {
  const names = [...place.matchAll(/author|post|comment|tag|permalink/gi)];
  const [last = ''] = names.at(-1) ?? [];
  const model = `${last.charAt(0).toUpperCase()}${last.slice(1).toLowerCase()}`;
  return mostly(fc.constantFrom(...(storedIds[model] ?? ['1'])), fc.constantFrom(...oddIds));
}

/** Levels of objects below which only what is required is sent. */
const DEPTH = 7;

/**
 * Where a value stands: its type and field, or its mutation and argument, and how many objects are
 * around it.
 */
interface Place {
  readonly name: string;
  readonly depth: number;
}

/**
 * Any mutation that the types let through: often of what is stored, sometimes odd. Conditions are
 * few and simple.
 */
export function anyRequest(): fc.Arbitrary<readonly [string, Variables]> {
  const mutations = Object.values(printed.getMutationType()?.getFields() ?? {});
  return fc.constantFrom(...mutations).chain(({ name, args }) => {
    const own = args.filter((argument) => argument.name !== 'options');
    const values = own.map((argument) => [
      argument.name,
      anyInput(argument.type, { name: `${name}.${argument.name}`, depth: 0 }),
    ]);
    return fc.record(Object.fromEntries(values)).map((variables) => [name, variables] as const);
  });
}

function anyInput(type: GraphQLInputType, place: Place): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return anyValue(type.ofType, place);
  return fc.option(anyValue(type, place), { freq: 12 });
}

function anyValue(type: GraphQLInputType, place: Place): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return anyValue(type.ofType, place);
  if (isListType(type)) return fc.array(anyInput(type.ofType, place), { maxLength: 3 });
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) return anyObject(type, place.depth);
  return type.name === 'ID' ? anyId(place.name) : (scalars[type.name] ?? fc.constant(null));
}

function anyObject(type: GraphQLInputObjectType, depth: number): fc.Arbitrary<unknown> {
  if (type.name.endsWith('Where')) return fc.constantFrom({}, { id: { gt: '11' } }, { OR: [] });
  const below = (field: GraphQLInputField) => ({
    name: `${type.name}.${field.name}`,
    depth: depth + 1,
  });
  const fields = Object.values(type.getFields());
  if (type.isOneOf) {
    const ways = fields.map((field) =>
      anyValue(field.type, below(field)).map((value) => ({
        [field.name]: value,
      })),
    );
    return depth < DEPTH ? fc.oneof(...ways) : (ways.at(-1) ?? fc.constant({}));
  }
  const entries = fields.flatMap((field) => {
    const value = anyInput(field.type, below(field));
    const isNeeded = isNonNullType(field.type) && field.defaultValue === undefined;
    if (isNeeded) return [[field.name, value] as const];
    return depth < DEPTH ? [[field.name, perhaps(value)] as const] : [];
  });
  return fc.record(Object.fromEntries(entries)).map(withoutAbsent);
}

const absent = Symbol('absent');

function perhaps(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const none = { weight: 2, arbitrary: fc.constant(absent) };
  return fc.oneof(none, { weight: 1, arbitrary: value });
}

function withoutAbsent(value: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== absent));
}

function mostly<T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });
}
