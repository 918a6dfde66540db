import {
  type FieldNode,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  type OperationDefinitionNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** Every field, argument, input field and enum value that a query or a mutation can name, as `Type.field`. */
export function coordinatesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && type !== schema.getSubscriptionType(),
  );
  const taken = new Set(types.flatMap(takenBy));
  return new Set(
    types.flatMap((type) => {
      if (isEnumType(type) && taken.has(type))
        return type.getValues().map(({ name }) => `${type.name}.${name}`);
      if (isInputObjectType(type)) {
        return Object.keys(type.getFields()).map((name) => `${type.name}.${name}`);
      }
      if (!isObjectType(type)) return [];
      return Object.values(type.getFields()).flatMap(({ name, args }) => [
        `${type.name}.${name}`,
        ...args.map((arg) => `${type.name}.${name}(${arg.name})`),
      ]);
    }),
  );
}

/** The types of what a type's fields or their arguments take. */
function takenBy(type: GraphQLNamedType): readonly GraphQLNamedType[] {
  const given = isInputObjectType(type)
    ? Object.values(type.getFields())
    : isObjectType(type)
      ? Object.values(type.getFields()).flatMap(({ args }) => args)
      : [];
  return given.map((field) => getNamedType(field.type));
}

/** What one root field of an operation speaks of: those of its selections and of its arguments. */
export function coordinatesIn(
  schema: GraphQLSchema,
  { operation, variableDefinitions = [] }: OperationDefinitionNode,
  root: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const info = new TypeInfo(schema, schema.getRootType(operation));
  const add = (owner: { readonly name: string } | null | undefined, name: string) => {
    if (owner) found.add(`${owner.name}.${name}`);
  };
  const named = () => getNamedType(info.getInputType());
  visit(
    root,
    visitWithTypeInfo(info, {
      Field: ({ name }) => add(info.getParentType(), name.value),
      Argument: ({ name }) =>
        add(info.getParentType(), `${info.getFieldDef()?.name ?? ''}(${name.value})`),
      ObjectField: {
        enter: ({ name }) => add(getNamedType(info.getParentInputType()), name.value),
      },
      EnumValue: ({ value }) => add(named(), value),
      Variable: ({ name }) => {
        const definition = variableDefinitions.find(
          ({ variable }) => variable.name.value === name.value,
        );
        const type = definition && typeFromAST(schema, definition.type);
        if (type) addValue(found, type as GraphQLInputType, variables[name.value]);
      },
    }),
  );
  return found;
}

function addValue(found: Set<string>, type: GraphQLInputType, value: unknown): void {
  const named = getNamedType(type);
  if (Array.isArray(value)) for (const item of value) addValue(found, type, item);
  else if (isEnumType(named) && typeof value === 'string') found.add(`${named.name}.${value}`);
  else if (isInputObjectType(named) && typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      const field = named.getFields()[name];
      if (!field) continue;
      found.add(`${named.name}.${name}`);
      addValue(found, field.type, inner);
    }
  }
}
