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

/**
 * Puts a stricter ID in the place of GraphQL's, which Pothos takes for every schema: a number that
 * JSON cannot hold has become another one on its way, and would name another record. The schema is
 * changed, and comes back.
 */
export function withSafeIds(schema: GraphQLSchema): GraphQLSchema {
  const types = schema.getTypeMap();
  for (const type of Object.values(types)) {
    if (isInputObjectType(type)) Object.values(type.getFields()).forEach(swapType);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      swapType(field);
      field.args.forEach(swapType);
    }
  }
  for (const { args } of schema.getDirectives()) args.forEach(swapType);
  types[GraphQLID.name] = safeId;
  return schema;
}

const safeId = new GraphQLScalarType({
  ...GraphQLID.toConfig(),
  description:
    'An id: text, or an integer. As a JSON number at most 2^53 - 1; a larger one is sent as text.',
  parseValue(value) {
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new GraphQLError(
        `ID cannot be read from the number ${String(value)}: JSON holds no integer above 2^53 - 1. Send it as text.`,
        { extensions: { code: 'BAD_USER_INPUT' } },
      );
    }
    return GraphQLID.parseValue(value);
  },
});

function swapType(element: { type: GraphQLType }): void {
  element.type = swapped(element.type);
}

function swapped(type: GraphQLType): GraphQLType {
  if (isNonNullType(type)) return new GraphQLNonNull(swapped(type.ofType));
  if (isListType(type)) return new GraphQLList(swapped(type.ofType));
  return type === GraphQLID ? safeId : type;
}
