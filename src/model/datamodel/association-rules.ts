import { type Association, type AssociationRules, onReplaces } from '../model.ts';

/** What a domain declares of one association, beyond the datamodel. */
export interface AssociationOptions extends Partial<AssociationRules> {
  /**
   * A many_to_many through a join model: the owner's list of join rows, the join row's other
   * belongs_to.
   */
  readonly joinThrough?: readonly [string, string];
  /** A has_many or has_one through: the associations to follow. */
  readonly through?: readonly string[];
}

/** What a domain says of one model. */
export interface ModelOptions {
  readonly updatedAt?: string;
  readonly version?: string;
  readonly hidden?: readonly string[];
  readonly associations?: {
    readonly [association: string]: AssociationOptions;
  };
}

/** What a domain says, by model name. */
export type SchemaOptions = { readonly [model: string]: ModelOptions };

const defaultRules: AssociationRules = {
  onReplace: 'raise',
  onDelete: 'nothing',
  onUnknown: 'insert',
  forceUpdateOnChange: true,
  position: null,
  preloadOrder: [],
  where: {},
  defaults: {},
  unique: false,
};

/** The rules of an association: what the domain says, else Ecto's defaults. */
export function readRules(options: AssociationOptions = {}): AssociationRules {
  const { joinThrough: _join, through: _through, ...rules } = options;
  const { position = null } = rules;
  const order = position === null ? [] : [{ field: position, direction: 'asc' } as const];
  return { ...defaultRules, preloadOrder: order, ...rules };
}

/**
 * The onReplace values that each kind allows, as Ecto 3.13 checks them when a schema is compiled.
 */
const allowedOnReplace: {
  readonly [kind in Association['kind']]: readonly string[];
} = {
  belongsTo: onReplaces,
  hasOne: onReplaces,
  hasMany: onReplaces.filter((value) => value !== 'update'),
  manyToMany: ['raise', 'markAsInvalid', 'delete'],
  through: ['raise'],
};

/**
 * The onDelete values that each kind allows: what a belongs_to or a through leads to does not go
 * with its owner.
 */
const allowedOnDelete: {
  readonly [kind in Association['kind']]: readonly string[];
} = {
  belongsTo: ['nothing'],
  hasOne: ['nothing', 'nilifyAll', 'deleteAll'],
  hasMany: ['nothing', 'nilifyAll', 'deleteAll'],
  manyToMany: ['nothing', 'deleteAll'],
  through: ['nothing'],
};

/** Whether the association's kind allows an onReplace value. */
export function allowsOnReplace(association: Association, onReplace: string): boolean {
  return allowedOnReplace[association.kind].includes(onReplace);
}

/**
 * Holds the rules of an association against its kind.
 * @throws Error for an onReplace or onDelete that the kind does not allow.
 */
export function assertRules(association: Association): void {
  const { kind, owner, name, rules } = association;
  for (const [rule, allowed] of [
    ['onReplace', allowedOnReplace[kind]],
    ['onDelete', allowedOnDelete[kind]],
  ] as const) {
    if (allowed.includes(rules[rule])) continue;
    throw new Error(
      `${owner.name}.${name} (${kind}) does not allow ${rule} "${rules[rule]}": it allows ${allowed.join(', ')}.`,
    );
  }
}
