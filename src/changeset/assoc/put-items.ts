import type { Association } from '../../model/model.ts';
import type { Struct } from '../../model/struct.ts';
import { buildStruct, isStruct, primaryKey } from '../../model/struct.ts';
import type { Value } from '../../model/value.ts';
import { readTyped } from '../../model/types/cast-value.ts';
import { assertValue } from '../assert.ts';
import { isParams } from '../cast.ts';
import type { Changeset, Params } from '../changeset.ts';
import { change, isChangeset, putAction, putChange } from '../changeset.ts';
import { ChangesetError } from '../changeset-error.ts';

/**
 * What `putAssoc` takes: a record, a changeset, or plain attributes whose values are typed already.
 */
export type PutItem = Struct | Changeset | { readonly [attribute: string]: unknown };

/** What is put as a list (of a to-one none or one); null for something of another shape. */
export function readPutItems(association: Association, value: unknown): readonly PutItem[] | null {
  if (association.cardinality === 'many')
    return Array.isArray(value) && value.every(isPutItem) ? value : null;
  if (value === null) return [];
  return isPutItem(value) ? [value] : null;
}

function isPutItem(value: unknown): value is PutItem {
  return isStruct(value) || isChangeset(value) || isParams(value);
}

/**
 * The primary key of what is put; undefined parts match no record. Attributes are typed: text is no
 * number, as in Ecto.
 */
export function readPutKey(
  association: Association,
  item: PutItem,
): readonly (Value | undefined)[] {
  if (isStruct(item)) return primaryKey(item);
  if (isChangeset(item)) return primaryKey(item.data);
  const attributes: Params = item;
  const { primaryKey: names, fields } = association.related;
  return names.map((name) => {
    const field = fields.get(name);
    const typed = field && readTyped(field, attributes[name]);
    return typed?.ok ? typed.value : undefined;
  });
}

/**
 * The changeset of what is put, on the current record that it matches, if any.
 * @throws ChangesetError for a record of another model, or an attribute that is no field or not of
 * its type.
 */
export function changePutItem(
  association: Association,
  item: PutItem,
  found: Struct | null,
  putNested: PutNested,
): Changeset {
  if (isStruct(item) || isChangeset(item)) {
    const changeset = change(item);
    assertRelated(association, changeset.data);
    const action = found ? 'update' : stateActions[changeset.data.state];
    return putAction(changeset, changeset.action ?? action);
  }
  const attributes: Params = item;
  return Object.entries(attributes).reduce(
    (done, [name, value]) =>
      association.related.associations.has(name)
        ? putNested(done, name, value)
        : putChange(done, name, assertValue(association.related, name, value)),
    change(found ?? buildRelated(association)),
  );
}

/** Puts an association of a record that plain attributes describe. */
type PutNested = (changeset: Changeset, name: string, value: unknown) => Changeset;

const stateActions = {
  built: 'insert',
  loaded: 'update',
  deleted: 'delete',
} as const;

/**
 * Whether what markAsInvalid refuses is looked at all the same: plain attributes are not, so that
 * their types are not asked, nor is a to-one's record of another model.
 */
export function showsRefused(association: Association, item: PutItem): boolean {
  if (association.cardinality === 'one') return isRelated(association, item);
  return isStruct(item) || isChangeset(item);
}

/** Whether what is put is a record, or a changeset of one, of the association's model. */
function isRelated(association: Association, item: PutItem): boolean {
  if (!isStruct(item) && !isChangeset(item)) return false;
  return change(item).data.model.name === association.related.name;
}

function assertRelated(association: Association, record: Struct): void {
  if (isRelated(association, record)) return;
  throw new ChangesetError(
    `cannot putAssoc "${association.name}" of ${association.owner.name}: expected a ${association.related.name}, got a ${record.model.name}.`,
  );
}

/**
 * @throws ChangesetError for a record if onReplace `update` is to change the current one in
 * place.
 */
export function assertAttributes(association: Association, item: PutItem): void {
  if (!isStruct(item) && !isChangeset(item)) return;
  throw new ChangesetError(
    `cannot putAssoc "${association.name}" of ${association.owner.name}: its onReplace is "update", which takes plain attributes or null. ` +
      'Change the foreign key to point to another record.',
  );
}

/** A new record of an association, with the association's defaults. */
export function buildRelated(association: Association): Struct {
  return buildStruct(association.related, association.rules.defaults);
}
