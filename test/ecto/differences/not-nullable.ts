import type { Association, Model } from '../../../src/model/model.ts';
import type { Expectation } from '../case.ts';
import { type Changed, changedAssociations } from './changed.ts';
import { type Difference, type Errors, type Facts, invalid, isAtOrBelow } from './difference.ts';
import { currentRows, type Visit, visitsOf } from './visits.ts';

/** Rule 11: a record is let go whose foreign key (of a belongs_to: the owner's) cannot be null. */
export const notNullable: Difference = {
  rule: 11,
  reason:
    'nilify of a NOT NULL key "can\'t be blank", before any SQL (in Ecto the database refuses it)',
  instead(facts) {
    const { expected, recorded } = facts;
    // A changeset that is not written meets no database in Ecto.
    if (expected.status === 'ok' && recorded.operation.repo) return null;
    const places = visitsOf(facts).flatMap((visit) =>
      changedAssociations(visit)
        .filter((changed) => letsGo(facts, visit, changed))
        .map(({ association }) => [...visit.path, association.name]),
    );
    if (places.length === 0) return null;
    const known = expected.errors ?? [];
    const errors = places
      .filter((path) => !known.some((error) => isAt(error, path)))
      .map((path) => ({ path, message: "can't be blank" }));
    if (expected.status === 'raises') {
      // Whatever Ecto meets while it writes: here nothing is written.
      return expected.raisedIn === 'repo' ? invalid(facts, errors) : null;
    }
    // A constraint's error comes from SQL that is not run here.
    const others = expected.transaction ? [] : known;
    const all = invalid(facts, [...others, ...errors]);
    // Within a list that is refused itself, entries with errors show.
    const isWithin = errors.some(({ path }) =>
      known.some((outer) => isAtOrBelow(path, outer.path)),
    );
    return isWithin ? all : { ...all, actions: withoutRefused(expected, places) };
  },
};

/** A refused change stays only where it has errors to show. */
function withoutRefused(
  { actions, errors = [] }: Expectation,
  places: readonly Path[],
): Expectation['actions'] {
  const dropped = places.filter(
    (place) => !errors.some((error) => isAtOrBelow(error.path, place) && !isAt(error, place)),
  );
  return actions
    ?.filter(({ path }) => !dropped.some((place) => isAtOrBelow(path, place)))
    .map((action) => ({
      ...action,
      changes: Object.fromEntries(
        Object.entries(action.changes).filter(
          ([name]) => !dropped.some((place) => isAt({ path: place }, [...action.path, name])),
        ),
      ),
    }));
}

type Path = Errors[number]['path'];

function isAt({ path }: { readonly path: Path }, place: Path): boolean {
  return path.join() === place.join();
}

function letsGo({ loaded }: Facts, { id }: Visit, { association, given }: Changed): boolean {
  const current = currentRows(association, id, loaded);
  if (association.kind === 'belongsTo') {
    const { owner, ownerKey } = association;
    const gone = given.every(({ action }) => action === 'delete');
    const may = given.length > 0 || replaces(association);
    return current.length > 0 && gone && may && !allowsNull(owner, ownerKey);
  }
  const { onReplace } = association.rules;
  if (onReplace !== 'nilify' && onReplace !== 'update') return false;
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') {
    return false;
  }
  const isOne = association.cardinality === 'one';
  // Under `update` whatever is given changes the record in place.
  if (isOne && onReplace === 'update' && given.length > 0) return false;
  if (isOne && given.some(({ action }) => action === 'ignore')) return false;
  const ids = new Set(given.map((item) => item.id));
  const left = current.filter((row) => !ids.has(Number(row['id'])));
  const { related, relatedKey } = association;
  return left.length > 0 && !allowsNull(related, relatedKey);
}

function replaces({ rules: { onReplace } }: Association): boolean {
  return onReplace !== 'raise' && onReplace !== 'markAsInvalid';
}

function allowsNull(model: Model, names: readonly string[]): boolean {
  return names.every((name) => model.fields.get(name)?.isNullable);
}
