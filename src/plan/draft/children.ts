import type { Has, ManyToMany } from '../../model/model.ts';
import type { AssocChange, Changeset } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { assertAssociation } from '../../changeset/assert.ts';
import { recordKey } from '../../model/key.ts';
import { listOf } from '../../model/struct.ts';
import { makeDraft, storedRow } from './draft.ts';
import type { Link, Row, Via } from '../plan.ts';
import { assertNoDelete, planDelete, planNilify } from './removals.ts';
import type { Linked, Position, Planner } from './planner.ts';
import { nestedPosition } from './planner.ts';
import { placeEntries } from './places.ts';

/**
 * Plans the changed has_one, has_many and many_to_many of a record that is there or about to be.
 */
export function planChildren(planner: Planner, changeset: Changeset, owner: Owner): void {
  for (const [name, assoc] of Object.entries(changeset.assocs)) {
    const association = assertAssociation(changeset.data.model, name, 'plan');
    switch (association.kind) {
      case 'hasOne':
      case 'hasMany':
        planHas(planner, association, assoc, { ...owner, changeset });
        break;
      case 'manyToMany':
        planManyToMany(planner, association, assoc, { ...owner, changeset });
        break;
      case 'belongsTo':
      case 'through':
        break;
      default:
        association satisfies never;
    }
  }
}

/** The owner as it is written; `before`: its row as it is known when what is to go is removed. */
interface Owner {
  readonly owner: Linked;
  readonly before: Row;
  readonly at: Path;
}

/** The rows themselves change: left out, they go or lose their foreign key; listed, they get it. */
function planHas(
  planner: Planner,
  association: Has,
  assoc: AssocChange,
  { owner, before, at, changeset: owning }: Owner & { readonly changeset: Changeset },
): void {
  const { onReplace } = assoc;
  const leaving = { association, via: viaOf(association, before), owner, place: null };
  const staying = { association, via: viaOf(association, owner.row), owner };
  const places = placeEntries(association, assoc, owning.data);
  for (const replaced of assoc.replaced) {
    const position: Position = {
      ...nestedPosition([...at, ...assoc.at]),
      reason: 'replaced',
      through: { ...leaving, current: replaced.data },
    };
    if (onReplace === 'nilify' || onReplace === 'update') {
      planNilify(planner, replaced.data, association, position);
    } else {
      const ifExists = onReplace === 'deleteIfExists';
      planDelete(planner, replaced, position, { ifExists, phase: 'removal' });
    }
  }
  for (const entry of assoc.entries) {
    if ('new' in owner.row) assertNoDelete(association, entry);
    const { current, changeset } = entry;
    const place = places.get(entry) ?? null;
    const through =
      changeset.action === 'delete' ? { ...leaving, current } : { ...staying, place, current };
    const path = at.length === 0 ? entry.at : [...at, ...entry.at];
    planner.planRecord(planner, changeset, nestedPosition(path, through));
  }
}

/**
 * The join rows change: left out, they go; listed and not linked yet, they come. The far rows stay.
 */
function planManyToMany(
  planner: Planner,
  association: ManyToMany,
  assoc: AssocChange,
  { owner, before, at, changeset: owning }: Owner & { readonly changeset: Changeset },
): void {
  const unlinking = { association, via: viaOf(association, before), owning };
  const linking = { association, via: viaOf(association, owner.row), owning };
  for (const replaced of assoc.replaced) {
    const path = [...at, ...assoc.at];
    const row = storedRow(replaced.data);
    const unlink = { action: 'unlink', row, path, reason: 'replaced' } as const;
    draftLink(planner, unlinking, replaced, unlink);
  }
  const isNew = 'new' in owner.row;
  const linked = isNew ? new Set() : linkedKeys(owning, association);
  for (const entry of assoc.entries) {
    if ('new' in owner.row) assertNoDelete(association, entry);
    const { action, data } = entry.changeset;
    const isLinked = action !== 'insert' && linked.has(recordKey(data));
    const through = action === 'delete' ? unlinking : linking;
    planLinked(planner, through, entry.changeset, {
      path: [...at, ...entry.at],
      isLinked,
    });
  }
}

/** The many_to_many whose join rows are planned, and the changeset of its owner. */
interface Linking {
  readonly association: ManyToMany;
  readonly via: Via;
  readonly owning: Changeset;
}

/** Plans a far record and its join row. */
function planLinked(
  planner: Planner,
  linking: Linking,
  far: Changeset,
  { path, isLinked }: { readonly path: Path; readonly isLinked: boolean },
): void {
  if (far.action === 'delete') {
    const row = storedRow(far.data);
    if (!isLinked) return;
    const unlink = { action: 'unlink', row, path, reason: 'given' } as const;
    draftLink(planner, linking, far, unlink);
    return;
  }
  const position = { ...nestedPosition(path), shared: true };
  const { row } = planner.planRecord(planner, far, position);
  if (isLinked) return;
  const link = { action: 'link', row, path, reason: 'given' } as const;
  draftLink(planner, linking, far, link);
}

/**
 * Drafts what is done with a join row. Its refusal may be declared by the owner (as in Ecto), which
 * counts first, or the far record; it is reported at the entry.
 */
function draftLink(
  { drafts }: Planner,
  { association: { related }, via, owning }: Linking,
  far: Changeset,
  link: Pick<Link, 'action' | 'row' | 'path' | 'reason'>,
): void {
  const constraints = [...far.constraints, ...owning.constraints];
  const operation = { ...link, model: related.name, via, constraints };
  const phase = link.action === 'link' ? 'link' : 'removal';
  drafts.push(makeDraft(operation, related, phase));
}

/** The records, by key, to which a stored owner is linked as it was loaded. */
function linkedKeys({ data }: Changeset, { name }: ManyToMany): ReadonlySet<string> {
  const loaded = data.state === 'built' ? null : (data.assocs[name] ?? null);
  return new Set(listOf(loaded).map(recordKey));
}

function viaOf({ name, owner }: Has | ManyToMany, row: Row): Via {
  return { model: owner.name, row, association: name };
}
