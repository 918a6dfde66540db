import type { Changeset } from '../changeset.ts';
import type { IssueCode, Path } from '../issue.ts';
import { assertAssociation, assertField } from '../assert.ts';
import { ChangesetError } from '../changeset-error.ts';

/** The kinds of constraint a database can refuse a write for. */
export type ConstraintKind = 'unique' | 'foreignKey' | 'check' | 'exclusion';

/** How a declared name is compared with the one the database reports. */
export type ConstraintMatch = 'exact' | 'prefix' | 'suffix';

/**
 * A constraint of the database, and the error it becomes when the database refuses the write for
 * it.
 */
export interface Constraint {
  readonly kind: ConstraintKind;
  readonly name: string | RegExp;
  readonly match: ConstraintMatch;
  readonly field: string;
  readonly message: string;
  readonly code: IssueCode;
  readonly at?: Path;
}

/** What may be said of a declared constraint. */
export interface ConstraintOptions {
  /**
   * The constraint's name in the database, or a pattern of it. The default is what Ecto's
   * migrations would name it.
   */
  readonly name?: string | RegExp;
  readonly message?: string;
  readonly match?: ConstraintMatch;
  /** Where below the record the error is reported; default the field. */
  readonly at?: Path;
}

/**
 * Turns the refusal of a unique index into an error of the first field (or `errorKey`); the default
 * name is table_columns_index. With a name given, the error may go to anything, such as an
 * association. As Ecto.Changeset.unique_constraint/3.
 * @throws ChangesetError, without a name, for a field that does not exist.
 */
export function uniqueConstraint(
  changeset: Changeset,
  fields: string | readonly string[],
  options: ConstraintOptions & { readonly errorKey?: string } = {},
): Changeset {
  const names = typeof fields === 'string' ? [fields] : fields;
  return add(
    changeset,
    {
      kind: 'unique',
      name: options.name ?? defaultName(changeset, 'unique', names),
      field: options.errorKey ?? names[0] ?? '',
      message: 'has already been taken',
      code: 'UNIQUE',
    },
    options,
  );
}

/**
 * Turns the refusal of a foreign key into an error of its field; the default name is
 * table_column_fkey. As Ecto.Changeset.foreign_key_constraint/3.
 * @throws ChangesetError, without a name, for a field that does not exist.
 */
export function foreignKeyConstraint(
  changeset: Changeset,
  field: string,
  options: ConstraintOptions = {},
): Changeset {
  return add(
    changeset,
    {
      kind: 'foreignKey',
      name: options.name ?? defaultName(changeset, 'foreignKey', [field]),
      field,
      message: 'does not exist',
      code: 'FOREIGN_KEY',
    },
    options,
  );
}

/**
 * Turns the refusal of a belongs_to's foreign key into an error of the association. As
 * Ecto.Changeset.assoc_constraint/3.
 * @throws ChangesetError for anything but a belongs_to.
 */
export function assocConstraint(
  changeset: Changeset,
  name: string,
  options: ConstraintOptions = {},
): Changeset {
  const { model } = changeset.data;
  const association = assertAssociation(model, name, 'declare assocConstraint on');
  if (association.kind !== 'belongsTo') {
    throw new ChangesetError(
      `cannot declare assocConstraint on "${name}" of ${model.name}: it is a ${association.kind}, only a belongsTo has one.`,
    );
  }
  const columns = association.ownerKey.map((key) => model.fields.get(key)?.column ?? key);
  return add(
    changeset,
    {
      kind: 'foreignKey',
      name: options.name ?? `${model.table}_${columns.join('_')}_fkey`,
      field: name,
      message: 'does not exist',
      code: 'FOREIGN_KEY',
    },
    options,
  );
}

/**
 * Turns the refusal to delete a record that others still refer to into an error of the association.
 * As Ecto.Changeset.no_assoc_constraint/3.
 * @throws ChangesetError for anything but a has_one or has_many.
 */
export function noAssocConstraint(
  changeset: Changeset,
  name: string,
  options: ConstraintOptions = {},
): Changeset {
  const { model } = changeset.data;
  const association = assertAssociation(model, name, 'declare noAssocConstraint on');
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') {
    throw new ChangesetError(
      `cannot declare noAssocConstraint on "${name}" of ${model.name}: it is a ${association.kind}, only a hasOne or hasMany has one.`,
    );
  }
  const { related } = association;
  const columns = association.relatedKey.map((key) => related.fields.get(key)?.column ?? key);
  const many = association.kind === 'hasMany';
  return add(
    changeset,
    {
      kind: 'foreignKey',
      name: options.name ?? `${related.table}_${columns.join('_')}_fkey`,
      field: name,
      message: `${many ? 'are' : 'is'} still associated with this entry`,
      code: 'STILL_ASSOCIATED',
    },
    options,
  );
}

/**
 * Turns the refusal of a check constraint into an error of a field; the name must be given. As
 * Ecto.Changeset.check_constraint/3.
 */
export function checkConstraint(
  changeset: Changeset,
  field: string,
  options: ConstraintOptions & { readonly name: string | RegExp },
): Changeset {
  return add(
    changeset,
    {
      kind: 'check',
      name: options.name,
      field,
      message: 'is invalid',
      code: 'CHECK',
    },
    options,
  );
}

/**
 * Turns the refusal of an exclusion constraint into an error of a field; the default name is
 * table_column_exclusion. As Ecto.Changeset.exclusion_constraint/3.
 * @throws ChangesetError, without a name, for a field that does not exist.
 */
export function exclusionConstraint(
  changeset: Changeset,
  field: string,
  options: ConstraintOptions = {},
): Changeset {
  return add(
    changeset,
    {
      kind: 'exclusion',
      name: options.name ?? defaultName(changeset, 'exclusion', [field]),
      field,
      message: 'violates an exclusion constraint',
      code: 'CHECK',
    },
    options,
  );
}

/**
 * What a constraint without a name is named after: its fields' columns and a suffix of its kind.
 */
const namedAfter = {
  unique: { suffix: 'index', what: 'a unique constraint' },
  foreignKey: { suffix: 'fkey', what: 'a foreign key constraint' },
  exclusion: { suffix: 'exclusion', what: 'an exclusion constraint' },
} as const;

/** @throws ChangesetError for a field that does not exist. */
function defaultName(
  { data: { model } }: Changeset,
  kind: keyof typeof namedAfter,
  fields: readonly string[],
): string {
  const { suffix, what } = namedAfter[kind];
  const columns = fields.map((name) => assertField(model, name, `declare ${what} on`).column);
  return `${model.table}_${columns.join('_')}_${suffix}`;
}

function add(
  changeset: Changeset,
  defaults: Omit<Constraint, 'match' | 'at'>,
  options: ConstraintOptions,
): Changeset {
  const constraint: Constraint = {
    ...defaults,
    message: options.message ?? defaults.message,
    match: options.match ?? 'exact',
    ...(options.at === undefined ? {} : { at: options.at }),
  };
  return { ...changeset, constraints: [...changeset.constraints, constraint] };
}
