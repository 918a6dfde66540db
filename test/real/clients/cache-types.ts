import {
  buildSchema,
  type IntrospectionQuery,
  introspectionFromSchema,
  isAbstractType,
  isObjectType,
} from 'graphql';

/** What caches must know of the schema: find it out when the front end is built. */
export type CacheTypes = {
  readonly introspection: IntrospectionQuery;
  /** The types of each interface and union. */
  readonly possibleTypes: Readonly<Record<string, string[]>>;
  /** The types that are no records: they have no id. */
  readonly withoutId: readonly string[];
  readonly mutations: readonly string[];
};

/** Reads it from the text that `GET /schema.graphql` answers. */
export function readCacheTypes(text: string): CacheTypes {
  const schema = buildSchema(text);
  const types = Object.values(schema.getTypeMap());
  const possible = types
    .filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]);
  const withoutId = types.filter(isObjectType).filter((type) => !('id' in type.getFields()));
  return {
    introspection: introspectionFromSchema(schema, { descriptions: false }),
    possibleTypes: Object.fromEntries(possible),
    withoutId: withoutId.map(({ name }) => name),
    mutations: Object.keys(schema.getMutationType()?.getFields() ?? {}),
  };
}
