/** The parts of Prisma's datamodel (DMMF) that are read here. */
export interface Dmmf {
  readonly models: readonly DmmfModel[];
  readonly enums: readonly {
    readonly name: string;
    readonly values: readonly { readonly name: string; readonly dbName?: string | null }[];
  }[];
  readonly indexes: readonly {
    readonly model: string;
    /** id, unique or normal. */
    readonly type: string;
    readonly dbName?: string | null;
    readonly fields: readonly { readonly name: string }[];
  }[];
}

/** A model of the DMMF. */
export interface DmmfModel {
  readonly name: string;
  readonly dbName: string | null;
  readonly schema?: string | null;
  readonly fields: readonly DmmfField[];
  readonly primaryKey: {
    readonly name?: string | null;
    readonly fields: readonly string[];
  } | null;
  readonly uniqueFields: readonly (readonly string[])[];
}

/** A column, or a side of a relation. */
export interface DmmfField {
  readonly name: string;
  readonly dbName?: string | null;
  /** scalar, object, enum or unsupported. */
  readonly kind: string;
  readonly type: string;
  readonly nativeType?: readonly [string, readonly string[]] | null;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly isId: boolean;
  readonly isUnique: boolean;
  readonly isUpdatedAt?: boolean;
  /** A literal, or `{ name, args }` for a function such as autoincrement(). */
  readonly default?: unknown;
  readonly relationName?: string | null;
  readonly relationFromFields?: readonly string[] | null;
  readonly relationToFields?: readonly string[] | null;
}
