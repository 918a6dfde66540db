import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  type TypeNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * Every field, argument, input field and enum value that a query or a mutation can name, as
 * `Type.field`. What only subscriptions name is left out: their events depend on what others write.
 */
export function coordinatesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const types = [...typesBelow(schema, [schema.getQueryType(), schema.getMutationType()])];
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

/** The types that the fields of some types lead to, themselves among them. */
function typesBelow(
  schema: GraphQLSchema,
  roots: readonly (GraphQLNamedType | null | undefined)[],
): ReadonlySet<GraphQLNamedType> {
  const types = new Set<GraphQLNamedType>(
    roots.filter((type) => type !== null && type !== undefined),
  );
  // What is added meanwhile is visited too.
  for (const type of types) {
    const given = isObjectType(type)
      ? Object.values(type.getFields()).map((field) => getNamedType(field.type))
      : [];
    const members = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
    for (const next of [...given, ...members, ...takenBy(type)]) types.add(next);
  }
  return types;
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

/** What one root field of an operation names: in its selections, its fragments and arguments. */
export function coordinatesIn(
  schema: GraphQLSchema,
  document: DocumentNode,
  root: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const { operation, variableDefinitions = [] } = operationOf(document);
  const types = new Map(
    variableDefinitions.map(({ variable, type }) => [variable.name.value, type]),
  );
  const look = (node: ASTNode, info: TypeInfo): void => {
    const add = (owner: { readonly name: string } | null | undefined, name: string) => {
      if (owner) found.add(`${owner.name}.${name}`);
    };
    visit(
      node,
      visitWithTypeInfo(info, {
        Field: ({ name }) => add(info.getParentType(), name.value),
        Argument: ({ name }) =>
          add(info.getParentType(), `${info.getFieldDef()?.name ?? ''}(${name.value})`),
        ObjectField: ({ name }) => add(getNamedType(info.getParentInputType()), name.value),
        EnumValue: ({ value }) => add(getNamedType(info.getInputType()), value),
        Variable: ({ name: { value: name } }) => {
          const type = types.get(name);
          const named = type && schema.getType(nameOf(type));
          if (isInputType(named)) addValue(found, named, variables[name]);
        },
        FragmentSpread: ({ name }) => {
          const fragment = document.definitions.find(
            (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name.value,
          );
          if (fragment) look(fragment, new TypeInfo(schema));
        },
      }),
    );
  };
  look(root, new TypeInfo(schema, schema.getRootType(operation)));
  return found;
}

/** The operation of a document, which is its first definition. */
export function operationOf({ definitions: [operation] }: DocumentNode): OperationDefinitionNode {
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('there is no operation');
  return operation;
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
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
