import { foreignKeys, pick, renameKey } from '../../model/key.ts';
import type { BelongsTo, Model } from '../../model/model.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import type { Values } from '../../model/value.ts';
import type { LockStrength, RowsToLock } from '../../repo/lock/row-locks.ts';
import type { RecordInput } from '../input/input.ts';
import { childrenOf, type LoadedInput, type LoadedTool, takenIn } from './load-input.ts';

/** What is done with the root record of a request. */
export type RootAction = 'insert' | 'update' | 'delete';

/**
 * The owners that a request concerns, old and new: the root, every record whose list changes, the
 * parents that a record leaves and joins, the owners that a moved record leaves. A transaction that
 * holds them all is the only one that changes these lists.
 */
export function ownersOf(loaded: LoadedInput, action: RootAction | null): readonly RowsToLock[] {
  const { struct, tools } = loaded;
  const { model, fields } = struct;
  const isOwner = struct.state === 'loaded' && (action !== null || tools.length > 0);
  const strength = action === 'delete' ? 'UPDATE' : 'NO KEY UPDATE';
  const moves = action === 'insert' || action === 'delete';
  const parents = foreignKeys(model).filter((parent) => moves || names(loaded, parent));
  return [
    ...(isOwner ? [toLock(model, pick(fields, model.primaryKey), strength)] : []),
    ...parents.flatMap((parent) => parentRows(loaded, parent)),
    ...tools.flatMap(toolOwners),
  ];
}

/** Whether the owners of an input follow from the key of its root, without reading anything. */
export function isSelfContained(input: RecordInput, action: RootAction): boolean {
  const { model } = input.aggregate;
  if (action === 'delete') return false;
  if (action === 'update' && foreignKeys(model).some((parent) => names(input, parent))) {
    return false;
  }
  return input.tools.every((tool) => {
    if (tool.kind === 'null') return true;
    const takesIn = tool.kind === 'put' || (tool.kind === 'cast' && tool.onUnknown === 'relate');
    if (takesIn && tool.association.kind !== 'manyToMany') return false;
    if (tool.kind === 'put') return true;
    return (tool.items ?? []).every(
      (item) =>
        item.tools.length === 0 || (tool.kind === 'build' && isSelfContained(item, 'insert')),
    );
  });
}

function toolOwners(tool: LoadedTool): readonly RowsToLock[] {
  const below = childrenOf(tool).flatMap((child) => ownersOf(child, null));
  const { association } = tool;
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') return below;
  // The owners that records leave when another's list takes them in.
  const left = takenIn(tool).flatMap(({ fields }) =>
    keyedRow(association.owner, renameKey(fields, association.relatedKey, association.ownerKey)),
  );
  return [...below, ...left];
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
    ...joined.map(({ fields }) => toLock(related, pick(fields, related.primaryKey))),
  ];
}

/** Whether an input names a parent: its foreign key, or the association. */
function names({ params }: Pick<RecordInput, 'params'>, parent: BelongsTo): boolean {
  return [parent.name, ...parent.ownerKey].some((name) => params[name] !== undefined);
}

/** The row of a key that is the primary key and complete; a row named otherwise is not locked. */
function keyedRow(model: Model, key: Values): readonly RowsToLock[] {
  const { primaryKey } = model;
  const isPrimary =
    primaryKey.length === Object.keys(key).length && primaryKey.every((name) => name in key);
  return isPrimary && !Object.values(key).includes(null) ? [toLock(model, key)] : [];
}

function toLock(model: Model, key: Values, strength: LockStrength = 'NO KEY UPDATE'): RowsToLock {
  return { model, keys: [key], strength };
}
