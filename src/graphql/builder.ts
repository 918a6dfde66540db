import SchemaBuilder from '@pothos/core';
import type { Context } from '../pothos/context.ts';

/**
 * The one builder of the schema: each file under graphql/ adds its types to it. Nothing is nullable
 * unless it says so.
 */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
  };
}>({ defaultFieldNullability: false });

/** Pothos's types of this schema, for helpers that take a field builder. */
type Types = (typeof builder)['$inferSchemaTypes'];

/** The field builder of an object type whose values are of the given shape. */
export type ObjectFields<Shape> = PothosSchemaTypes.ObjectFieldBuilder<Types, Shape>;

/** The field builder of Query. */
export type QueryFields = PothosSchemaTypes.QueryFieldBuilder<Types, Types['Root']>;

/** The field builder of Mutation. */
export type MutationFields = PothosSchemaTypes.MutationFieldBuilder<Types, Types['Root']>;

/** The field builder of an input type. */
export type InputFields = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;
