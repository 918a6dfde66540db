/**
 * What the generator writes of a Prisma schema. What is not said of a field or a model is as Prisma
 * has it by default, so that the types of a large schema stay small.
 */
export interface Datamodel {
  /** SHA-256 of the schema. */
  readonly hash?: string;
  /** The enums: each value with the database's name for it. */
  readonly enums: { readonly [name: string]: { readonly [value: string]: string } };
  readonly models: { readonly [name: string]: DatamodelModel };
}

/** A model: its table, keys, columns and relations. */
export interface DatamodelModel {
  readonly table: string;
  /** The PostgreSQL schema of @@schema. */
  readonly schema?: string;
  readonly key: readonly string[];
  /** The name that the schema gives to a key of several fields. */
  readonly keyName?: string;
  /** The database's name for the key's constraint. */
  readonly keyConstraint?: string;
  /** The unique keys beside the primary key. */
  readonly uniques: readonly (readonly string[])[];
  /** The database's names for the indexes of unique keys, by their fields with commas between. */
  readonly uniqueNames?: { readonly [fields: string]: string };
  readonly fields: { readonly [name: string]: DatamodelField };
  readonly associations: { readonly [name: string]: DatamodelAssociation };
}

/** A column. */
export interface DatamodelField {
  /** A scalar of Prisma, or the name of an enum. */
  readonly type: string;
  /** Default the field's name. */
  readonly column?: string;
  /** The native type: Uuid, Timestamp. */
  readonly native?: string;
  /** The places after the point that a Decimal's native type names. */
  readonly scale?: number;
  /** The digits before the point that a Decimal's native type holds at most. */
  readonly wholeDigits?: number;
  /** The characters that a text's native type holds at most. */
  readonly maxLength?: number;
  readonly list?: true;
  readonly nullable?: true;
  /** A literal default; that of a Json column is its value. */
  readonly default?: Literal;
  /** Who makes the value when an insert leaves it out. */
  readonly generated?: 'sequence' | 'uuid' | 'now' | 'database' | 'client';
  /** What Prisma's client makes: `cuid(2)`. */
  readonly call?: string;
  /** The SQL of a dbgenerated() default. */
  readonly sql?: string;
  readonly updatedAt?: true;
}

/** JSON. */
export type Literal =
  null | string | number | boolean | readonly Literal[] | { readonly [key: string]: Literal };

/** A relation, from the side that has its name. */
export interface DatamodelAssociation {
  readonly kind: 'belongsTo' | 'hasOne' | 'hasMany' | 'manyToMany';
  readonly to: string;
  /** Whether the foreign key takes no null. */
  readonly required: boolean;
  readonly ownerKey: readonly string[];
  readonly relatedKey: readonly string[];
  /** The name that the schema gives to the foreign key. */
  readonly constraint?: string;
}
