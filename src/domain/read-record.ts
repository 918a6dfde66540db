import { ChangesetError } from '../changeset/changeset-error.ts';
import { renameKey } from '../model/key.ts';
import type { Association, Model } from '../model/model.ts';
import { type Assocs, listOf, type Loaded, loadStruct, type Struct } from '../model/struct.ts';
import { castNamed } from '../model/types/cast-value.ts';
import type { Value, Values } from '../model/value.ts';

/** What a reader holds of a record: JSON, as the API answers it. */
export type RecordData = { readonly [name: string]: unknown };

/**
 * The stored record that a reader holds: those of its fields and associations that are there. `id`
 * is its key, whatever the column; a foreign key that is left out is that of the record it hangs on.
 * @throws ChangesetError for a value that is not of its field's type.
 */
export function readRecord(model: Model, data: RecordData): Struct {
  const fields = readFields(model, data);
  const assocs: { [association: string]: Loaded } = {};
  for (const association of model.associations.values()) {
    const held = data[association.name];
    if (held === undefined) continue;
    assocs[association.name] = readAssociation(association, fields, held);
  }
  return loadStruct(model, { ...parentKeys(model, assocs), ...fields }, assocs);
}

function readFields(model: Model, data: RecordData): { [field: string]: Value } {
  const [key, ...others] = model.primaryKey;
  const fields: { [field: string]: Value } = {};
  for (const name of model.fields.keys()) {
    const input = data[name] ?? (name === key && others.length === 0 ? data['id'] : data[name]);
    if (input === undefined) continue;
    const cast = castNamed(model, name, input);
    if (!cast.ok) throw unreadable(model, name);
    fields[name] = cast.value;
  }
  return fields;
}

function readAssociation(association: Association, owner: Values, held: unknown): Loaded {
  const { cardinality, related } = association;
  const readOne = (item: unknown): Struct => {
    if (!isData(item)) throw unreadable(association.owner, association.name);
    return readRecord(related, { ...childKey(association, owner), ...item });
  };
  if (cardinality === 'one') return held === null ? null : readOne(held);
  if (!Array.isArray(held)) throw unreadable(association.owner, association.name);
  return held.map(readOne);
}

/** The foreign keys to the parents that are there. */
function parentKeys({ associations }: Model, assocs: Assocs): Values {
  const keys = [...associations.values()].map((association) => {
    if (association.kind !== 'belongsTo') return {};
    const [parent] = listOf(assocs[association.name] ?? null);
    return parent ? renameKey(parent.fields, association.relatedKey, association.ownerKey) : {};
  });
  return Object.assign({}, ...keys);
}

function childKey(association: Association, owner: Values): Values {
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') return {};
  return renameKey(owner, association.ownerKey, association.relatedKey);
}

function isData(item: unknown): item is RecordData {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

function unreadable({ name: model }: Model, name: string): ChangesetError {
  return new ChangesetError(
    `cannot read a record of ${model}: its "${name}" is not of the type that the datamodel says. Pass it as the API answers it.`,
  );
}
