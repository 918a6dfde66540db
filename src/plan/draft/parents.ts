import { renameKey } from '../../model/key.ts';
import type { BelongsTo } from '../../model/model.ts';
import type { Value, Values } from '../../model/value.ts';
import { equalValues } from '../../model/value.ts';
import type { AssocChange, Changeset } from '../../changeset/changeset.ts';
import { assertAssociation } from '../../changeset/assert.ts';
import { ChangesetError } from '../../changeset/changeset-error.ts';
import type { Draft } from './draft.ts';
import type { Reference } from '../plan.ts';
import { assertNoDelete, planDelete } from './removals.ts';
import type { Linked, Position, Planner } from './planner.ts';
import { draftApart, nestedPosition } from './planner.ts';

/**
 * The foreign keys that a record gets from its parents and its owner: values, or references to rows
 * yet to be inserted.
 */
export interface ForeignKeys {
  readonly values: Values;
  readonly references: readonly Reference[];
  /** Points the fields to a row, or to none. */
  readonly set: (fields: readonly string[], to: Linked | null, toFields: readonly string[]) => void;
}

/** Makes the foreign keys of one record, none set yet. */
export function makeForeignKeys(): ForeignKeys {
  const values: { [field: string]: Value } = {};
  const references: Reference[] = [];
  return {
    values,
    references,
    set(fields, to, toFields) {
      const key = renameKey(to?.values ?? {}, toFields, fields);
      if (to && 'new' in to.row && Object.values(key).includes(null))
        references.push({ fields, to: to.row.new, toFields });
      else Object.assign(values, key);
    },
  };
}

/**
 * Plans the changed belongs_to of a record: a parent that stays or comes is drafted before the
 * record, whose foreign key it sets; `keys` holds what its owner sets. Gives the drafts of parents
 * that are to be deleted, which go last.
 */
export function planParents(
  planner: Planner,
  keys: ForeignKeys,
  changeset: Changeset,
  position: Position,
  action: 'insert' | 'update',
): readonly Draft[] {
  const parents = Object.entries(changeset.assocs).flatMap(([name, assoc]) => {
    const association = assertAssociation(changeset.data.model, name, 'plan');
    return association.kind === 'belongsTo' ? [{ association, assoc }] : [];
  });
  if (parents.length === 0) return [];
  const settled = settledFields(changeset, keys, action);
  return parents.flatMap(({ association, assoc }) => {
    if (action === 'insert') assoc.entries.forEach((entry) => assertNoDelete(association, entry));
    const parent = planParent(planner, assoc, position);
    assertOneKey(settled, association, parent);
    keys.set(association.ownerKey, parent, association.relatedKey);
    return draftApart(planner, () => deleteParents(planner, assoc, position));
  });
}

/**
 * Values that the belongs_to of a record must agree with; undefined for the key of an owner that is
 * yet to be inserted.
 */
type Settled = ReadonlyMap<string, Value | undefined>;

/**
 * The fields that are settled before a record's belongs_to are looked at: its changes, what its
 * owner sets to another value than it has, and of a new row all that it has.
 */
function settledFields(
  { data, changes }: Changeset,
  { values, references }: ForeignKeys,
  action: 'insert' | 'update',
): Settled {
  const settled = new Map<string, Value | undefined>(Object.entries(changes));
  for (const [field, value] of Object.entries(values)) {
    if (equalValues(value, data.fields[field] ?? null)) settled.delete(field);
    else settled.set(field, value);
  }
  for (const { fields } of references) for (const field of fields) settled.set(field, undefined);
  if (action === 'update') return settled;
  for (const [field, value] of Object.entries(data.fields))
    if (value !== null && !settled.has(field)) settled.set(field, value);
  return settled;
}

/** As in Ecto, a belongs_to must agree with the foreign key that is settled otherwise. */
function assertOneKey(
  settled: Settled,
  { name, owner, ownerKey, relatedKey }: BelongsTo,
  parent: Linked | null,
): void {
  const key = renameKey(parent?.values ?? {}, relatedKey, ownerKey);
  const other = ownerKey.find((field) => {
    const isGenerated = parent !== null && key[field] === null;
    return settled.has(field) && (isGenerated || !equalValues(settled.get(field), key[field]));
  });
  if (other === undefined) return;
  throw new ChangesetError(
    `cannot change "${name}" of ${owner.name}: its foreign key "${other}" is set to another record. Change one of them.`,
  );
}

function planParent(planner: Planner, assoc: AssocChange, { at, phase }: Position): Linked | null {
  const [entry] = assoc.entries;
  if (!entry || entry.changeset.action === 'delete') return null;
  const position = { ...nestedPosition([...at, ...entry.at]), phase, shared: true };
  return planner.planRecord(planner, entry.changeset, position);
}

function deleteParents(
  planner: Planner,
  { entries, replaced, onReplace, at: assocAt }: AssocChange,
  { at }: Position,
): void {
  for (const entry of entries) {
    if (entry.changeset.action !== 'delete') continue;
    const how = { ifExists: false, phase: 'last' } as const;
    planDelete(planner, entry.changeset, nestedPosition([...at, ...entry.at]), how);
  }
  if (onReplace !== 'delete' && onReplace !== 'deleteIfExists') return;
  for (const parent of replaced) {
    const position = nestedPosition([...at, ...assocAt]);
    const how = {
      ifExists: onReplace === 'deleteIfExists',
      phase: 'last',
    } as const;
    planDelete(planner, parent, { ...position, reason: 'replaced' }, how);
  }
}
