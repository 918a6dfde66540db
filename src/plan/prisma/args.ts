import { ChangesetError } from '../../changeset/changeset-error.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import { referenceText, renameKey } from '../../model/key.ts';
import type { Association, ManyToMany, Model, Models } from '../../model/model.ts';
import type { Values } from '../../model/value.ts';
import type { Link, Row, Via } from '../plan.ts';
import { insertStamps, raisedVersion, updateStamps } from '../timestamps.ts';

/** The arguments of Prisma: plain objects. */
export type Args = { readonly [key: string]: unknown };

/** The data of a write while it is made: writes of associations are nested into it. */
export type Data = Record<string, unknown>;

/** What a translation needs beside the plan. */
export interface TranslateOptions {
  readonly models: Models;
  /** What updatedAt fields are set to. */
  readonly now: Date;
  /**
   * Gives every operation a call of its own, so that a refusal of the database names its operation.
   * Default false.
   */
  readonly oneByOne?: boolean;
  /** Whether a row may be new that nothing refers to and whose key the call makes. Default false. */
  readonly takesOpen?: boolean;
  /**
   * What Prisma takes for NULL in a Json column: a plain null is JSON's own there. Default null.
   */
  readonly dbNull?: unknown;
}

/**
 * The data of an insert: its values, and the time of its updatedAt if the database does not make
 * it.
 */
export function insertData(model: Model, values: Values, options: TranslateOptions): Data {
  const stamps = insertStamps(model, values, options.now);
  return { ...columnData(model, values, options), ...stamps };
}

/** The data of an update: its changes, and what every update raises. */
export function updateData(model: Model, changes: Values, options: TranslateOptions): Data {
  const version = raisedVersion(model, changes);
  return {
    ...columnData(model, changes, options),
    ...(version === null ? {} : { [version]: { increment: 1 } }),
    ...updateStamps(model, changes, options.now),
  };
}

/** The data of columns alone. */
export function columnData(
  model: Model,
  values: Values,
  { dbNull = null }: TranslateOptions,
): Data {
  const data = Object.entries(values).map(([name, value]) => {
    const isJson = model.fields.get(name)?.type === 'Json';
    return [name, isJson && value === null ? dbNull : value];
  });
  return Object.fromEntries(data);
}

/**
 * The association through which an operation goes.
 * @throws ChangesetError if the models have none of its name.
 */
export function associationOf(via: Via, options: Pick<TranslateOptions, 'models'>): Association {
  const association = getModel(options.models, via.model).associations.get(via.association);
  if (!association)
    throw new ChangesetError(
      `cannot write through "${via.association}" of ${via.model}: there is no such association. Translate a plan with the models it was made of.`,
    );
  return association;
}

/**
 * The many_to_many of a link.
 * @throws ChangesetError if it goes through another kind of association.
 */
export function manyToMany(operation: Link, options: Pick<TranslateOptions, 'models'>): ManyToMany {
  const association = associationOf(operation.via, options);
  if (association.kind === 'manyToMany') return association;
  throw new ChangesetError(
    `cannot link through "${association.name}" of ${operation.via.model}: it is a ${association.kind}, only a manyToMany has join rows.`,
  );
}

/**
 * The join row of a link: the keys of both of its ends; null for Prisma's implicit join table, whose
 * columns have no fields.
 * @throws ChangesetError if it goes through another kind of association.
 */
export function joinRow(
  operation: Link,
  options: Pick<TranslateOptions, 'models'>,
): { readonly model: Model; readonly values: Values } | null {
  const { join, ownerKey, relatedKey } = manyToMany(operation, options);
  if (!join) return null;
  const values = {
    ...renameKey(keyOf(operation.via.row), ownerKey, join.ownerKey),
    ...renameKey(keyOf(operation.row), relatedKey, join.relatedKey),
  };
  return { model: join.model, values };
}

/**
 * Prisma's unique filter of a row: its key, under the name of the key if it has several fields.
 */
export function whereKey(model: Model, row: Row): Args {
  const key = keyOf(row);
  return model.primaryKey.length === 1 ? key : { [model.primaryKeyName]: key };
}

/** Asks Prisma to give back the key alone. */
export function keySelection(model: Model): Args {
  return Object.fromEntries(model.primaryKey.map((name) => [name, true]));
}

/**
 * The key of a row.
 * @throws ChangesetError for a new row whose key is not assigned.
 */
export function keyOf(row: Row): Values {
  if ('key' in row) return row.key;
  throw new ChangesetError(
    `cannot translate the plan: its new row ${row.new} has no key. Assign keys first.`,
  );
}

/** A row as text, for lookups. */
export function rowId(model: string, row: Row): string {
  return 'key' in row ? referenceText(model, row.key) : `${model} new ${row.new}`;
}
