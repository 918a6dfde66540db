import type { Association, Has } from '../../model/model.ts';
import { pick, rowKeyText } from '../../model/key.ts';
import type { Struct } from '../../model/struct.ts';
import type { Values } from '../../model/value.ts';
import type { Changeset, Entry } from '../../changeset/changeset.ts';
import { ChangesetError } from '../../changeset/changeset-error.ts';
import type { Path } from '../../changeset/issue.ts';
import { assertAssociation } from '../../changeset/assert.ts';
import type { Phase } from './draft.ts';
import { makeDraft, storedRow } from './draft.ts';
import type { Linked, Position, Planner } from './planner.ts';
import { draftApart, nestedPosition } from './planner.ts';

/** Drafts a deletion, after what goes with the record. */
export function planDelete(
  planner: Planner,
  changeset: Changeset,
  position: Position,
  how: { readonly ifExists: boolean; readonly phase: Phase },
): Linked {
  const { data, constraints } = changeset;
  const row = storedRow(data);
  planCascades(planner, data, position.at);
  const operation = {
    action: 'delete',
    model: data.model.name,
    row,
    path: position.at,
    reason: position.reason,
    // The owner's nested write reaches only what is among its records.
    via: (position.through?.current && position.through.via) ?? null,
    from: storedRecord(changeset, position).fields,
    expects: expectations(changeset, position),
    ifExists: how.ifExists,
    constraints,
  } as const;
  planner.drafts.push(makeDraft(operation, data.model, how.phase));
  return { row, values: data.fields };
}

/** @throws ChangesetError for an entry to be deleted of an owner that is inserted. */
export function assertNoDelete({ name, owner, related }: Association, { changeset }: Entry): void {
  if (changeset.action !== 'delete') return;
  throw new ChangesetError(
    `cannot delete ${related.name} of ${owner.name}.${name}: its owner is being inserted.`,
  );
}

/** Drafts that a record loses its foreign key to its owner, if it has one. */
export function planNilify(
  planner: Planner,
  record: Struct,
  association: Has,
  position: Position,
): void {
  const from = pick(record.fields, association.relatedKey);
  if (Object.values(from).every((value) => value === null)) return;
  const operation = {
    action: 'update',
    model: record.model.name,
    row: storedRow(record),
    path: position.at,
    reason: position.reason,
    via: position.through?.via ?? null,
    from,
    changes: pick({}, association.relatedKey),
    references: [],
    expects: from,
    constraints: [],
  } as const;
  const draft = makeDraft(operation, record.model, 'removal');
  planner.drafts.push({ ...draft, stored: record.fields });
}

/**
 * The record as it was loaded: of one that was built with the key of a current record, that record.
 */
export function storedRecord({ data }: Changeset, { through }: Position): Struct {
  return data.state === 'built' ? (through?.current ?? data) : data;
}

/**
 * What a stored row must still be: of its association, and of the expected version, unless it stays
 * as it is.
 */
export function expectations(changeset: Changeset, position: Position, idle = false): Values {
  const { lock } = changeset;
  const { through } = position;
  const stored = storedRecord(changeset, position);
  const unset = lock?.expected === null;
  const compared = lock && (lock.always || (!idle && !unset));
  return {
    ...(through?.current && stored.state !== 'built'
      ? pick(stored.fields, through.association.relatedKey)
      : {}),
    ...(compared ? { [lock.field]: lock.expected } : {}),
  };
}

/** What goes with a deleted record: each association's onDelete, one level deep as in Ecto. */
function planCascades(planner: Planner, record: Struct, at: Path): void {
  const text = rowKeyText(record.model, record.fields);
  const cascades = Object.entries(planner.cascades.get(text) ?? {});
  const drafts = draftApart(planner, () => {
    for (const [name, rows] of cascades) {
      const association = assertAssociation(record.model, name, 'plan');
      for (const row of rows) {
        planCascaded(planner, association, row, { record, at: [...at, name] });
      }
    }
  });
  planner.drafts.push(...drafts.map((draft) => ({ ...draft, cascadeOf: text })));
}

function planCascaded(
  planner: Planner,
  association: Association,
  row: Struct,
  { record, at }: { readonly record: Struct; readonly at: Path },
): void {
  const owner = { row: storedRow(record), values: record.fields };
  const { name } = association;
  const via = { model: record.model.name, row: owner.row, association: name };
  const base = {
    model: row.model.name,
    row: storedRow(row),
    path: at,
    reason: 'cascaded',
    via,
    constraints: [],
  } as const;
  if (association.kind === 'manyToMany') {
    const unlink = { action: 'unlink', ...base } as const;
    planner.drafts.push(makeDraft(unlink, row.model, 'removal'));
  } else if (association.kind === 'hasOne' || association.kind === 'hasMany') {
    if (association.rules.onDelete === 'nilifyAll') {
      const position = { ...nestedPosition(at), reason: 'cascaded' } as const;
      const through = { association, via, owner, current: row, place: null };
      planNilify(planner, row, association, { ...position, through });
      return;
    }
    const gone = { from: row.fields, expects: {}, ifExists: true };
    const operation = { action: 'delete', ...base, ...gone } as const;
    planner.drafts.push(makeDraft(operation, row.model, 'removal'));
  }
}
