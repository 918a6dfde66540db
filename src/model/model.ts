import type { Value, Values } from './value.ts';

/** The scalar types of Prisma, and its enums. */
export type ScalarType =
  | 'String'
  | 'Boolean'
  | 'Int'
  | 'BigInt'
  | 'Float'
  | 'Decimal'
  | 'DateTime'
  | 'Json'
  | 'Bytes'
  | 'Enum';

/** A column. `name` is Prisma's field name, `column` the database's. */
export interface Field {
  readonly name: string;
  readonly column: string;
  readonly type: ScalarType;
  readonly nativeType: string | null;
  /** The places after the point that a Decimal always has; null where the column leaves them open. */
  readonly scale: number | null;
  /** The digits before the point that a Decimal has at most; null where the column leaves them open. */
  readonly wholeDigits: number | null;
  /** The characters that the column holds at most; null where it names no bound. */
  readonly maxLength: number | null;
  readonly enumName: string | null;
  /** The values of an enum, each with the database's name for it. */
  readonly enumValues: ReadonlyMap<string, string>;
  readonly isList: boolean;
  readonly isNullable: boolean;
  /** The value a new record starts with: the literal default of the Prisma schema, else null. */
  readonly default: Value;
  /**
   * Who makes the value when an insert leaves it out: a sequence, a UUID of ours, the clock, the
   * database, Prisma's client, or none.
   */
  readonly generated: 'sequence' | 'uuid' | 'now' | 'database' | 'client' | null;
  /** The SQL of a dbgenerated() default. */
  readonly defaultSql: string | null;
  /** The function of a default that Prisma's client makes: `cuid(2)`. */
  readonly defaultCall: string | null;
}

/**
 * A table: its fields, its primary key, its unique keys and its associations. `name` is Prisma's
 * model name.
 */
export interface Model {
  readonly name: string;
  readonly table: string;
  /** The PostgreSQL schema that the table is in; null for the connection's. */
  readonly schema: string | null;
  readonly fields: ReadonlyMap<string, Field>;
  readonly primaryKey: readonly string[];
  /** The name under which Prisma takes a primary key of several fields. */
  readonly primaryKeyName: string;
  /** The database's name for the primary key's constraint. */
  readonly primaryKeyConstraint: string;
  /** Every unique key, the primary key among them, each as its field names. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** The database's names for their indexes, the primary key's apart, by `keyText` of the fields. */
  readonly uniqueNames: ReadonlyMap<string, string>;
  readonly associations: ReadonlyMap<string, Association>;
  /** The DateTime field that every UPDATE sets to the clock, if there is one. */
  readonly updatedAt: string | null;
  /** Whether Prisma's client sets a field with every update of it (@updatedAt). */
  readonly isStamped: boolean;
  /** The Int field that every UPDATE raises by one, if there is one. */
  readonly version: string | null;
  /** The fields that no client sees. */
  readonly hidden: readonly string[];
}

/**
 * What becomes of a current record that a cast or put leaves out or replaces (as Ecto's
 * :on_replace, 3.13).
 */
export type OnReplace = (typeof onReplaces)[number];

/** Every value of onReplace. */
export const onReplaces = [
  'raise',
  'markAsInvalid',
  'nilify',
  'update',
  'delete',
  'deleteIfExists',
] as const;

/** What becomes of the associated rows when their owner is deleted (as Ecto's :on_delete, 3.13). */
export type OnDelete = 'nothing' | 'nilifyAll' | 'deleteAll';

/**
 * What an entry of a cast is whose id is not in the association: a new record as in Ecto, an issue
 * (NOT_IN_ASSOCIATION), or the stored record of that id, to be associated (an issue if there is none).
 */
export type OnUnknown = 'insert' | 'issue' | 'relate';

/** One field to order by. */
export interface Order {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

/** What a domain may say of an association; the defaults are Ecto's. */
export interface AssociationRules {
  /** Default raise. */
  readonly onReplace: OnReplace;
  /** Default nothing. */
  readonly onDelete: OnDelete;
  /** Default insert. */
  readonly onUnknown: OnUnknown;
  /**
   * Whether a change of children alone also updates the owner's updatedAt and version. Default
   * true.
   */
  readonly forceUpdateOnChange: boolean;
  /**
   * Of a has_many: the whole field of its rows that keeps their order, null if none does. Who writes
   * the list writes the field. Default null.
   */
  readonly position: string | null;
  /** The order of a preload that names none. Default that of `position`. */
  readonly preloadOrder: readonly Order[];
  /** Field values that the associated rows always have: a condition of every preload. */
  readonly where: Values;
  /** Field values that a record built through the association starts with. */
  readonly defaults: Values;
  /**
   * Of a many_to_many: whether the same record twice in one list is an error. Default false; always
   * true of has_many.
   */
  readonly unique: boolean;
}

interface AssociationBase {
  readonly name: string;
  readonly owner: Model;
  readonly related: Model;
  readonly rules: AssociationRules;
}

/** The owner holds the foreign key `ownerKey`, which points to `relatedKey`. */
export interface BelongsTo extends AssociationBase {
  readonly kind: 'belongsTo';
  readonly cardinality: 'one';
  readonly ownerKey: readonly string[];
  readonly relatedKey: readonly string[];
  /** The database's name for the foreign key. */
  readonly constraint: string;
}

/** The related record holds the foreign key `relatedKey`, which points to `ownerKey`. */
export interface Has extends AssociationBase {
  readonly kind: 'hasOne' | 'hasMany';
  readonly cardinality: 'one' | 'many';
  readonly ownerKey: readonly string[];
  readonly relatedKey: readonly string[];
  /** The database's name for the foreign key. */
  readonly constraint: string;
}

/** Owner and related record are linked by rows of a third table. */
export interface ManyToMany extends AssociationBase {
  readonly kind: 'manyToMany';
  readonly cardinality: 'many';
  readonly ownerKey: readonly string[];
  readonly relatedKey: readonly string[];
  /** The join model; null for Prisma's implicit join table. */
  readonly join: Join | null;
}

/**
 * The join model of a many_to_many: its foreign keys, and the names under which Prisma knows it.
 */
export interface Join {
  readonly model: Model;
  /** The join model's foreign key to the owner, and to the related record. */
  readonly ownerKey: readonly string[];
  readonly relatedKey: readonly string[];
  /** The owner's list of join rows, and the join row's belongs_to to the related record. */
  readonly ownerField: string;
  readonly relatedField: string;
}

/** The associations named one after the other; only to be read. */
export interface Through extends AssociationBase {
  readonly kind: 'through';
  readonly cardinality: 'one' | 'many';
  readonly path: readonly string[];
}

/** An association, discriminated by `kind`. */
export type Association = BelongsTo | Has | ManyToMany | Through;

/** An association that does not go through others. */
export type DirectAssociation = Exclude<Association, Through>;

/** The models by name. */
export interface Models extends ReadonlyMap<string, Model> {
  /** The hash of the schema that they were read from. */
  readonly hash?: string;
  /** Whether the database's refusal for a key is an error of the changeset also undeclared. */
  readonly declaresKeys?: true;
}
