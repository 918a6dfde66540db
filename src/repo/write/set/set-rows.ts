import { getModel } from '../../../model/datamodel/read-models.ts';
import type { Model, Models } from '../../../model/model.ts';
import type { Value, Values } from '../../../model/value.ts';
import type { Insert, Link, Update, Write } from '../../../plan/plan.ts';
import { joinRow, keyOf } from '../../../plan/prisma/args.ts';
import { insertStamps, raisedVersion, updateStamps } from '../../../plan/timestamps.ts';
import { makeClientKey } from '../client-keys.ts';
import { sqlTypeOf } from '../../column-text.ts';

/** A row as one statement of many rows writes it. */
export interface SetRow {
  readonly action: 'insert' | 'update' | 'delete';
  /** The model of the table: of a link, the join model. */
  readonly model: Model;
  /** By what the row is found; of an insert, nothing. */
  readonly key: Values;
  /** What its columns are set to. */
  readonly values: Values;
  /** The version field that is raised by one beside them, unless the values set it. */
  readonly raises: string | null;
  /** Whether the row has to be there. */
  readonly isStored: boolean;
}

/** What the rows of a plan are made with. */
export interface SetOptions {
  readonly models: Models;
  /** What updatedAt fields are set to, and fields whose default is now(). */
  readonly now: Date;
  /** Whether the rows of a model are written by Prisma's client alone. */
  readonly isExtended: (model: Model) => boolean;
}

/**
 * The row that an operation writes, with all that Prisma's client would set by itself; null if only
 * that client can write it: it is extended, a key changes, a value is one that only the client makes,
 * or is of a type that has no text here, or the join table is Prisma's own.
 */
export function toSetRow(operation: Write, options: SetOptions): SetRow | null {
  const row = rowOf(operation, options);
  if (!row || options.isExtended(row.model)) return null;
  const names = [...Object.keys(row.key), ...Object.keys(row.values)];
  const isSent = (name: string) => {
    const field = row.model.fields.get(name);
    return field !== undefined && sqlTypeOf(field) !== null;
  };
  return names.every(isSent) ? row : null;
}

function rowOf(operation: Write, options: SetOptions): SetRow | null {
  switch (operation.action) {
    case 'insert':
      return insertRow(getModel(options.models, operation.model), operation.values, options.now);
    case 'update':
      return updateRow(operation, options);
    case 'delete': {
      const model = getModel(options.models, operation.model);
      const isStored = operation.reason !== 'cascaded';
      const key = keyOf(operation.row);
      return { action: 'delete', model, key, values: {}, raises: null, isStored };
    }
    case 'link':
    case 'unlink':
      return linkRow(operation, options);
    default:
      return operation satisfies never;
  }
}

function insertRow(model: Model, values: Insert['values'], now: Date): SetRow | null {
  const filled: { [field: string]: Value } = { ...values, ...insertStamps(model, values, now) };
  for (const field of model.fields.values()) {
    const { name, generated, default: value } = field;
    if (name in filled) continue;
    if (generated === 'client' || generated === 'uuid') {
      const made = makeClientKey(field);
      if (made === null) return null;
      filled[name] = made;
    }
    if (generated === 'now') filled[name] = now;
    if (value !== null) filled[name] = value;
  }
  return { action: 'insert', model, key: {}, values: filled, raises: null, isStored: false };
}

/** As Ecto's nilify_all, 3.13, a row that loses its owner with it is not stamped. */
function updateRow(
  { model: name, row, changes, reason }: Update,
  options: SetOptions,
): SetRow | null {
  const model = getModel(options.models, name);
  if (referredFields(model).some((field) => field in changes)) return null;
  const isStored = reason !== 'cascaded';
  const values = isStored ? { ...changes, ...updateStamps(model, changes, options.now) } : changes;
  const raises = isStored ? raisedVersion(model, {}) : null;
  if (raises === null && Object.keys(values).length === 0) return null;
  return { action: 'update', model, key: keyOf(row), values, raises, isStored };
}

/** The fields by which a row is found, or which other rows refer to. */
function referredFields({ primaryKey, associations }: Model): readonly string[] {
  const owned = [...associations.values()].flatMap((association) =>
    association.kind === 'hasOne' || association.kind === 'hasMany' ? association.ownerKey : [],
  );
  return [...primaryKey, ...owned];
}

function linkRow(operation: Link, options: SetOptions): SetRow | null {
  const row = joinRow(operation, options);
  if (!row) return null;
  const { model, values: key } = row;
  return operation.action === 'link'
    ? insertRow(model, key, options.now)
    : { action: 'delete', model, key, values: {}, raises: null, isStored: false };
}
