import type { BelongsTo } from '../../model/model.ts';
import type { Value, Values } from '../../model/value.ts';
import { equalValues } from '../../model/value.ts';
import type { AssocChange, Changeset } from '../../changeset/changeset.ts';
import { assertAssociation } from '../../changeset/assert.ts';
import { ChangesetError } from '../../changeset/changeset-error.ts';
import type { Draft } from './draft.ts';
import type { Reference } from '../plan.ts';
import { planDelete } from './removals.ts';
import type { Linked, Place, Planner } from './planner.ts';
import { draftApart, nestedPlace } from './planner.ts';

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
      const key = toFields.map((name) => to?.values[name] ?? null);
      if (to && 'new' in to.row && key.includes(null)) {
        references.push({ fields, to: to.row.new, toFields });
        return;
      }
      fields.forEach((field, i) => (values[field] = key[i] ?? null));
    },
  };
}

/**
 * Plans the changed belongs_to of a record: a parent that stays or comes is drafted before the
 * record, whose foreign key it sets. Gives the drafts of parents that are to be deleted, which go
 * last.
 */
export function planParents(
  planner: Planner,
  keys: ForeignKeys,
  changeset: Changeset,
  place: Place,
): readonly Draft[] {
  return Object.entries(changeset.assocs).flatMap(([name, assoc]) => {
    const association = assertAssociation(changeset.data.model, name, 'plan');
    if (association.kind !== 'belongsTo') return [];
    assertNoDelete(changeset, association, assoc);
    const parent = planParent(planner, assoc, place);
    assertOneKey(changeset, association, parent);
    keys.set(association.ownerKey, parent, association.relatedKey);
    return draftApart(planner, () => deleteParents(planner, assoc, place));
  });
}

function assertNoDelete(
  { action, data }: Changeset,
  { name, related }: BelongsTo,
  { entries }: AssocChange,
): void {
  const isInsert = action === 'insert' || data.state === 'built';
  const deletes = entries.some((entry) => entry.changeset.action === 'delete');
  if (!isInsert || !deletes) return;
  throw new ChangesetError(
    `cannot delete ${related.name} of ${data.model.name}.${name}: its owner is being inserted.`,
  );
}

/** As in Ecto, a foreign key that is changed as well must be changed to the same. */
function assertOneKey(
  { changes, data }: Changeset,
  { name, ownerKey, relatedKey }: BelongsTo,
  parent: Linked | null,
): void {
  const other = ownerKey.find((field, i) => {
    const linked = parent?.values[relatedKey[i] ?? ''] ?? null;
    const made = parent !== null && linked === null;
    return field in changes && (made || !equalValues(changes[field], linked));
  });
  if (other === undefined) return;
  throw new ChangesetError(
    `cannot change "${name}" of ${data.model.name}: its foreign key "${other}" is changed to another record. Change one of them.`,
  );
}

function planParent(planner: Planner, assoc: AssocChange, { at, rank }: Place): Linked | null {
  const [entry] = assoc.entries;
  if (!entry || entry.changeset.action === 'delete') return null;
  const place = { ...nestedPlace([...at, ...entry.at]), rank, shared: true };
  return planner.planRecord(planner, entry.changeset, place);
}

function deleteParents(
  planner: Planner,
  { entries, replaced, onReplace, at: assocAt }: AssocChange,
  { at }: Place,
): void {
  for (const entry of entries) {
    if (entry.changeset.action !== 'delete') continue;
    const how = { ifExists: false, rank: 'last' } as const;
    planDelete(planner, entry.changeset, nestedPlace([...at, ...entry.at]), how);
  }
  if (onReplace !== 'delete' && onReplace !== 'deleteIfExists') return;
  for (const parent of replaced) {
    const place = nestedPlace([...at, ...assocAt]);
    const how = {
      ifExists: onReplace === 'deleteIfExists',
      rank: 'last',
    } as const;
    planDelete(planner, parent, { ...place, reason: 'replaced' }, how);
  }
}
