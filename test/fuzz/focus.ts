import { type GraphQLField, type GraphQLInputType, getNamedType, isInputObjectType } from 'graphql';

/**
 * What an operation is to name in any case: an argument, as `field(argument)`, and input fields, as
 * `Type.field`, each in the one before.
 */
export type Focus = ReadonlySet<string>;

/**
 * The ways to all the arguments of a field and the input fields below them: left to chance alone,
 * those far down would hardly ever be reached. What is below a condition is no such way.
 */
export function focusesOf({ name: root, args }: GraphQLField<unknown, unknown>): readonly Focus[] {
  const open = args.map(({ name, type }) => ({ type, way: [`${root}(${name})`] }));
  const ways = new Map(open.map(({ way }) => [way.join(), way]));
  for (const { type, way } of open) {
    for (const [name, inner] of fieldsOf(type)) {
      if (ways.has(name)) continue;
      ways.set(name, [...way, name]);
      if (!name.endsWith('.scope')) open.push({ type: inner, way: [...way, name] });
    }
  }
  return [...ways.values()].map((way) => new Set(way));
}

/** The names and types of an input object's fields. */
function fieldsOf(type: GraphQLInputType): readonly (readonly [string, GraphQLInputType])[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).map(
    (field) => [`${named.name}.${field.name}`, field.type] as const,
  );
}
