import { pick } from '../model/key.ts';
import type { Value, Values } from '../model/value.ts';
import { equalValues } from '../model/value.ts';
import type { Changeset } from '../changeset/changeset.ts';
import type { Path } from '../changeset/issue.ts';
import { actionOf, hasChanges } from '../changeset/changeset.ts';
import { ChangesetError } from '../changeset/changeset-error.ts';
import { surfaceAssocs } from '../changeset/assoc/surface-changes.ts';
import { resolveConflicts } from './draft/conflicts.ts';
import type { Draft } from './draft/draft.ts';
import { makeDraft, storedRow } from './draft/draft.ts';
import type { Operation, Plan, PlanIssue, Reference, Row } from './plan.ts';
import { orderDrafts } from './draft/order.ts';
import { planChildren } from './draft/children.ts';
import { makeForeignKeys, planParents } from './draft/parents.ts';
import { expectations, planDelete, storedRecord } from './draft/removals.ts';
import { placesOf } from './draft/places.ts';
import type { Cascades, Lasts, Linked, OpenList, Position, Planner } from './draft/planner.ts';
import { makePlanner, nestedPosition } from './draft/planner.ts';

/**
 * The plan of a changeset, what makes it impossible, and the changesets of its new rows by their
 * number.
 */
export interface Planned {
  readonly plan: Plan;
  readonly issues: readonly PlanIssue[];
  readonly newRows: readonly Changeset[];
  /** The ordered lists whose last number must be known: until then rows have no place in them. */
  readonly open: readonly OpenList[];
}

/** What a plan needs to know beyond the changeset. */
export interface PlanOptions {
  /** The path of the root in the request; default []. */
  readonly root?: Path;
  /** The rows that go with each record that `findDeletions` names. */
  readonly cascades?: Cascades;
  /** The last numbers of the lists that a plan without them leaves open. */
  readonly lasts?: Lasts;
  /**
   * Updates the root also if nothing changes, if its model has an updatedAt, a version or a
   * lock; default false.
   */
  readonly force?: boolean;
}

/**
 * Works out what is to be written for a changeset and everything below it, ordered over the whole
 * so that unique and foreign keys hold: parents of a row, the row, removals, updates, inserts,
 * links. Pure: nothing is read or written.
 * @throws ChangesetError for an invalid changeset, or one whose action does not fit its record.
 */
export function planWrite(changeset: Changeset, options: PlanOptions = {}): Planned {
  const surfaced = surfaceAssocs(changeset);
  if (!surfaced.valid) {
    throw new ChangesetError(
      `cannot plan ${changeset.data.model.name}: the changeset has errors. Report them instead.`,
    );
  }
  const { drafts: drafted, newRows, open, issues } = draftAll(surfaced, options);
  const { drafts, issues: conflicts } = resolveConflicts(drafted);
  return {
    plan: { operations: orderDrafts(drafts) },
    issues: [...issues, ...conflicts],
    newRows,
    open: [...open.values()],
  };
}

/**
 * The rows that a changeset changes in two places, also of one with errors: all that is wrong is
 * reported at once.
 */
export function findConflicts(changeset: Changeset): readonly PlanIssue[] {
  const { drafts } = draftAll(changeset, {});
  return resolveConflicts(drafts).issues;
}

function draftAll(changeset: Changeset, options: PlanOptions): Planner {
  const { root = [], cascades = new Map(), lasts = new Map(), force = false } = options;
  const planner = makePlanner({ cascades, lasts, planRecord });
  planRecord(planner, changeset, { ...nestedPosition(root), phase: 'root', force });
  return planner;
}

function planRecord(planner: Planner, changeset: Changeset, position: Position): Linked {
  const { data } = changeset;
  const action = actionOf(changeset);
  switch (action) {
    case 'insert':
    case 'update':
      return planUpsert(planner, changeset, position, action);
    case 'delete': {
      const phase = position.phase === 'root' ? 'root' : 'removal';
      return planDelete(planner, changeset, position, { ifExists: false, phase });
    }
    case 'replace':
    case 'ignore':
      throw new ChangesetError(
        `cannot plan ${data.model.name}: its action is "${action}", which is for entries of an association. Leave the action out.`,
      );
    default:
      return action satisfies never;
  }
}

/**
 * Parents first, whose keys the row needs; then the row; then what is below it; last, parents that
 * are to be deleted.
 */
function planUpsert(
  planner: Planner,
  changeset: Changeset,
  position: Position,
  action: 'insert' | 'update',
): Linked {
  const { data } = changeset;
  const planned = position.shared ? planner.shared.get(changeset.changes) : null;
  if (planned && action === 'insert') return planned;
  const row: Row =
    action === 'insert' ? { new: planner.newRows.push(changeset) - 1 } : storedRow(data);
  if (action === 'update' && staysAsItIs(changeset, position)) {
    const unchanged = { row, action, changes: {}, references: [] };
    planner.drafts.push(draftUpsert(changeset, position, unchanged));
    return { row, values: data.fields };
  }
  const keys = makeForeignKeys();
  if (position.through) {
    const { association, owner } = position.through;
    keys.set(association.relatedKey, owner, association.ownerKey);
  }
  const start = planner.drafts.length;
  const deletedParents = planParents(planner, keys, changeset, position, action);
  const writes = action === 'insert' || position.force || hasChanges(changeset);
  const places = placesOf(planner, { changeset, position, keys, action });
  const changes = changedFields(changeset, { ...keys.values, ...places }, writes);
  const own = planner.drafts.length;
  const write = { row, action, changes, references: keys.references };
  planner.drafts.push(draftUpsert(changeset, position, write));
  const values = { ...data.fields, ...changes };
  // If the write changes the key of a row, by its new one.
  const written: Row = 'key' in row ? { key: pick(values, Object.keys(row.key)) } : row;
  const linked = { row: written, values };
  const before = position.phase === 'root' ? linked.row : row;
  planChildren(planner, changeset, { owner: linked, before, at: position.at });
  touchOwner(planner, { start, own }, changeset, position);
  planner.drafts.push(...deletedParents);
  if (action === 'insert') planner.shared.set(changeset.changes, linked);
  return linked;
}

/** Whether a stored record keeps its values and its place, with nothing to be planned below it. */
function staysAsItIs(changeset: Changeset, { through, force }: Position): boolean {
  if (force || hasChanges(changeset)) return false;
  if (!through) return true;
  const { association, owner, place } = through;
  const { ownerKey, relatedKey } = association;
  const { fields } = changeset.data;
  const isLeft = relatedKey.some(
    (name, i) => !equalValues(owner.values[ownerKey[i] ?? ''] ?? null, fields[name] ?? null),
  );
  return place === null && 'key' in owner.row && !isLeft;
}

/**
 * The field changes: the changeset's own, what its lock raises, and foreign keys and places (`keys`)
 * that differ from the stored ones. (Ecto writes the key of a parent that stays the same again.)
 */
function changedFields(changeset: Changeset, keys: Values, writes: boolean): Values {
  const { data, lock } = changeset;
  const changed: { [field: string]: Value } = {};
  for (const [field, value] of Object.entries(changeset.changes))
    if (!(field in keys)) changed[field] = value;
  for (const [field, value] of Object.entries(keys))
    if (!equalValues(value, data.fields[field] ?? null)) changed[field] = value;
  if (lock && lock.next !== null && writes) changed[lock.field] = lock.next;
  return changed;
}

interface Upsert {
  readonly row: Row;
  readonly action: 'insert' | 'update';
  readonly changes: Values;
  readonly references: readonly Reference[];
}

function draftUpsert(
  changeset: Changeset,
  position: Position,
  { row, action, changes, references }: Upsert,
): Draft {
  const { data, constraints } = changeset;
  const { at: path, reason } = position;
  const base = { model: data.model.name, row, path, reason };
  const via = position.through?.via ?? null;
  const isRoot = position.phase === 'root';
  if (action === 'insert') {
    const set = Object.entries(data.fields).filter(([, value]) => value !== null);
    const values = { ...Object.fromEntries(set), ...changes };
    const insert = { action, ...base, via, values, references, constraints };
    return makeDraft(insert, data.model, isRoot ? 'root' : 'insert');
  }
  const idle = Object.keys(changes).length === 0 && references.length === 0;
  const expects = expectations(changeset, position, idle);
  if (idle) {
    const unchanged = { action: 'unchanged', ...base, expects } as const;
    const keeps = position.through?.association.relatedKey ?? [];
    return makeDraft(unchanged, data.model, 'unchanged', keeps);
  }
  const linked = references.flatMap((reference) => reference.fields);
  const stored = storedRecord(changeset, position);
  const from = pick(stored.fields, [...Object.keys(changes), ...linked]);
  const update = { action, ...base, via, from, changes, references, expects, constraints };
  const draft = makeDraft(update, data.model, isRoot ? 'root' : 'update');
  return { ...draft, stored: data.fields };
}

/**
 * A change of an association that touches its owner turns an owner that stays as it is into an
 * update without changes; so does `force`.
 */
function touchOwner(
  planner: Planner,
  at: { readonly start: number; readonly own: number },
  changeset: Changeset,
  position: Position,
): void {
  const own = planner.drafts[at.own];
  const { model } = changeset.data;
  if (own?.operation.action !== 'unchanged') return;
  if (model.updatedAt === null && model.version === null) return;
  const touches = Object.values(changeset.assocs).some((assoc) => assoc.touch);
  const wrote = () =>
    planner.drafts.slice(at.start).some((draft) => draft.operation.action !== 'unchanged');
  if (!position.force && !(touches && wrote())) return;
  const phase = position.phase === 'root' ? 'root' : 'update';
  const update: Operation = {
    ...own.operation,
    action: 'update',
    via: position.through?.via ?? null,
    from: {},
    changes: {},
    references: [],
    constraints: changeset.constraints,
  };
  planner.drafts[at.own] = { ...own, operation: update, phase };
}
