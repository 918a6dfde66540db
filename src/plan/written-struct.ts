import { getModel } from '../model/datamodel/read-models.ts';
import { renameKey, rowKeyText } from '../model/key.ts';
import type { Association, Models } from '../model/model.ts';
import type { Loaded, Struct } from '../model/struct.ts';
import { listOf, loadStruct, oneOrMany } from '../model/struct.ts';
import type { Values } from '../model/value.ts';
import { equalValues } from '../model/value.ts';
import { type AssocChange, type Changeset, hasChanges } from '../changeset/changeset.ts';
import { remainingEntries } from '../changeset/walk.ts';
import type { Plan, Update } from './plan.ts';
import type { Planned } from './plan-write.ts';
import { insertStamps, raisedVersion, updateStamps } from './timestamps.ts';

/** What the rows of a plan hold once it has run. */
export interface WrittenRows {
  /** Of each new row, known by the changes of its changeset, its values. */
  readonly inserted: ReadonlyMap<Values, Values>;
  /** Of each stored row, as text, its update. */
  readonly updated: ReadonlyMap<string, Update>;
  readonly now: Date;
}

/** Reads the rows of a plan: `keyed` is the same plan with its keys assigned. */
export function readWritten(
  { plan, newRows }: Pick<Planned, 'plan' | 'newRows'>,
  keyed: Plan,
  { models, now }: { readonly models: Models; readonly now: Date },
): WrittenRows {
  const inserted = new Map<Values, Values>();
  const updated = new Map<string, Update>();
  keyed.operations.forEach((operation, i) => {
    const model = getModel(models, operation.model);
    const row = plan.operations[i]?.row;
    if (operation.action === 'insert' && row && 'new' in row) {
      const stamps = insertStamps(model, operation.values, now);
      const changes = newRows[row.new]?.changes;
      if (changes) inserted.set(changes, { ...operation.values, ...stamps });
    }
    if (operation.action === 'update' && 'key' in operation.row)
      updated.set(rowKeyText(model, operation.row.key), operation);
  });
  return { inserted, updated, now };
}

/**
 * The record as it was written: stored, with its keys, timestamps and version, and of each changed
 * association what is there now. What the database makes by itself is not known here. A deleted
 * record is as it was.
 */
export function writtenStruct(changeset: Changeset, rows: WrittenRows): Struct {
  const { data } = changeset;
  if (changeset.action === 'delete') return { ...data, state: 'deleted' };
  const fields = writtenFields(changeset, rows);
  const isBare = Object.keys(data.assocs).length === 0 && !hasChanges(changeset);
  if (isBare && fields === data.fields && data.state === 'loaded') return data;
  const assocs: { [name: string]: Loaded } = {};
  for (const association of data.model.associations.values()) {
    const { name } = association;
    const change = changeset.assocs[name];
    const loaded = data.assocs[name];
    if (change) assocs[name] = writtenAssoc(association, change, rows);
    else if (loaded !== undefined && !isLeft(association, loaded, fields)) assocs[name] = loaded;
  }
  return loadStruct(data.model, fields, assocs);
}

function writtenFields({ data, changes }: Changeset, rows: WrittenRows): Values {
  const { model, fields } = data;
  const inserted = rows.inserted.get(changes);
  if (inserted) return { ...fields, ...changes, ...inserted };
  const update = rows.updated.get(rowKeyText(model, fields));
  if (!update) return Object.keys(changes).length === 0 ? fields : { ...fields, ...changes };
  const version = raisedVersion(model, update.changes);
  const before = version === null ? null : fields[version];
  return {
    ...fields,
    ...changes,
    ...update.changes,
    ...updateStamps(model, update.changes, rows.now),
    ...(version !== null && typeof before === 'number' ? { [version]: before + 1 } : {}),
  };
}

function writtenAssoc(association: Association, change: AssocChange, rows: WrittenRows): Loaded {
  const records = remainingEntries(change).map((entry) => writtenStruct(entry.changeset, rows));
  return oneOrMany(association, records);
}

/**
 * A parent that was loaded, or none, and is not what the foreign key names now; as in Ecto, it is
 * then not loaded.
 */
function isLeft(association: Association, loaded: Loaded, fields: Values): boolean {
  if (association.kind !== 'belongsTo') return false;
  const { ownerKey, relatedKey } = association;
  const [parent] = listOf(loaded);
  const key = renameKey(parent?.fields ?? {}, relatedKey, ownerKey);
  return ownerKey.some((name) => !equalValues(key[name], fields[name] ?? null));
}
