import type { BelongsTo, Model } from '../../model/model.ts';
import type { Struct } from '../../model/struct.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import { type Value, type Values, keyText } from '../../model/value.ts';
import type { RowsToLock } from '../../repo/lock/row-locks.ts';
import type { Gathered, GatheredTool } from './load-input.ts';

/** What is done with the root record of a request. */
export type RootAction = 'insert' | 'update' | 'delete';

/** A row by its key, to be locked. */
interface OwnerRow {
  readonly model: Model;
  readonly key: Values;
}

/**
 * The owners that a request concerns, old and new: the root, every record whose list changes, the
 * parents that a record leaves and joins, the owners that a moved record leaves. Whoever holds them
 * all changes these lists alone.
 */
export function ownersOf(gathered: Gathered, action: RootAction): readonly RowsToLock[] {
  const rows = recordOwners(gathered, action);
  const { struct } = gathered;
  return rows.map(({ model, key }) => ({
    model,
    keys: [key],
    strength:
      action === 'delete' && model === struct.model && isRow(struct, key)
        ? 'UPDATE'
        : 'NO KEY UPDATE',
  }));
}

/**
 * Whether the owners of an input can be told from the root's key alone, without reading anything
 * first.
 */
export function isSelfContained(gathered: Gathered, action: RootAction): boolean {
  const { input, struct } = gathered;
  if (action === 'delete') return false;
  if (action === 'update' && parentsOf(struct.model).some((parent) => mentions(gathered, parent))) {
    return false;
  }
  return input.tools.every((tool) => {
    if (tool.kind === 'null') return true;
    if (tool.kind === 'put') return tool.association.kind === 'manyToMany';
    return (tool.items ?? []).every((item) => item.tools.length === 0);
  });
}

function recordOwners(gathered: Gathered, action: RootAction | null): readonly OwnerRow[] {
  const { struct, tools } = gathered;
  const stored = struct.state === 'loaded';
  const isOwner = stored && (action !== null || tools.length > 0);
  const own = isOwner ? [rowOf(struct.model, struct.fields)] : [];
  const parents = parentsOf(struct.model).flatMap((parent) => {
    const moves = action === 'insert' || action === 'delete';
    return moves || mentions(gathered, parent) ? parentRows(gathered, parent) : [];
  });
  return [...own, ...parents, ...tools.flatMap(toolOwners)];
}

function toolOwners(gathered: GatheredTool): readonly OwnerRow[] {
  switch (gathered.kind) {
    case 'cast':
    case 'build':
      return gathered.children.flatMap((child) => recordOwners(child, null));
    case 'put':
      return leftOwners(gathered);
    case 'null':
      return [];
    default:
      return gathered satisfies never;
  }
}

/** The owners that records leave when they are put into a has_one or has_many. */
function leftOwners(gathered: Extract<GatheredTool, { kind: 'put' }>): readonly OwnerRow[] {
  const { association } = gathered.tool;
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') {
    return [];
  }
  return gathered.refs.flatMap((ref) => {
    if (ref.kind !== 'found') return [];
    const values = association.relatedKey.map((name) => ref.struct.fields[name] ?? null);
    return keyedRow(association.owner, association.ownerKey, values);
  });
}

/** The parents that a record has, and will have. */
function parentRows(gathered: Gathered, parent: BelongsTo): readonly OwnerRow[] {
  const { struct, input, tools } = gathered;
  const before = parent.ownerKey.map((name) => struct.fields[name] ?? null);
  const cast = parent.ownerKey.map((name) => {
    const read = castNamed(struct.model, name, input.params[name]);
    return read.ok ? read.value : null;
  });
  const put = tools.flatMap((tool) =>
    tool.kind === 'put' && tool.tool.association === parent
      ? tool.refs.flatMap((ref) =>
          ref.kind === 'found' ? [rowOf(parent.related, ref.struct.fields)] : [],
        )
      : [],
  );
  return [
    ...keyedRow(parent.related, parent.relatedKey, before),
    ...keyedRow(parent.related, parent.relatedKey, cast),
    ...put,
  ];
}

function parentsOf(model: Model): readonly BelongsTo[] {
  return [...model.associations.values()].filter((association) => association.kind === 'belongsTo');
}

/** Whether an input says anything of a parent: its foreign key, or the association. */
function mentions({ input }: Gathered, parent: BelongsTo): boolean {
  return [parent.name, ...parent.ownerKey].some((name) => input.params[name] !== undefined);
}

function rowOf(model: Model, values: Values): OwnerRow {
  const key = model.primaryKey.map((name) => [name, values[name] ?? null]);
  return { model, key: Object.fromEntries(key) };
}

/** The row of a key that is the primary key and complete; a row named otherwise is not locked. */
function keyedRow(
  model: Model,
  names: readonly string[],
  values: readonly Value[],
): readonly OwnerRow[] {
  if (values.includes(null)) return [];
  if (keyText(names) !== keyText(model.primaryKey)) return [];
  const key = names.map((name, i) => [name, values[i] ?? null]);
  return [{ model, key: Object.fromEntries(key) }];
}

function isRow(struct: Struct, key: Values): boolean {
  return Object.entries(key).every(([name, value]) => struct.fields[name] === value);
}
