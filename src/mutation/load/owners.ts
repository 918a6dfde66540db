import { foreignKeys, recordKey, renameKey } from '../../model/key.ts';
import type { BelongsTo, Model } from '../../model/model.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import type { Values } from '../../model/value.ts';
import type { RowsToLock } from '../../repo/lock/row-locks.ts';
import type { RecordInput } from '../input/input.ts';
import { childrenOf, type LoadedInput, type LoadedTool, takenIn } from './load-input.ts';
import { ownerLock } from './read-records.ts';

/** What is done with the root record of a request. */
export type RootAction = 'insert' | 'update' | 'delete';

/**
 * The owners that a request concerns, old and new: the root, every record whose list changes, the
 * parents that a record leaves and joins, the owners that a moved record leaves; and that record. A
 * transaction that holds them all is the only one that changes these lists.
 */
export function ownersOf(loaded: LoadedInput, action: RootAction | null): readonly RowsToLock[] {
  const { struct, tools } = loaded;
  const { model } = struct;
  const isOwner = struct.state === 'loaded' && (action !== null || tools.length > 0);
  const strength = action === 'delete' ? 'UPDATE' : 'NO KEY UPDATE';
  const moves = action === 'insert' || action === 'delete';
  const parents = foreignKeys(model).filter((parent) => moves || names(loaded, parent));
  return [
    ...(isOwner ? [ownerLock(struct, strength)] : []),
    ...parents.flatMap((parent) => parentRows(loaded, parent)),
    ...tools.flatMap(toolOwners),
  ];
}

function toolOwners(tool: LoadedTool): readonly RowsToLock[] {
  const below = childrenOf(tool).flatMap((child) => ownersOf(child, null));
  const { association } = tool;
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') return below;
  const { owner, ownerKey, related, relatedKey } = association;
  const taken = takenIn(tool);
  if (taken.length === 0) return below;
  const current = new Set('current' in tool ? tool.current.map(recordKey) : []);
  const moved = taken.filter((record) => !current.has(recordKey(record)));
  const isUnique = related.uniqueKeys.some((key) => key.some((name) => relatedKey.includes(name)));
  const rows = moved.flatMap((record) => [
    ...keyedRow(owner, renameKey(record.fields, relatedKey, ownerKey)),
    ownerLock(record, isUnique ? 'UPDATE' : 'NO KEY UPDATE'),
  ]);
  return [...below, ...rows];
}

/** The parents that a record has, and will have. */
function parentRows(
  { struct, params, tools }: LoadedInput,
  { name: association, related, ownerKey, relatedKey }: BelongsTo,
): readonly RowsToLock[] {
  const sent = ownerKey.map((name) => {
    const read = castNamed(struct.model, name, params[name]);
    return [name, read.ok ? read.value : null];
  });
  const keys = [struct.fields, Object.fromEntries(sent)].map((fields) =>
    renameKey(fields, ownerKey, relatedKey),
  );
  const joined = tools.flatMap((tool) =>
    tool.association.name === association ? takenIn(tool) : [],
  );
  return [
    ...keys.flatMap((key) => keyedRow(related, key)),
    ...joined.map((parent) => ownerLock(parent)),
  ];
}

/** Whether an input names a parent: its foreign key, or the association. */
function names({ params }: Pick<RecordInput, 'params'>, { name, ownerKey }: BelongsTo): boolean {
  return params[name] !== undefined || ownerKey.some((field) => params[field] !== undefined);
}

/** The row of a key that is the primary key and complete; a row named otherwise is not locked. */
function keyedRow(model: Model, key: Values): readonly RowsToLock[] {
  const { primaryKey } = model;
  const isPrimary =
    primaryKey.length === Object.keys(key).length && primaryKey.every((name) => name in key);
  if (!isPrimary || Object.values(key).includes(null)) return [];
  return [{ model, keys: [key], strength: 'NO KEY UPDATE' }];
}
