import type { Changeset } from '../changeset.ts';
import { foreignKeys } from '../../model/key.ts';
import type { Association } from '../../model/model.ts';
import { keyText } from '../../model/value.ts';
import type { Path } from '../issue.ts';
import { assertAssociation, assertField } from '../assert.ts';
import { ChangesetError } from '../changeset-error.ts';
import type { Constraint, ConstraintMatch } from './declared.ts';

/** How a constraint is declared. */
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

/** What can be declared, and the error that it becomes. */
const declarable = {
  unique: { kind: 'unique', message: 'has already been taken', code: 'UNIQUE' },
  foreignKey: { kind: 'foreignKey', message: 'does not exist', code: 'FOREIGN_KEY' },
  belongsTo: {
    kind: 'foreignKey',
    message: 'does not exist',
    code: 'FOREIGN_KEY',
    referenced: false,
  },
  hasOne: {
    kind: 'foreignKey',
    message: 'is still associated with this entry',
    code: 'STILL_ASSOCIATED',
    referenced: true,
  },
  hasMany: {
    kind: 'foreignKey',
    message: 'are still associated with this entry',
    code: 'STILL_ASSOCIATED',
    referenced: true,
  },
  check: { kind: 'check', message: 'is invalid', code: 'CHECK' },
  exclusion: { kind: 'exclusion', message: 'violates an exclusion constraint', code: 'CHECK' },
} as const;

/** How Ecto's migrations end the name of a constraint. */
const named = {
  unique: { what: 'a unique constraint', suffix: 'index' },
  foreignKey: { what: 'a foreign key constraint', suffix: 'fkey' },
  check: { what: 'a check constraint', suffix: 'check' },
  exclusion: { what: 'an exclusion constraint', suffix: 'exclusion' },
} as const;

/** A constraint with what its kind has where nothing else is said. */
export function makeConstraint(
  declared: keyof typeof declarable,
  rest: Pick<Constraint, 'name' | 'field'> & Partial<Constraint>,
): Constraint {
  return { match: 'exact', ...declarable[declared], ...rest };
}

/**
 * Turns the refusal of a unique index into an error of the first field (or `errorKey`); the default
 * name is that of the schema's index of these fields, else table_columns_index. With a name given, the error may go to anything, such as an
 * association. As Ecto.Changeset.unique_constraint/3.
 * @throws ChangesetError, without a name, for a field that does not exist.
 */
export function uniqueConstraint<Name extends string>(
  changeset: Changeset<Name>,
  fields: NoInfer<Name> | readonly NoInfer<Name>[],
  options: ConstraintOptions & { readonly errorKey?: string } = {},
): Changeset<Name> {
  const names = typeof fields === 'string' ? [fields] : fields;
  const field = options.errorKey ?? names[0] ?? '';
  const name = changeset.data.model.uniqueNames.get(keyText(names));
  return declare(changeset, 'unique', { field, fields: names, name }, options);
}

/**
 * Turns the refusal of a foreign key into an error of its field; the default name is the schema's,
 * else table_column_fkey. As Ecto.Changeset.foreign_key_constraint/3.
 * @throws ChangesetError, without a name, for a field that does not exist.
 */
export function foreignKeyConstraint<Name extends string>(
  changeset: Changeset<Name>,
  field: NoInfer<Name>,
  options: ConstraintOptions = {},
): Changeset<Name> {
  const parent = foreignKeys(changeset.data.model).find(
    ({ ownerKey }) => ownerKey.length === 1 && ownerKey[0] === field,
  );
  if (!parent) return declare(changeset, 'foreignKey', { field }, options);
  return declare(changeset, 'belongsTo', { field, name: parent.constraint }, options);
}

/**
 * Turns the refusal of a belongs_to's foreign key into an error of the association. As
 * Ecto.Changeset.assoc_constraint/3.
 * @throws ChangesetError for anything but a belongs_to.
 */
export function assocConstraint<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  options: ConstraintOptions = {},
): Changeset<Name> {
  const tried = 'declare assocConstraint on';
  const association = assertAssociation(changeset.data.model, name, tried);
  if (association.kind !== 'belongsTo') throw wrongKind(association, tried, 'belongsTo');
  return declare(changeset, 'belongsTo', { field: name, name: association.constraint }, options);
}

/**
 * Turns the refusal to delete a record that others still refer to into an error of the association.
 * As Ecto.Changeset.no_assoc_constraint/3.
 * @throws ChangesetError for anything but a has_one or has_many.
 */
export function noAssocConstraint<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  options: ConstraintOptions = {},
): Changeset<Name> {
  const tried = 'declare noAssocConstraint on';
  const association = assertAssociation(changeset.data.model, name, tried);
  const { kind } = association;
  if (kind !== 'hasOne' && kind !== 'hasMany')
    throw wrongKind(association, tried, 'hasOne or hasMany');
  return declare(changeset, kind, { field: name, name: association.constraint }, options);
}

/**
 * Turns the refusal of a check constraint into an error of a field; the name must be given. As
 * Ecto.Changeset.check_constraint/3.
 */
export function checkConstraint<Name extends string>(
  changeset: Changeset<Name>,
  field: NoInfer<Name>,
  options: ConstraintOptions & { readonly name: string | RegExp },
): Changeset<Name> {
  return declare(changeset, 'check', { field }, options);
}

/**
 * Turns the refusal of an exclusion constraint into an error of a field; the default name is
 * table_column_exclusion. As Ecto.Changeset.exclusion_constraint/3.
 * @throws ChangesetError, without a name, for a field that does not exist.
 */
export function exclusionConstraint<Name extends string>(
  changeset: Changeset<Name>,
  field: NoInfer<Name>,
  options: ConstraintOptions = {},
): Changeset<Name> {
  return declare(changeset, 'exclusion', { field }, options);
}

/** What a constraint is declared on: where its error goes, the fields that it is of, its name. */
interface Target {
  readonly field: string;
  readonly fields?: readonly string[];
  /** As the schema has it; undefined of what is not in it. */
  readonly name?: string | undefined;
}

function declare(
  changeset: Changeset,
  declared: keyof typeof declarable,
  { field, fields = [field], name }: Target,
  options: ConstraintOptions,
): Changeset {
  const { model } = changeset.data;
  const { what, suffix } = named[declarable[declared].kind];
  const columns = () => fields.map((name) => assertField(model, name, `declare ${what} on`).column);
  const constraint = makeConstraint(declared, {
    field,
    name: options.name ?? name ?? `${model.table}_${columns().join('_')}_${suffix}`,
    ...(options.match && { match: options.match }),
    ...(options.message !== undefined && { message: options.message }),
    ...(options.at && { at: options.at }),
  });
  return { ...changeset, constraints: [...changeset.constraints, constraint] };
}

function wrongKind(
  { name, owner, kind }: Association,
  tried: string,
  only: string,
): ChangesetError {
  return new ChangesetError(
    `cannot ${tried} "${name}" of ${owner.name}: it is a ${kind}, only a ${only} has one.`,
  );
}
