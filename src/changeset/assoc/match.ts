import type { Association, OnReplace } from '../../model/model.ts';
import type { Struct } from '../../model/struct.ts';
import { listOf } from '../../model/struct.ts';
import { keyText } from '../../model/value.ts';
import type { Action, AssocChange, Changeset, Entry } from '../changeset.ts';
import type { Path } from '../issue.ts';
import { addError, change, getField, hasChanges, putAction } from '../changeset.ts';
import { assertAction, matchedActions } from './allowed-actions.ts';
import { ChangesetError } from '../changeset-error.ts';
import { canNilify } from './nullable-key.ts';
import type { Pair, Pairs } from './pair-items.ts';

/*
 * The one matcher that castAssoc and putAssoc share (as Ecto.Changeset.Relation, 3.13): the two
 * differ only in how an item's key is read and in how an item and the record it matches become a
 * changeset.
 */

/** How a cast or a put makes changesets of its items. */
export interface Pairing<Item> {
  /** The changeset of an item and the record it matches, if any. */
  readonly pair: (pair: Pair<Item>, index: number) => Changeset;
  /**
   * What may be done with a record that is not among the current ones: a cast inserts, or updates
   * what it relates; a put takes it as it is.
   */
  readonly unmatched: readonly Action[];
  /**
   * Whether an item that markAsInvalid refuses is shown beside the refusal; unless given, it is.
   */
  readonly showsRefused?: (item: Item) => boolean;
}

/** What is matched: the items given (of a to-one: one or none), paired with the current records. */
export interface Match<Item> extends Pairs<Item> {
  readonly association: Association;
  readonly onReplace: OnReplace;
  readonly touch: boolean;
  readonly partial: boolean;
  /** Where the association is, and where each of its items is. */
  readonly at: Path;
  readonly itemAt: (index: number) => Path;
}

/**
 * The outcome of matching: a change (`idle` if every entry is as it was), none because every
 * item is to be ignored, or one that must not be because it would replace current records:
 * onReplace forbids it, or their foreign key (of a belongs_to: the owner's) cannot be null.
 */
export type Matched = { readonly change: AssocChange } & (
  | { readonly kind: 'changed'; readonly idle: boolean }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'notReplaceable'; readonly records: readonly Struct[] }
  | { readonly kind: 'notNullable' }
);

/**
 * Makes the change of an association of its paired items: found, the current record is updated; not
 * found, a new one is inserted; what is left over is replaced, as onReplace says. Their order is not
 * looked at.
 * @throws ChangesetError if onReplace is raise, or a changeset's action does not fit its record.
 */
export function matchRelation<Item>(match: Match<Item>, pairing: Pairing<Item>): Matched {
  const seen = new Set<string>();
  const matching = { match, pairing, seen };
  const entries = match.pairs.flatMap((pair, index) => matchItem(matching, pair, index) ?? []);
  const { association, left, onReplace, at, touch, partial } = match;
  if (left.length > 0 && onReplace === 'raise') throw notReplaceable(association);
  const replaced = left
    .filter((record) => isReplaceable(association, record))
    .map((record) => putAction(change(record), 'replace'))
    .toReversed();
  const assoc: AssocChange = { at, entries, replaced, onReplace, touch, partial };
  if (left.length > 0 && onReplace === 'markAsInvalid')
    return { kind: 'notReplaceable', change: assoc, records: left };
  const ignored = match.pairs.length > 0 && entries.length === 0;
  if (ignored && (left.length === 0 || association.cardinality === 'one'))
    return { kind: 'ignored', change: assoc };
  if (!canNilify(association, assoc)) return { kind: 'notNullable', change: assoc };
  const idle = left.length === 0 && entries.every(isIdle);
  return { kind: 'changed', change: assoc, idle };
}

/**
 * The current records of an association.
 * @throws ChangesetError when it is not loaded, unless the owner is new; `tried` completes "cannot
 * … ".
 */
export function assertLoaded(
  owner: Struct,
  association: Association,
  tried: string,
): readonly Struct[] {
  const loaded = owner.assocs[association.name];
  if (loaded === undefined && owner.state === 'built') return [];
  if (loaded === undefined) {
    const { name } = owner.model;
    throw new ChangesetError(
      `cannot ${tried} "${association.name}" of ${name}: it is not loaded. Preload it before changing it.`,
    );
  }
  return listOf(loaded);
}

/** Whether a match is one that must not be. */
export function isRefused({ kind }: Matched): boolean {
  return kind === 'notReplaceable' || kind === 'notNullable';
}

/** A match under way. */
interface Matching<Item> {
  readonly match: Match<Item>;
  readonly pairing: Pairing<Item>;
  /** The keys of the entries so far. */
  readonly seen: Set<string>;
}

/** The entry of an item; null if it is to be ignored. */
function matchItem<Item>(
  { match, pairing, seen }: Matching<Item>,
  pair: Pair<Item>,
  index: number,
): Entry | null {
  const { key, current, related } = pair;
  const { association, left, onReplace } = match;
  // As in Ecto, a to-one that may not be replaced is refused before its item is read.
  const isOne = association.cardinality === 'one';
  if (isOne && left.length > 0 && onReplace === 'raise') throw notReplaceable(association);
  const refused = left.length > 0 && onReplace === 'markAsInvalid';
  if (refused && pairing.showsRefused?.(pair.item) === false) return null;
  const paired = pairing.pair(pair, index);
  if (paired.action === 'ignore') return null;
  const action = paired.action ?? ((current ?? related) ? 'update' : 'insert');
  const changeset = putAction(paired, action);
  const allowed = current ? matchedActions(key) : pairing.unmatched;
  if (!(isOne && refused)) assertAction(association, changeset, allowed);
  return {
    at: match.itemAt(index),
    current,
    changeset: refuseDuplicate(association, changeset, seen),
  };
}

/**
 * A second record of one key is an error on its key, if the association's records are unique.
 */
function refuseDuplicate(
  association: Association,
  changeset: Changeset,
  seen: Set<string>,
): Changeset {
  if (association.kind === 'manyToMany' && !association.rules.unique) return changeset;
  const { model } = changeset.data;
  const key = model.primaryKey.map((name) => getField(changeset, name));
  if (key.includes(null)) return changeset;
  const text = keyText(key);
  if (!seen.has(text)) {
    seen.add(text);
    return changeset;
  }
  return model.primaryKey.reduce(
    (done, name) =>
      addError(done, name, 'has already been taken', {
        code: 'DUPLICATE_ENTRY',
      }),
    changeset,
  );
}

/**
 * Whether a record that is left out must be dealt with: a to-one that is not stored yet is just not
 * inserted.
 */
function isReplaceable({ cardinality }: Association, { state }: Struct): boolean {
  return cardinality === 'many' || state !== 'built';
}

/** Whether a current record stays as it is. */
function isIdle({ current, changeset }: Entry): boolean {
  return (
    current !== null &&
    changeset.valid &&
    changeset.action === 'update' &&
    !hasChanges(changeset) &&
    !changeset.lock?.always
  );
}

function notReplaceable(association: Association): ChangesetError {
  return new ChangesetError(
    `cannot replace "${association.name}" of ${association.owner.name}: its onReplace is "raise". ` +
      'Give every current record with its key, or choose another onReplace.',
  );
}
