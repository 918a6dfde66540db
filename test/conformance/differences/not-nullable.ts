import { isDeepStrictEqual } from 'node:util';
import type { Association, Model } from '../../../src/model/model.ts';
import type { Expectation } from '../case.ts';
import { isList } from '../json.ts';
import { type PutValue, readPutValue } from '../operation.ts';
import {
  type Difference,
  type Errors,
  type Facts,
  invalid,
  isAtOrBelow,
} from './difference.ts';
import { currentRows, idOf, itemsOf, type Visit, visitsOf } from './visits.ts';

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
    const errors = places.map((path) => ({ path, message: "can't be blank" }));
    if (expected.status === 'raises') {
      return isRefusal(expected) ? invalid(facts, errors) : null;
    }
    // A constraint's error comes from SQL that is not run here.
    const others = expected.transaction ? [] : (expected.errors ?? []);
    const added = errors.filter(
      (error) => !others.some((other) => isDeepStrictEqual(other, error)),
    );
    return {
      ...invalid(facts, [...others, ...added]),
      actions: withoutRefused(expected, places),
    };
  },
};

/** What the database answers to Ecto: no null, or (where the parent is deleted first) still referenced. */
function isRefusal({ exception, raisedIn }: Expectation): boolean {
  return (
    raisedIn === 'repo' &&
    (exception === 'Postgrex.Error' || exception === 'Ecto.ConstraintError')
  );
}

/** A refused list stays only where it has errors to show. */
function withoutRefused(
  { actions, errors = [] }: Expectation,
  places: readonly Errors[number]['path'][],
): Expectation['actions'] {
  const dropped = places.filter(
    (place) => !errors.some(({ path }) => isAtOrBelow(path, place)),
  );
  return actions?.filter(
    ({ path }) => !dropped.some((place) => isAtOrBelow(path, place)),
  );
}

/** An association that is cast or put, with the keys that stay. */
interface Changed {
  readonly association: Association;
  readonly given: readonly (number | null)[];
}

function changedAssociations({ model, spec, params }: Visit): Changed[] {
  const casts = (spec.casts ?? []).flatMap((cast) => {
    const association = model.associations.get(cast.assoc);
    const items = association && itemsOf(association, params, cast);
    return association && items
      ? [
          {
            association,
            given: items.map((item) => idOf(association.related, item)),
          },
        ]
      : [];
  });
  const put = Object.entries(spec.change ?? {}).map(([assoc, value]) => ({
    assoc,
    value: readPutValue(value),
  }));
  const puts = [...put, ...(spec.puts ?? [])].flatMap(({ assoc, value }) => {
    const association = model.associations.get(assoc);
    return association
      ? [{ association, given: putIds(association.related, value) }]
      : [];
  });
  return [...casts, ...puts];
}

/** The keys of what is put; null of what has none. */
export function putIds(
  related: Model,
  value: PutValue,
): readonly (number | null)[] {
  if (value === null || isList(value)) {
    return (value ?? []).flatMap((item) => putIds(related, item));
  }
  if ('current' in value) return [idOf(related, { id: value.current })];
  if ('get' in value) return [idOf(related, { id: value.id })];
  if ('map' in value) return [idOf(related, value.map)];
  if ('struct' in value) return [idOf(related, value.fields ?? {})];
  if ('changeset_of' in value) return putIds(related, value.changeset_of);
  return [];
}

function letsGo(
  { loaded }: Facts,
  { id }: Visit,
  { association, given }: Changed,
): boolean {
  const { onReplace } = association.rules;
  if (onReplace === 'raise' || onReplace === 'markAsInvalid') return false;
  const current = currentRows(association, id, loaded);
  if (association.kind === 'belongsTo') {
    const { owner, ownerKey } = association;
    const letsAllGo = given.length === 0 && current.length > 0;
    return letsAllGo && !allowsNull(owner, ownerKey);
  }
  if (onReplace !== 'nilify' && onReplace !== 'update') return false;
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') {
    return false;
  }
  // Under `update` whatever is given changes the record in place.
  if (onReplace === 'update' && given.length > 0) return false;
  const left = current.filter((row) => !given.includes(Number(row['id'])));
  const { related, relatedKey } = association;
  return left.length > 0 && !allowsNull(related, relatedKey);
}

function allowsNull(model: Model, names: readonly string[]): boolean {
  return names.every((name) => model.fields.get(name)?.isNullable);
}
