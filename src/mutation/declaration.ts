import type { Changeset } from '../changeset/changeset.ts';
import type { AssociationOptions } from '../model/datamodel/association-rules.ts';
import type { Datamodel, DatamodelModel } from '../model/datamodel/dmmf.ts';
import type { OnReplace } from '../model/model.ts';

/** The names of a datamodel's models. */
export type ModelName<D extends Datamodel> = D['models'][number]['name'];

/** The names of a model's fields, associations aside. */
export type FieldName<D extends Datamodel, M extends ModelName<D>> = Exclude<
  ModelNamed<D['models'][number], M>['fields'][number],
  { readonly kind: 'object' }
>['name'];

/** The models of a name; where the compiler knows no names, any. */
type ModelNamed<Source extends DatamodelModel, M> = Source extends { readonly name: infer Name }
  ? M extends Name
    ? Source
    : never
  : never;

/** How clients write a model: what may be cast, what must hold, how its associations are written. */
export interface Declaration<
  D extends Datamodel = Datamodel,
  M extends ModelName<D> = ModelName<D>,
> {
  /** The fields that a client may cast, foreign keys among them. Default none. */
  readonly cast?: readonly FieldName<D, M>[];
  /** Validates a record and declares its constraints; the same for a new one and a stored one. */
  readonly validate?: (changeset: Changeset) => Changeset;
  /**
   * Bytes of a text at most, where `validate` finds no fault in its length. Default 1,000,000.
   */
  readonly maxTextBytes?: number;
  /** The field that rises by 1 with every update, and guards it. */
  readonly version?: FieldName<D, M>;
  /** The field that takes the time of every update. Default the one marked @updatedAt. */
  readonly updatedAt?: FieldName<D, M>;
  /** Its associations by name. One that is only read need not be named. */
  readonly associations?: { readonly [association: string]: AssociationDeclaration };
}

/**
 * An association: its rules, and the tools that clients have for it. Beside Ecto's defaults an
 * unknown id is an issue, and children alone do not touch their owner.
 */
export interface AssociationDeclaration extends AssociationOptions {
  /** cast_assoc. */
  readonly cast?: Partial<Choice> & EntryDeclaration;
  /** put_assoc. */
  readonly put?: Partial<Choice> & {
    /** The unique fields, beside the id, that a reference may name. */
    readonly by?: readonly string[];
    /** Whether a client may ask for a record to be created for a name that none has. */
    readonly create?: boolean;
  };
  /** build_assoc. */
  readonly build?: EntryDeclaration;
}

/**
 * The onReplace values that a client may choose from, and the default.
 * Default what changes no other record: of a belongs_to and a many_to_many the link may go, of a
 * has_one and a has_many the request is refused.
 */
export interface Choice {
  readonly allowed: readonly OnReplace[];
  readonly default: OnReplace;
}

/** What an entry of a cast or build takes. */
interface EntryDeclaration {
  /** Default what the model casts, without the foreign key of this association. */
  readonly fields?: readonly string[];
  /** The associations that it carries. Default all that the model declares, without the way back. */
  readonly nested?: readonly string[];
  /** The name of the input type: of two entries of one model that differ, one needs it. */
  readonly entry?: string;
}

/**
 * An association whose records cannot stand without their owner: they go with it, a cast deletes
 * what it leaves out, a put loses none unless it is asked to.
 */
export function owned(options: AssociationDeclaration = {}): AssociationDeclaration {
  const allowed = ['markAsInvalid', 'delete'] as const;
  return {
    onDelete: 'deleteAll',
    cast: { allowed, default: 'delete' },
    put: { allowed, default: 'markAsInvalid' },
    build: {},
    ...options,
  };
}

/**
 * An association whose records stand by themselves: a client chooses among those that are there.
 * `by` names the unique fields, beside the id, by which it may.
 */
export function reference({
  by = [],
  ...options
}: AssociationDeclaration & { readonly by?: readonly string[] } = {}): AssociationDeclaration {
  return { put: { by }, ...options };
}
