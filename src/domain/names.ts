import type { Datamodel } from '../model/datamodel/datamodel.ts';
import type { OnReplace } from '../model/model.ts';

/** The names of a datamodel's models. */
export type ModelName<D extends Datamodel> = keyof D['models'] & string;

/** The names of a model's fields, associations aside. */
export type FieldName<
  D extends Datamodel,
  M extends ModelName<D>,
> = keyof D['models'][M]['fields'] & string;

/** The names of a model's associations that are relations of the Prisma schema. */
export type AssociationName<
  D extends Datamodel,
  M extends ModelName<D>,
> = keyof D['models'][M]['associations'] & string;

/** A relation of the datamodel. */
export type Relation<
  D extends Datamodel,
  M extends ModelName<D>,
  A extends AssociationName<D, M>,
> = D['models'][M]['associations'][A];

/** The onReplace values that can hold for each kind of association. */
export interface OnReplaceOf<Required extends boolean> {
  readonly belongsTo: OnReplace;
  readonly hasOne: Exclude<OnReplace, NoNull<Required>>;
  readonly hasMany: Exclude<OnReplace, 'update' | NoNull<Required>>;
  readonly manyToMany: 'raise' | 'markAsInvalid' | 'delete';
}

/** A key that takes no null cannot be let go. */
type NoNull<Required extends boolean> = Required extends true ? 'nilify' : never;
