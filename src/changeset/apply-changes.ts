import type { Struct } from '../model/struct.ts';
import { renameKey } from '../model/key.ts';
import { listOf, oneOrMany, withAssoc, withFields } from '../model/struct.ts';
import type { AssocChange, Changeset } from './changeset.ts';
import { assertAssociation } from './assert.ts';
import { ChangesetError } from './changeset-error.ts';
import { remainingEntries } from './walk.ts';

/**
 * The record with the changes applied, nothing written: changed fields, the remaining records of
 * changed associations, and the foreign key of a changed belongs_to. As
 * Ecto.Changeset.apply_changes/1, 3.13.
 */
export function applyChanges(changeset: Changeset): Struct {
  const { model } = changeset.data;
  let struct = withFields(changeset.data, changeset.changes);
  for (const [name, assoc] of Object.entries(changeset.assocs)) {
    const association = assertAssociation(model, name, 'apply');
    const records = appliedRecords(assoc);
    struct = withAssoc(struct, name, oneOrMany(association, records));
    if (association.kind === 'belongsTo') {
      const { relatedKey, ownerKey } = association;
      struct = withFields(struct, renameKey(records[0]?.fields ?? {}, relatedKey, ownerKey));
    }
  }
  return struct;
}

/**
 * The records of an association after the changes, without those to be deleted or replaced; as
 * Ecto's get_field/2 of an association.
 * @throws ChangesetError for an association that does not exist, or is neither changed nor loaded
 * on a stored record.
 */
export function getAssoc<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
): readonly Struct[] {
  assertAssociation(changeset.data.model, name, 'get');
  const assoc = changeset.assocs[name];
  if (assoc) return appliedRecords(assoc);
  const loaded = changeset.data.assocs[name];
  if (loaded !== undefined) return listOf(loaded);
  if (changeset.data.state === 'built') return [];
  throw new ChangesetError(
    `cannot get "${name}" of ${changeset.data.model.name}: it is not loaded. Preload it before reading it.`,
  );
}

function appliedRecords(assoc: AssocChange): readonly Struct[] {
  return remainingEntries(assoc).map((entry) => applyChanges(entry.changeset));
}
