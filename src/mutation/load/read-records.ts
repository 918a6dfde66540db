import type { Changeset } from '../../changeset/changeset.ts';
import { completeKey, pick, recordKey } from '../../model/key.ts';
import type { Association, OnReplace } from '../../model/model.ts';
import { listOf, loadStruct, type Struct } from '../../model/struct.ts';
import { keyText, type Values } from '../../model/value.ts';
import type { Locks, LockStrength, RowsToLock } from '../../repo/lock/row-locks.ts';
import { giveWay } from '../../repo/give-way.ts';
import type { ListArgs } from '../../repo/read/batches.ts';
import type { Loaders } from '../../repo/read/loaders.ts';
import type { CastTool, PutTool, RecordInput, Tool } from '../input/input.ts';
import type { Renames } from './renames.ts';

/** What an input is loaded with. */
export interface Loading {
  readonly loaders: Loaders;
  readonly locks: Locks;
  readonly renames: Renames;
  /** The records that references create, by model and name: one, however many lists name it. */
  readonly created: Map<string, Changeset>;
  /** The request's, for what validates and prepares a record. */
  readonly context: unknown;
  /** The owners that were not locked when their associations were read. */
  readonly unlocked: Struct[];
}

/** An association, and which of its records count as current. */
type List = Pick<CastTool | PutTool, 'association' | 'scope' | 'onReplace'>;

/** The records that count as current: those in the scope. */
export async function readCurrent(
  { loaders, locks, unlocked }: Loading,
  record: Struct,
  { association, scope, onReplace }: List,
): Promise<readonly Struct[]> {
  if (record.state === 'built') return [];
  if (!locks.holds([ownerLock(record)])) unlocked.push(record);
  const args = scope === null ? lockArgs(locks, onReplace) : { where: scope };
  const found = listOf(await loaders.association(association, record.fields, args));
  await giveWay(found.length);
  return found.map((row) => loadStruct(association.related, row));
}

/**
 * Begins to read the lists of a record, of which the key is known, that is being locked: the two statements
 * go together, and this one runs once that one has.
 */
export function readListsAhead(
  { loaders, locks }: Pick<Loading, 'loaders' | 'locks'>,
  key: Values,
  tools: readonly Tool[],
): void {
  for (const tool of tools) {
    if ((tool.kind !== 'cast' && tool.kind !== 'put') || tool.scope !== null) continue;
    const { association, onReplace } = tool;
    const isOwn = association.kind === 'hasOne' || association.kind === 'hasMany';
    if (!isOwn || !association.ownerKey.every((name) => name in key)) continue;
    loaders.readAhead(association, key, lockArgs(locks, onReplace));
  }
}

function lockArgs({ locksReads }: Locks, onReplace: OnReplace): ListArgs {
  if (!locksReads) return {};
  const deletes = onReplace === 'delete' || onReplace === 'deleteIfExists';
  return { lock: deletes ? 'UPDATE' : 'NO KEY UPDATE' };
}

/** The lock that makes a transaction the only one that changes the lists of a record. */
export function ownerLock(
  { model, fields }: Struct,
  strength: LockStrength = 'NO KEY UPDATE',
): RowsToLock {
  return { model, keys: [pick(fields, model.primaryKey)], strength };
}

/**
 * Of records that are named those that are linked already, though outside the scope. Of a has_many
 * their foreign key says so.
 */
export async function readBeside(
  loading: Loading,
  record: Struct,
  list: List,
  { named, current }: { readonly named: readonly Struct[]; readonly current: readonly Struct[] },
): Promise<readonly Struct[]> {
  if (list.association.kind !== 'manyToMany' || list.scope === null) return [];
  const inScope = new Set(current.map(recordKey));
  const outside = named.filter((item) => !inScope.has(recordKey(item)));
  if (outside.length === 0) return [];
  const linked = await readCurrent(loading, record, { ...list, scope: null });
  const keys = new Set(linked.map(recordKey));
  return outside.filter((item) => keys.has(recordKey(item)));
}

/** The stored records that entries name beside the current ones. What is to go is not related. */
export async function readElsewhere(
  { loaders }: Loading,
  { related }: Association,
  items: readonly RecordInput[],
  current: readonly Struct[],
): Promise<readonly Struct[]> {
  const known = new Set(current.map(recordKey));
  const keys = new Map<string, Values>();
  for (const { id, params } of items) {
    const key = id ? completeKey(related, id.key) : null;
    if (key === null || params['delete'] === true) continue;
    const text = keyText(Object.values(key));
    if (!known.has(text)) keys.set(text, key);
  }
  const rows = await Promise.all([...keys.values()].map((key) => loaders.record(related, key)));
  return rows.flatMap((row) => (row === null ? [] : loadStruct(related, row)));
}
