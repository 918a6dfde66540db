import type { FieldRef, SchemaTypes } from '@pothos/core';

/**
 * Pothos's types of a builder as the kit sees it, of any user: of the context it knows nothing, and
 * no default of the builder is relied on, so that `nullable` and `required` are always written.
 */
export type KitTypes = PothosSchemaTypes.ExtendDefaultTypes<{
  Context: object;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    BigInt: { Input: bigint; Output: bigint };
    Decimal: { Input: string; Output: string };
    Bytes: { Input: Uint8Array; Output: Uint8Array };
  };
}>;

/** A schema builder. */
export type Builder<Types extends SchemaTypes = KitTypes> = PothosSchemaTypes.SchemaBuilder<Types>;

/** The field builder of an object type whose values are of the given shape. */
export type ObjectFields<
  Shape,
  Types extends SchemaTypes = KitTypes,
> = PothosSchemaTypes.ObjectFieldBuilder<Types, Shape>;

/** The field builder of Query. */
export type QueryFields<Types extends SchemaTypes = KitTypes> = PothosSchemaTypes.QueryFieldBuilder<
  Types,
  Types['Root']
>;

/** The field builder of Mutation. */
export type MutationFields<Types extends SchemaTypes = KitTypes> =
  PothosSchemaTypes.MutationFieldBuilder<Types, Types['Root']>;

/** The field builder of Subscription. */
export type SubscriptionFields<Types extends SchemaTypes = KitTypes> =
  PothosSchemaTypes.SubscriptionFieldBuilder<Types, Types['Root']>;

/** An enum type. */
export type EnumType = PothosSchemaTypes.EnumRef<KitTypes, unknown>;

/** An input type whose values are of the given shape. */
export type InputRef<Shape> = PothosSchemaTypes.InputObjectRef<KitTypes, Shape>;

/** The field builder of an input type. */
export type InputFields = PothosSchemaTypes.InputFieldBuilder<KitTypes, 'InputObject'>;

/** An output field. */
export type Field<Types extends SchemaTypes = KitTypes> = FieldRef<Types>;

/** Output fields by name. */
export type Fields<Types extends SchemaTypes = KitTypes> = Record<string, Field<Types>>;
