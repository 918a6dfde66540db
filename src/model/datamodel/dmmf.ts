/** The parts of Prisma's datamodel (DMMF) that are read here. */
export interface Datamodel {
  readonly models: readonly DatamodelModel[];
  readonly enums: readonly {
    readonly name: string;
    readonly values: readonly { readonly name: string }[];
  }[];
}

/** A model of the datamodel. */
export interface DatamodelModel {
  readonly name: string;
  readonly dbName: string | null;
  readonly fields: readonly DatamodelField[];
  readonly primaryKey: {
    readonly name?: string | null;
    readonly fields: readonly string[];
  } | null;
  readonly uniqueFields: readonly (readonly string[])[];
}

/** A column, or a side of a relation. */
export interface DatamodelField {
  readonly name: string;
  readonly dbName?: string | null;
  readonly kind: string;
  readonly type: string;
  readonly nativeType?: readonly [string, readonly string[]] | null;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly isId: boolean;
  readonly isUnique: boolean;
  readonly isUpdatedAt?: boolean;
  readonly default?: unknown;
  readonly relationName?: string | null;
  readonly relationFromFields?: readonly string[] | null;
  readonly relationToFields?: readonly string[] | null;
}
