import type { Changeset } from '../../changeset/changeset.ts';
import { makeConstraint } from '../../changeset/constraint/constraint.ts';
import type { Constraint } from '../../changeset/constraint/declared.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import { foreignKeys, parentOf } from '../../model/key.ts';
import type { Association, Model, Models } from '../../model/model.ts';
import { keyText } from '../../model/value.ts';
import type { Write } from '../../plan/plan.ts';
import type { ConstraintViolation } from './constraint-violation.ts';

/** The constraint that the database refused a write for, though nobody has declared it. */
export interface KeyConstraint {
  readonly constraint: Constraint;
  /**
   * Whether nothing that was sent is at fault: another, who takes no locks, may have written since
   * it was read.
   */
  readonly mayBeRace: boolean;
}

/**
 * What the refusal of a unique key or a foreign key means for the one who sent the write: its error
 * is at the field that may be cast, or at the association that was sent; else at the record.
 * `changeset` is that of the written record, if it has one.
 */
export function keyConstraint(
  write: Write,
  violation: ConstraintViolation,
  models: Models,
  changeset: Changeset | undefined,
): KeyConstraint | null {
  const { kind, name } = violation;
  if (kind !== 'unique' && kind !== 'foreignKey') return null;
  const model = getModel(models, write.model);
  const atRecord = { name, field: model.primaryKey[0] ?? '', at: [] };
  const isReferenced = kind === 'foreignKey' && refersTo(write, violation);
  if (write.action === 'link' || write.action === 'unlink') {
    const declared = kind === 'unique' ? kind : isReferenced ? 'hasMany' : 'belongsTo';
    return { constraint: makeConstraint(declared, atRecord), mayBeRace: true };
  }
  if (isReferenced) {
    const children = childrenOf(model, name);
    const declared = children?.cardinality === 'one' ? 'hasOne' : 'hasMany';
    const place = children ? { name, field: children.name } : atRecord;
    // Nobody refers anew to a row that is locked.
    return { constraint: makeConstraint(declared, place), mayBeRace: false };
  }
  const fields = kind === 'unique' ? uniqueFields(model, violation) : parentFields(model, name);
  const field = findSent(write, model, fields, changeset);
  const isPrepared = (changeset?.prepare ?? []).length > 0;
  return {
    constraint: makeConstraint(
      kind === 'unique' ? 'unique' : 'belongsTo',
      field === undefined ? { ...atRecord, field: fields[0] ?? atRecord.field } : { name, field },
    ),
    mayBeRace: field === undefined && isPrepared,
  };
}

/** Whether the row is referred to, and not the one that refers: an update may be either. */
export function refersTo({ action }: Write, { referenced }: ConstraintViolation): boolean {
  return action === 'update' ? referenced : action === 'delete' || action === 'unlink';
}

/** The association, as clients know it, whose rows refer to a record by a foreign key. */
function childrenOf({ associations }: Model, constraint: string): Association | undefined {
  const all = [...associations.values()];
  const rows = all.find(
    (association) =>
      (association.kind === 'hasOne' || association.kind === 'hasMany') &&
      association.constraint === constraint,
  );
  const far = all.find(
    (association) =>
      association.kind === 'manyToMany' && rows && association.join?.ownerField === rows.name,
  );
  return far ?? rows;
}

function parentFields(model: Model, name: string): readonly string[] {
  return foreignKeys(model).find(({ constraint }) => constraint === name)?.ownerKey ?? [];
}

/** The fields of a unique index: by its name or, of one that is not in the schema, by its columns. */
function uniqueFields(model: Model, { name, key }: ConstraintViolation): readonly string[] {
  const { primaryKey, primaryKeyConstraint, uniqueKeys, uniqueNames } = model;
  if (name === primaryKeyConstraint) return primaryKey;
  const named = uniqueKeys.find((fields) => uniqueNames.get(keyText(fields)) === name);
  const columns = key?.columns ?? [];
  return (
    named ?? [...model.fields.values()].flatMap((f) => (columns.includes(f.column) ? f.name : []))
  );
}

/** The first of the fields that a client may cast, or the association that stands for it. */
function findSent(
  write: Write,
  model: Model,
  fields: readonly string[],
  changeset: Changeset | undefined,
): string | undefined {
  if (!changeset) return undefined;
  const own = fields.filter((field) => !parentOf(model, field));
  const changes = write.action === 'update' ? write : null;
  const isWritten = (field: string) =>
    changes === null ||
    field in changes.changes ||
    changes.references.some((reference) => reference.fields.includes(field));
  const ordered = [...own, ...fields.filter((field) => !own.includes(field))];
  return [...ordered.filter(isWritten), ...ordered].flatMap((field) => {
    const parent = parentOf(model, field);
    if (parent && changeset.assocs[parent.name]) return parent.name;
    return changeset.permitted.includes(field) ? field : [];
  })[0];
}
