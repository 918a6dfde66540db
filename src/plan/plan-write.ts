import type { BelongsTo, Has, ManyToMany } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import type { Value, Values } from '../model/value.ts';
import { equalValues } from '../model/value.ts';
import type { AssocChange, Changeset, Path } from '../changeset/changeset.ts';
import { assertAssociation, hasChanges } from '../changeset/changeset.ts';
import { ChangesetError } from '../changeset/error.ts';
import { resolveConflicts } from './conflict.ts';
import type { Cascades, Draft, Rank } from './draft.ts';
import { pick, recordText, rowText, storedRow, valuesAfter } from './draft.ts';
import type {
  Operation,
  Plan,
  PlanIssue,
  Reason,
  Reference,
  Row,
  Via,
} from './operation.ts';
import { orderDrafts } from './order.ts';

/** The plan of a changeset, what makes it impossible, and the changesets of its new rows by their number. */
export interface Planned {
  readonly plan: Plan;
  readonly issues: readonly PlanIssue[];
  readonly newRows: readonly Changeset[];
}

/** What a plan needs to know beyond the changeset. */
export interface PlanOptions {
  /** The path of the root in the request; default []. */
  readonly root?: Path;
  /** The rows that go with each record that `findDeletions` names. */
  readonly cascades?: Cascades;
}

/**
 * Works out what is to be written for a changeset and everything below it, ordered over the whole so that unique and
 * foreign keys hold: parents of a row, the row, removals, updates, inserts, links. Pure: nothing is read or written.
 * @throws ChangesetError for an invalid changeset, or one whose action does not fit its record.
 */
export function planWrite(
  changeset: Changeset,
  options: PlanOptions = {},
): Planned {
  if (!changeset.valid) {
    throw new ChangesetError(
      `cannot plan ${changeset.data.model.name}: the changeset has errors. Report them instead.`,
    );
  }
  const planner: Planner = {
    drafts: [],
    newRows: [],
    cascades: options.cascades ?? new Map(),
  };
  planRecord(planner, changeset, {
    at: options.root ?? [],
    rank: 'root',
    via: null,
    reason: 'given',
  });
  const { drafts, issues } = resolveConflicts(planner.drafts);
  const operations = orderDrafts(drafts);
  return { plan: { operations }, issues, newRows: planner.newRows };
}

interface Planner {
  readonly drafts: Draft[];
  readonly newRows: Changeset[];
  readonly cascades: Cascades;
}

/** Where a record stands: its path, the association it is written through, and the foreign key that this gives it. */
interface Place {
  readonly at: Path;
  readonly rank: 'root' | 'nested';
  readonly via: {
    readonly association: Has;
    readonly via: Via;
    readonly owner: Linked;
    readonly current: boolean;
  } | null;
  readonly reason: Reason;
  /** A parent or far record: where it stays as it is, another place of the request may name it too. */
  readonly shared?: boolean;
}

/** A row that others refer to: its values as far as they are known. */
interface Linked {
  readonly row: Row;
  readonly values: Values;
}

function planRecord(
  planner: Planner,
  changeset: Changeset,
  place: Place,
): Linked {
  const action =
    changeset.action ??
    (changeset.data.state === 'built' ? 'insert' : 'update');
  switch (action) {
    case 'insert':
    case 'update':
      return planUpsert(planner, changeset, place, action);
    case 'delete':
      return planDelete(planner, changeset, place, {
        ifExists: false,
        rank: place.rank === 'root' ? 'root' : 'removal',
      });
    case 'replace':
    case 'ignore':
      throw new ChangesetError(
        `cannot plan ${changeset.data.model.name}: its action is "${action}".`,
      );
    default:
      return action satisfies never;
  }
}

function planUpsert(
  planner: Planner,
  changeset: Changeset,
  place: Place,
  action: 'insert' | 'update',
): Linked {
  const { data } = changeset;
  const number = action === 'insert' ? planner.newRows.push(changeset) - 1 : -1;
  const row: Row = action === 'insert' ? { new: number } : storedRow(data);
  const keys = makeForeignKeys(data);
  for (const [name, assoc] of Object.entries(changeset.assocs)) {
    const association = assertAssociation(data.model, name, 'plan');
    if (association.kind === 'belongsTo')
      planParent(planner, keys, association, assoc, place);
  }
  if (place.via)
    keys.set(
      place.via.association.relatedKey,
      place.via.owner,
      place.via.association.ownerKey,
    );
  const changes = changed(changeset, keys.values, action);
  const values = { ...data.fields, ...changes };
  const start = planner.drafts.length;
  planner.drafts.push(
    draftUpsert(changeset, place, row, action, {
      changes,
      references: keys.references,
    }),
  );
  planChildren(planner, changeset, { row, values }, place.at);
  touchOwner(planner, start, changeset, place);
  planner.drafts.push(...keys.removals);
  return { row, values };
}

/** The foreign keys that a record gets from its parents and its owner. */
function makeForeignKeys(data: Struct) {
  const values: { [field: string]: Value } = {};
  const references: Reference[] = [];
  const removals: Draft[] = [];
  const set = (
    fields: readonly string[],
    to: Linked | null,
    toFields: readonly string[],
  ) => {
    const known =
      to === null ||
      toFields.every((name) => (to.values[name] ?? null) !== null);
    if (!known && to !== null && 'new' in to.row)
      references.push({ fields, to: to.row.new, toFields });
    else
      fields.forEach(
        (field, i) => (values[field] = to?.values[toFields[i] ?? ''] ?? null),
      );
  };
  return { data, values, references, removals, set };
}

type ForeignKeys = ReturnType<typeof makeForeignKeys>;

/** A belongs_to: the parent comes before the row, and a parent that is to be deleted after everything else. */
function planParent(
  planner: Planner,
  keys: ForeignKeys,
  association: BelongsTo,
  assoc: AssocChange,
  child: Place,
): void {
  const { at, rank } = child;
  const [entry] = assoc.entries;
  let parent: Linked | null = null;
  if (entry?.changeset.action === 'delete') {
    keys.removals.push(
      ...draftsOf(planner, () =>
        planDelete(planner, entry.changeset, nested([...at, ...entry.at]), {
          ifExists: false,
          rank: 'last',
        }),
      ),
    );
  } else if (entry) {
    parent = planRecord(planner, entry.changeset, {
      ...nested([...at, ...entry.at]),
      rank,
      shared: true,
    });
  }
  keys.set(association.ownerKey, parent, association.relatedKey);
  if (assoc.onReplace !== 'delete' && assoc.onReplace !== 'deleteIfExists')
    return;
  for (const replaced of assoc.replaced) {
    const place: Place = {
      ...nested([...at, ...assoc.at]),
      reason: 'replaced',
    };
    const ifExists = assoc.onReplace === 'deleteIfExists';
    keys.removals.push(
      ...draftsOf(planner, () =>
        planDelete(planner, replaced, place, { ifExists, rank: 'last' }),
      ),
    );
  }
}

/** Takes what a step drafts out of the planner, to be drafted later. */
function draftsOf(planner: Planner, step: () => void): readonly Draft[] {
  const start = planner.drafts.length;
  step();
  return planner.drafts.splice(start);
}

function nested(at: Path): Place {
  return { at, rank: 'nested', via: null, reason: 'given' };
}

/** The field changes: the changeset's own, what its lock raises, and foreign keys that differ from the stored ones. */
function changed(
  changeset: Changeset,
  keys: Values,
  action: 'insert' | 'update',
): Values {
  const changes: { [field: string]: Value } = { ...changeset.changes };
  for (const [field, value] of Object.entries(keys)) {
    if (equalValues(value, changeset.data.fields[field] ?? null))
      delete changes[field];
    else changes[field] = value;
  }
  const { lock } = changeset;
  if (
    action === 'update' &&
    lock &&
    lock.next !== null &&
    hasChanges(changeset)
  )
    changes[lock.field] = lock.next;
  return changes;
}

function draftUpsert(
  changeset: Changeset,
  place: Place,
  row: Row,
  action: 'insert' | 'update',
  write: {
    readonly changes: Values;
    readonly references: readonly Reference[];
  },
): Draft {
  const { data, constraints } = changeset;
  const { changes, references } = write;
  const base = {
    model: data.model.name,
    row,
    path: place.at,
    reason: place.reason,
  };
  const via = place.via?.via ?? null;
  const association = place.via?.association ?? null;
  const common = { model: data.model, cascadeOf: null, association };
  if (action === 'insert') {
    const all: Values = { ...data.fields, ...changes };
    const values = Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== null),
    );
    const operation: Operation = {
      action,
      ...base,
      via,
      values,
      references,
      constraints,
    };
    return {
      ...common,
      operation,
      rank: place.rank === 'root' ? 'root' : 'insert',
      rowText: null,
      claims: true,
    };
  }
  const expects = expectations(changeset, place);
  const text = recordText(data);
  if (Object.keys(changes).length === 0 && references.length === 0) {
    const operation: Operation = { action: 'unchanged', ...base, expects };
    return {
      ...common,
      operation,
      rank: 'unchanged',
      rowText: text,
      claims: !place.shared,
    };
  }
  const from = pick(data.fields, [
    ...Object.keys(changes),
    ...references.flatMap((reference) => reference.fields),
  ]);
  const operation: Operation = {
    action,
    ...base,
    via,
    from,
    changes,
    references,
    expects,
    constraints,
  };
  return {
    ...common,
    operation,
    rank: place.rank === 'root' ? 'root' : 'update',
    rowText: text,
    claims: true,
  };
}

/** What the stored row must still be: of its association, and of the expected version. */
function expectations(changeset: Changeset, place: Place): Values {
  const { data, lock } = changeset;
  const membership = place.via
    ? pick(data.fields, place.via.association.relatedKey)
    : {};
  return lock ? { ...membership, [lock.field]: lock.expected } : membership;
}

function planChildren(
  planner: Planner,
  changeset: Changeset,
  owner: Linked,
  at: Path,
): void {
  for (const [name, assoc] of Object.entries(changeset.assocs)) {
    const association = assertAssociation(changeset.data.model, name, 'plan');
    if (association.kind === 'hasOne' || association.kind === 'hasMany') {
      planHas(planner, association, assoc, owner, at);
    } else if (association.kind === 'manyToMany') {
      planManyToMany(planner, association, assoc, owner, at);
    }
  }
}

function planHas(
  planner: Planner,
  association: Has,
  assoc: AssocChange,
  owner: Linked,
  at: Path,
): void {
  const via: Via = {
    model: association.owner.name,
    row: owner.row,
    association: association.name,
  };
  for (const replaced of assoc.replaced) {
    const place: Place = {
      ...nested([...at, ...assoc.at]),
      reason: 'replaced',
      via: { association, via, owner, current: true },
    };
    if (assoc.onReplace === 'nilify' || assoc.onReplace === 'update')
      planNilify(planner, replaced.data, association, place);
    else
      planDelete(planner, replaced, place, {
        ifExists: assoc.onReplace === 'deleteIfExists',
        rank: 'removal',
      });
  }
  for (const entry of assoc.entries) {
    planRecord(planner, entry.changeset, {
      ...nested([...at, ...entry.at]),
      via: { association, via, owner, current: entry.current },
    });
  }
}

function planManyToMany(
  planner: Planner,
  association: ManyToMany,
  assoc: AssocChange,
  owner: Linked,
  at: Path,
): void {
  const via: Via = {
    model: association.owner.name,
    row: owner.row,
    association: association.name,
  };
  const link = (
    changeset: Changeset,
    row: Row,
    action: 'link' | 'unlink',
    path: Path,
    reason: Reason,
  ): void => {
    planner.drafts.push({
      operation: {
        action,
        model: association.related.name,
        row,
        path,
        reason,
        via,
        constraints: changeset.constraints,
      },
      model: association.related,
      rank: action === 'link' ? 'link' : 'removal',
      rowText: null,
      claims: false,
      cascadeOf: null,
      association,
    });
  };
  for (const replaced of assoc.replaced)
    link(
      replaced,
      storedRow(replaced.data),
      'unlink',
      [...at, ...assoc.at],
      'replaced',
    );
  for (const { changeset, current, at: entryAt } of assoc.entries) {
    const path = [...at, ...entryAt];
    if (changeset.action === 'delete') {
      if (current)
        link(changeset, storedRow(changeset.data), 'unlink', path, 'given');
      continue;
    }
    const far = planRecord(planner, changeset, {
      ...nested(path),
      shared: true,
    });
    if (!current) link(changeset, far.row, 'link', path, 'given');
  }
}

function planNilify(
  planner: Planner,
  record: Struct,
  association: Has,
  place: Place,
): void {
  const changes = Object.fromEntries(
    association.relatedKey.map((name) => [name, null]),
  );
  planner.drafts.push({
    operation: {
      action: 'update',
      model: record.model.name,
      row: storedRow(record),
      path: place.at,
      reason: place.reason,
      via: place.via?.via ?? null,
      from: pick(record.fields, association.relatedKey),
      changes,
      references: [],
      expects: pick(record.fields, association.relatedKey),
      constraints: [],
    },
    model: record.model,
    rank: 'removal',
    rowText: recordText(record),
    claims: true,
    cascadeOf: null,
    association,
  });
}

/** A deletion, after what goes with the record: each association's onDelete, one level deep as in Ecto. */
function planDelete(
  planner: Planner,
  changeset: Changeset,
  place: Place,
  how: { ifExists: boolean; rank: Rank },
): Linked {
  const { data, constraints } = changeset;
  const text = recordText(data);
  planCascades(planner, data, place.at);
  const expects = expectations(changeset, place);
  planner.drafts.push({
    operation: {
      action: 'delete',
      model: data.model.name,
      row: storedRow(data),
      path: place.at,
      reason: place.reason,
      via: place.via?.via ?? null,
      from: data.fields,
      expects,
      ifExists: how.ifExists,
      constraints,
    },
    model: data.model,
    rank: how.rank,
    rowText: text,
    claims: true,
    cascadeOf: null,
    association: place.via?.association ?? null,
  });
  return { row: storedRow(data), values: valuesAfter(changeset) };
}

function planCascades(planner: Planner, record: Struct, at: Path): void {
  const text = recordText(record);
  const owner: Linked = { row: storedRow(record), values: record.fields };
  for (const [name, rows] of Object.entries(planner.cascades.get(text) ?? {})) {
    const association = assertAssociation(record.model, name, 'plan');
    const via: Via = {
      model: record.model.name,
      row: owner.row,
      association: name,
    };
    const path = [...at, name];
    for (const row of rows) {
      planner.drafts.push(
        ...draftsOf(planner, () =>
          planCascaded(planner, association, row, via, path),
        ).map((draft) => ({ ...draft, cascadeOf: text })),
      );
    }
  }
}

function planCascaded(
  planner: Planner,
  association: ReturnType<typeof assertAssociation>,
  row: Struct,
  via: Via,
  path: Path,
): void {
  if (association.kind === 'manyToMany') {
    planner.drafts.push({
      operation: {
        action: 'unlink',
        model: row.model.name,
        row: storedRow(row),
        path,
        reason: 'cascaded',
        via,
        constraints: [],
      },
      model: row.model,
      rank: 'removal',
      rowText: null,
      claims: false,
      cascadeOf: null,
      association,
    });
    return;
  }
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') return;
  const owner: Linked = { row: via.row, values: {} };
  const place: Place = {
    ...nested(path),
    reason: 'cascaded',
    via: { association, via, owner, current: true },
  };
  if (association.rules.onDelete === 'nilifyAll') {
    planNilify(planner, row, association, place);
    return;
  }
  planner.drafts.push({
    operation: {
      action: 'delete',
      model: row.model.name,
      row: storedRow(row),
      path,
      reason: 'cascaded',
      via,
      from: row.fields,
      expects: {},
      ifExists: true,
      constraints: [],
    },
    model: row.model,
    rank: 'removal',
    rowText: rowText(row.model, row.fields),
    claims: true,
    cascadeOf: null,
    association,
  });
}

/** A change of children that touches their owner turns an owner that stays as it is into an update without changes. */
function touchOwner(
  planner: Planner,
  index: number,
  changeset: Changeset,
  place: Place,
): void {
  const own = planner.drafts[index];
  const { model } = changeset.data;
  if (
    own?.operation.action !== 'unchanged' ||
    (model.updatedAt === null && model.version === null)
  )
    return;
  const touches = Object.values(changeset.assocs).some((assoc) => assoc.touch);
  const wrote = planner.drafts
    .slice(index + 1)
    .some((draft) => draft.operation.action !== 'unchanged');
  if (!touches || !wrote) return;
  const { expects, ...base } = own.operation;
  const operation: Operation = {
    ...base,
    action: 'update',
    via: null,
    from: {},
    changes: {},
    references: [],
    expects,
    constraints: changeset.constraints,
  };
  planner.drafts[index] = {
    ...own,
    operation,
    rank: place.rank === 'root' ? 'root' : 'update',
    claims: true,
  };
}
