import type { Changeset } from '../changeset/changeset.ts';
import type { Datamodel } from '../model/datamodel/datamodel.ts';
import type { AssociationRules, Model, OnReplace, Order } from '../model/model.ts';
import type { Value, Values } from '../model/value.ts';
import type { Plan } from '../plan/plan.ts';
import type { AssociationName, FieldName, ModelName, OnReplaceOf, Relation } from './names.ts';

/**
 * How clients write a model: what may be cast, what must hold, how its associations are written.
 * `Context` is what `validate` is given of the request, `Joined` are the names under `manyToMany`.
 */
export interface Declaration<
  D extends Datamodel = Datamodel,
  M extends ModelName<D> = ModelName<D>,
  Context = unknown,
  Joined extends string = string,
> {
  /** The fields that a client may cast, foreign keys among them. Default none. */
  readonly cast?: readonly FieldName<D, M>[];
  /**
   * Validates a record and declares its constraints; the same for a new one and a stored one. Its
   * associations are cast and put by then, those that were sent; `context` is the request's.
   */
  validate?(changeset: ChangesetOf<D, M, Joined>, context: Context): Changeset;
  /** Bytes of a text at most, where `validate` finds no fault in its length. Default 1,000,000. */
  readonly maxTextBytes?: number;
  /**
   * Changes a valid record that is created or updated, wherever in a request, before the writes are
   * planned; `tx` is the Prisma client of the transaction. What it puts is planned as if it were
   * sent, and not validated. Runs again if the transaction is retried. As
   * Ecto.Changeset.prepare_changes/2, 3.13.
   */
  prepare?(
    changeset: ChangesetOf<D, M, Joined>,
    tx: unknown,
    context: Context,
  ): Changeset | Promise<Changeset>;
  /**
   * Runs once a mutation is committed that was asked of this model or writes a row of it, before
   * the answer, which waits for it. At most once; not if the mutation writes nothing, nor for a dry
   * run or a replay. What it throws is reported, and the answer stands.
   */
  afterCommit?(plan: Plan, context: Context): unknown;
  /** The field that rises by 1 with every update, and guards it. */
  readonly version?: FieldName<D, M>;
  /** The field that takes the time of every update. Default the one marked @updatedAt. */
  readonly updatedAt?: FieldName<D, M>;
  /** The fields that no client sees: neither shown nor cast, filtered, ordered or listed as changed. */
  readonly hidden?: readonly FieldName<D, M>[];
  /** Its relations by name. One that is only read need not be named. */
  readonly associations?: { readonly [A in AssociationName<D, M>]?: RelationDeclaration<D, M, A> };
  /** Its many_to_many through a join model, by a name of their own. */
  readonly manyToMany?: { readonly [A in Joined]?: JoinDeclaration<D, M> };
  /** What is only read through other associations, by a name of its own: those to follow. */
  readonly through?: { readonly [association: string]: readonly string[] };
}

/** A changeset of a model: a many_to_many of another name than the compiler knows is refused, too. */
type ChangesetOf<D extends Datamodel, M extends ModelName<D>, Joined extends string> = Changeset<
  FieldName<D, M> | AssociationName<D, M> | (string extends Joined ? never : Joined)
>;

/** What may be declared of a relation, by its kind. */
export type RelationDeclaration<
  D extends Datamodel,
  M extends ModelName<D>,
  A extends AssociationName<D, M>,
> = Kinds<FieldName<D, Relation<D, M, A>['to']>, Relation<D, M, A>['required']>[Relation<
  D,
  M,
  A
>['kind']];

interface Kinds<Field extends string, Required extends boolean> {
  readonly belongsTo: BelongsToDeclaration<Field>;
  readonly hasOne: AssociationDeclaration<Field, OnReplaceOf<Required>['hasOne']>;
  readonly hasMany: AssociationDeclaration<Field, OnReplaceOf<Required>['hasMany']>;
  readonly manyToMany: AssociationDeclaration<Field, OnReplaceOf<Required>['manyToMany']>;
}

/**
 * A many_to_many through a join model: the model's list of join rows, and the join row's belongs_to
 * to what is linked.
 */
export interface JoinDeclaration<
  D extends Datamodel = Datamodel,
  M extends ModelName<D> = ModelName<D>,
> extends AssociationDeclaration<string, OnReplaceOf<false>['manyToMany']> {
  readonly joinThrough: readonly [AssociationName<D, M>, string];
}

/**
 * The rules and the tools that any association has. Beside Ecto's defaults an unknown id is an issue,
 * and children alone do not touch their owner. `Field` are the fields of the model at its other end.
 */
interface Tools<Field extends string, Replace extends OnReplace> extends Partial<
  Pick<AssociationRules, 'onUnknown' | 'forceUpdateOnChange' | 'unique'>
> {
  /**
   * Whether it may not be empty: not left out of a new record, nor emptied by a cast or a put.
   * Default false; a parent that the foreign key needs is required anyway.
   */
  readonly required?: boolean;
  /** What one record of it is called, as in buildPostComment. Default its name, without a final s. */
  readonly singular?: string;
  /** What becomes of a record that is left out, where a client does not choose. Default raise. */
  readonly onReplace?: Replace;
  /** The order in which it is read. Default by key. */
  readonly preloadOrder?: readonly (Order & { readonly field: Field })[];
  /** Field values that its records always have. */
  readonly where?: FieldValues<Field>;
  /** Field values that a record built through it starts with. */
  readonly defaults?: FieldValues<Field>;
  /** cast_assoc. */
  readonly cast?: Partial<Choice<Replace>> &
    EntryDeclaration<Field> & {
      /** Whether a client may ask for a record of elsewhere to be related. Default false. */
      readonly relate?: boolean;
    };
  /** put_assoc. */
  readonly put?: Partial<Choice<Exclude<Replace, 'update'>>> & {
    /** The unique fields, beside the id, that a reference may name. */
    readonly by?: readonly Field[];
    /** Whether a client may ask for a record to be created for a name that none has. */
    readonly create?: boolean;
  };
}

type FieldValues<Field extends string> = string extends Field
  ? Values
  : { readonly [name in Field]?: Value };

/** A relation of which the model holds the foreign key. */
export interface BelongsToDeclaration<
  Field extends string = string,
  Replace extends OnReplace = OnReplace,
> extends Tools<Field, Replace> {
  readonly onDelete?: 'nothing';
}

/** An association through which records can be built. */
export interface AssociationDeclaration<
  Field extends string = string,
  Replace extends OnReplace = OnReplace,
> extends Tools<Field, Replace> {
  readonly onDelete?: AssociationRules['onDelete'];
  /** The field of its records that keeps the order of a list. */
  readonly position?: Field;
  /** build_assoc. */
  readonly build?: EntryDeclaration<Field>;
}

/**
 * The onReplace values that a client may choose from, and the default.
 * Default what changes no other record: of a belongs_to and a many_to_many the link may go, of a
 * has_one and a has_many the request is refused.
 */
export interface Choice<Replace extends OnReplace = OnReplace> {
  readonly allowed: readonly Replace[];
  readonly default: Replace;
}

/** What an entry of a cast or build takes. */
interface EntryDeclaration<Field extends string> {
  /** Default what the model casts, without the foreign key of this association. */
  readonly fields?: readonly Field[];
  /** The associations that it carries. Default all that the model declares, without the way back. */
  readonly nested?: readonly string[];
  /** The name of the input type: of two entries of one model that differ, one needs it. */
  readonly entry?: string;
}

/** All associations that are declared of a model, by name. */
export function declaredAssociations({
  associations = {},
  manyToMany = {},
}: Declaration): readonly (readonly [string, AssociationDeclaration])[] {
  const declared = [...Object.entries(associations), ...Object.entries(manyToMany)];
  return declared.flatMap(([name, relation]) =>
    relation === undefined ? [] : [[name, relation] as const],
  );
}

/**
 * The associations that are declared of a model in the order of its relations; a many_to_many stands
 * where its join rows do.
 */
export function inSchemaOrder({ associations }: Model, declared: Declaration) {
  const names = [...associations.keys()];
  const placeOf = ([name]: readonly [string, AssociationDeclaration]) =>
    names.indexOf(declared.manyToMany?.[name]?.joinThrough[0] ?? name);
  return declaredAssociations(declared).toSorted((one, other) => placeOf(one) - placeOf(other));
}

type OwnedOptions<
  Field extends string = string,
  Replace extends OnReplace = OnReplace,
> = AssociationDeclaration<Field, Replace> & { readonly relate?: boolean };

/**
 * An association whose records cannot stand without their owner: they go with it, a cast deletes
 * what it leaves out, a put loses none unless it is asked to. `relate`: a cast may take in those of
 * other owners.
 */
export function owned<Field extends string = string, Replace extends OnReplace = OnReplace>(
  options?: OwnedOptions<NoInfer<Field>, NoInfer<Replace>>,
): AssociationDeclaration<Field, Replace>;
export function owned({ relate = false, ...options }: OwnedOptions = {}): AssociationDeclaration {
  const allowed = ['markAsInvalid', 'delete'] as const;
  return {
    onDelete: 'deleteAll',
    cast: { allowed, default: 'delete', relate },
    put: { allowed, default: 'markAsInvalid' },
    build: {},
    ...options,
  };
}

/**
 * An association whose records stand by themselves: a client chooses among those that are there.
 * `by` names the unique fields, beside the id, by which it may.
 */
export function reference<Field extends string = string, Replace extends OnReplace = OnReplace>({
  by = [],
  ...options
}: BelongsToDeclaration<NoInfer<Field>, NoInfer<Replace>> & {
  readonly by?: readonly NoInfer<Field>[];
} = {}): BelongsToDeclaration<Field, Replace> {
  return { put: { by }, ...options };
}
