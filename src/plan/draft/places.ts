import { assertField } from '../../changeset/assert.ts';
import { isInOrder } from '../../changeset/assoc/in-order.ts';
import type { AssocChange, Changeset, Entry } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { remainingEntries } from '../../changeset/walk.ts';
import { renameKey } from '../../model/key.ts';
import type { Field, Has, Model } from '../../model/model.ts';
import {
  fromNumber,
  isOrdered,
  limitsOf,
  type OrderedList,
  orderedLists,
  toNumber,
} from '../../model/position.ts';
import { listOf, type Struct } from '../../model/struct.ts';
import { equalValues, keyText, type Value, type Values } from '../../model/value.ts';
import type { PlanIssue } from '../plan.ts';
import { numberRows } from './numbers.ts';
import type { ForeignKeys } from './parents.ts';
import type { Place, Planner, Position } from './planner.ts';

/*
 * The places of rows in ordered lists. Where a list is written whole, its rows are numbered in the
 * order in which they were sent; of a part, what is listed shares the places that it has. All else
 * that comes into a list goes last: it is built, moves there by its foreign key, or is new in a part.
 */

/**
 * The places of the entries of an ordered list that do not keep theirs. Nothing moves if what is there
 * is in order and what is new, if anything, goes last.
 */
export function placeEntries(
  list: Has,
  change: AssocChange,
  owner: Struct,
): ReadonlyMap<Entry, Place> {
  if (!isOrdered(list)) return new Map();
  const entries = remainingEntries(change);
  const inOrder = isInOrder(list, owner, change);
  if (change.partial) return sharePlaces(list, entries, inOrder);
  if (inOrder && entries.every(({ current }) => current !== null)) return new Map();
  const limits = limitsOf(fieldOf(list));
  if (limits === null) return new Map();
  const held = entries.map(({ current }) => current && numberIn(list, current));
  const stored = listOf(owner.assocs[list.name] ?? null);
  const taken = new Set(stored.flatMap((record) => numberIn(list, record) ?? []));
  const numbers = numberRows(held, limits, taken);
  return new Map(entries.map((entry, i) => [entry, numbers[i] ?? 'last']));
}

/** The places of a part: each once, in ascending order; who gets none of them goes last. */
function sharePlaces(
  list: OrderedList,
  entries: readonly Entry[],
  inOrder: boolean,
): ReadonlyMap<Entry, Place> {
  const stored = entries.filter(({ current }) => current !== null);
  const held = stored.flatMap(({ current }) => (current && numberIn(list, current)) ?? []);
  const places = [...new Set(held)].toSorted((a, b) => (a < b ? -1 : 1));
  const given = inOrder ? [] : stored.map((entry, i) => [entry, places[i] ?? 'last'] as const);
  const added = entries.filter(({ current }) => current === null);
  return new Map([...given, ...added.map((entry) => [entry, 'last'] as const)]);
}

/** A record that is about to be planned, and the foreign keys that it gets. */
interface Placed {
  readonly changeset: Changeset;
  readonly position: Position;
  readonly keys: ForeignKeys;
  readonly action: 'insert' | 'update';
}

/**
 * The positions that a record gets: in the list that it is written through the place there, in one
 * that its foreign key takes it into the last, unless it names one itself.
 */
export function placesOf(planner: Planner, record: Placed): Values {
  const { changeset, position } = record;
  const values: { [field: string]: Value } = {};
  for (const list of listsOf(planner, changeset.data.model)) {
    const place = position.through?.association === list ? position.through.place : null;
    const joined = joinedList(list, record);
    if (joined === null) continue;
    const isLast = (place === 'last' || joined.isNew) && !namesPlace(list, record);
    const number = typeof place === 'bigint' ? place : isLast ? nextPlace(planner, joined) : null;
    if (number === null) continue;
    const before = planner.places.get(joined.text);
    if (before === undefined || before < number) planner.places.set(joined.text, number);
    const field = fieldOf(list);
    if (number <= (limitsOf(field)?.most ?? number)) values[field.name] = fromNumber(field, number);
    else planner.issues.push(noPlace(position.at));
  }
  return values;
}

function listsOf({ lists }: Planner, model: Model): readonly OrderedList[] {
  const found = lists.get(model) ?? orderedLists(model);
  lists.set(model, found);
  return found;
}

/** The list that holds a record once it is written; `isNew`: it was not in it before. */
interface JoinedList {
  readonly list: OrderedList;
  readonly text: string;
  /** The owner's key; null of an owner that is yet to be inserted: its list is empty. */
  readonly key: Values | null;
  readonly isNew: boolean;
}

function joinedList(
  list: OrderedList,
  { changeset: { data, changes }, keys, action }: Placed,
): JoinedList | null {
  const { owner, name, ownerKey, relatedKey } = list;
  const reference = keys.references.find(({ fields }) => fields.includes(relatedKey[0] ?? ''));
  const text = `${owner.name}.${name}`;
  if (reference) return { list, text: `${text} new ${reference.to}`, key: null, isNew: true };
  const fields = { ...data.fields, ...changes, ...keys.values };
  const key = renameKey(fields, relatedKey, ownerKey);
  if (Object.values(key).includes(null)) return null;
  const isNew =
    action === 'insert' || relatedKey.some((part) => !equalValues(fields[part], data.fields[part]));
  return { list, text: `${text} ${keyText(Object.values(key))}`, key, isNew };
}

/** Whether a record names its place itself: by a change or, if it is new, by more than a default. */
function namesPlace(list: OrderedList, { changeset: { data, changes }, action }: Placed): boolean {
  const { name, default: standard } = fieldOf(list);
  if (name in changes) return true;
  const value = data.fields[name] ?? null;
  return action === 'insert' && value !== null && !equalValues(value, standard);
}

/** The number after the last; null if that is not known: then the list is left open. */
function nextPlace({ lasts, places, open }: Planner, { list, text, key }: JoinedList) {
  const last = key === null ? 0n : lasts.get(text);
  if (last === undefined) {
    if (key !== null) open.set(text, { list, text, key });
    return null;
  }
  const given = places.get(text) ?? last;
  return (given > last ? given : last) + 1n;
}

function noPlace(path: Path): PlanIssue {
  const message = 'has no place after the last: cast or put the whole list once';
  return { field: '', message, params: {}, code: 'INVALID', path };
}

function numberIn({ rules }: OrderedList, { fields }: Struct): bigint | null {
  return toNumber(fields[rules.position]);
}

function fieldOf({ related, rules }: OrderedList): Field {
  return assertField(related, rules.position, 'place rows by');
}
