import type { Association } from '../model/model.ts';
import type { Loaded, Struct } from '../model/struct.ts';
import { fieldValues, loadStruct } from '../model/struct.ts';
import type { Value, Values } from '../model/value.ts';
import { equalValues } from '../model/value.ts';
import type { AssocChange, Changeset } from '../changeset/changeset.ts';

/**
 * The record as it was written: stored, with the keys that were made for new rows, foreign keys in place, and of each
 * changed association what is there now. Values that the database makes by itself are not known here.
 */
export function writtenStruct(
  changeset: Changeset,
  made: ReadonlyMap<Changeset, Values>,
  link: Values = {},
): Struct {
  const { data } = changeset;
  const parents = new Map<string, Struct | null>();
  let fields: Values = {
    ...data.fields,
    ...changeset.changes,
    ...made.get(changeset),
    ...link,
  };
  for (const [name, assoc] of Object.entries(changeset.assocs)) {
    const association = data.model.associations.get(name);
    if (association?.kind !== 'belongsTo') continue;
    const [parent = null] = remaining(assoc).map((child) =>
      writtenStruct(child, made),
    );
    parents.set(name, parent);
    fields = {
      ...fields,
      ...keyOf(association.ownerKey, parent, association.relatedKey),
    };
  }
  const assocs: { [name: string]: Loaded } = {};
  for (const [name, loaded] of Object.entries(data.assocs)) {
    const association = data.model.associations.get(name);
    if (association && !isOutdated(association, data.fields, fields))
      assocs[name] = loaded;
  }
  for (const [name, assoc] of Object.entries(changeset.assocs)) {
    const association = data.model.associations.get(name);
    if (association)
      assocs[name] = parents.has(name)
        ? (parents.get(name) ?? null)
        : children(association, assoc, fields, made);
  }
  return loadStruct(data.model, fields, assocs);
}

function remaining(assoc: AssocChange): readonly Changeset[] {
  return assoc.entries
    .map((entry) => entry.changeset)
    .filter((child) => child.action !== 'delete');
}

/** A loaded parent is no longer the parent once the foreign key has changed; as Ecto, it is then not loaded. */
function isOutdated(
  association: Association,
  before: Values,
  after: Values,
): boolean {
  return (
    association.kind === 'belongsTo' &&
    association.ownerKey.some(
      (name) => !equalValues(before[name] ?? null, after[name] ?? null),
    )
  );
}

function children(
  association: Association,
  assoc: AssocChange,
  owner: Values,
  made: ReadonlyMap<Changeset, Values>,
): Loaded {
  const link: { [field: string]: Value } = {};
  if (association.kind === 'hasOne' || association.kind === 'hasMany') {
    association.relatedKey.forEach(
      (name, i) => (link[name] = owner[association.ownerKey[i] ?? ''] ?? null),
    );
  }
  const records = remaining(assoc).map((child) =>
    writtenStruct(child, made, link),
  );
  return association.cardinality === 'many' ? records : (records[0] ?? null);
}

function keyOf(
  names: readonly string[],
  parent: Struct | null,
  parentNames: readonly string[],
): Values {
  const key = parent === null ? [] : fieldValues(parent, parentNames);
  return Object.fromEntries(names.map((name, i) => [name, key[i] ?? null]));
}
