import {
  GraphQLError,
  GraphQLID,
  GraphQLList,
  GraphQLNonNull,
  GraphQLScalarType,
  type GraphQLSchema,
  type GraphQLType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Builder } from './builder.ts';

/**
 * Lets a builder make its schemas with an ID that is stricter than GraphQL's: a number that JSON
 * cannot hold has become another one on its way, and would name another record; and text of more
 * than `maxBytes` is no id. A BigInt is one, as Pothos's types say. Pothos takes GraphQL's for every schema, so it is replaced in the one
 * that is built.
 */
export function addStrictId(builder: Builder, maxBytes: number): void {
  const toSchema = builder.toSchema.bind(builder);
  const id = makeId(maxBytes);
  builder.toSchema = (...options) => withId(toSchema(...options), id);
}

/** Whether an id was sent that is too long for one: no column holds its text. */
export function isTooLong(id: string): boolean {
  return id.startsWith(TOO_LONG);
}

/** The text that was sent for an id, however long. */
export function textOf(id: string): string {
  return isTooLong(id) ? id.slice(TOO_LONG.length) : id;
}

/** Stands before an id that is too long. No cast takes NUL, so that it is none wherever it goes. */
const TOO_LONG = '\0';

function makeId(maxBytes: number): GraphQLScalarType<string> {
  const read = (id: string) => (Buffer.byteLength(id) > maxBytes ? `${TOO_LONG}${id}` : id);
  return new GraphQLScalarType({
    ...GraphQLID.toConfig(),
    description: `An id: text of at most ${maxBytes} bytes, or an integer. As a JSON number at most 2^53 - 1; a larger one is sent as text.`,
    serialize: (value) => GraphQLID.serialize(typeof value === 'bigint' ? `${value}` : value),
    parseValue(value) {
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        throw new GraphQLError(
          `ID cannot be read from the number ${String(value)}: JSON holds no integer above 2^53 - 1. Send it as text.`,
          { extensions: { code: 'BAD_USER_INPUT' } },
        );
      }
      return read(GraphQLID.parseValue(value));
    },
    parseLiteral: (node) => read(GraphQLID.parseLiteral(node, {})),
  });
}

/** Replaces a schema's ID. The schema is changed, and comes back. */
function withId(schema: GraphQLSchema, id: GraphQLScalarType): GraphQLSchema {
  const types = schema.getTypeMap();
  const swap = (element: { type: GraphQLType }) => {
    element.type = swapped(element.type, id);
  };
  for (const type of Object.values(types)) {
    if (isInputObjectType(type)) Object.values(type.getFields()).forEach(swap);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      swap(field);
      field.args.forEach(swap);
    }
  }
  for (const { args } of schema.getDirectives()) args.forEach(swap);
  types[GraphQLID.name] = id;
  return schema;
}

function swapped(type: GraphQLType, id: GraphQLScalarType): GraphQLType {
  if (isNonNullType(type)) return new GraphQLNonNull(swapped(type.ofType, id));
  if (isListType(type)) return new GraphQLList(swapped(type.ofType, id));
  return type === GraphQLID ? id : type;
}
