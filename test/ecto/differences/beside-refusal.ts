import { buildStruct, loadStruct } from '../../../src/model/struct.ts';
import { errorsOf } from '../observe.ts';
import { typedValues } from '../models.ts';
import { applySpec } from '../spec.ts';
import { type Difference, type Errors, type Facts, isAtOrBelow } from './difference.ts';
import { changedAssociations, putAssociations } from './changed.ts';
import { takenInCasts, takenInPut } from './taken-keys.ts';
import { currentRows, type Visit, visitsOf } from './visits.ts';

/** Rule 3: the entries of a list that onReplace refuses have errors of their own. */
export const besideRefusal: Difference = {
  rule: 3,
  reason:
    "an association's own error stands beside its children's (Ecto drops a refused list with the errors in it)",
  instead(facts) {
    const { expected } = facts;
    if (expected.status !== 'invalid') return null;
    const refused = refusedPlaces(facts);
    const isRefused = ({ path }: Pick<Visit, 'path'>) =>
      refused.some((place) => isAtOrBelow(path, place));
    const visits = visitsOf(facts);
    const within = visits.filter(isRefused);
    const errors = [
      ...within.flatMap((visit) => [...ownErrors(facts, visit), ...refusalsWithin(facts, visit)]),
      ...takenInCasts(within),
      ...visits.flatMap(putErrors).filter(isRefused),
    ];
    if (errors.length === 0) return null;
    // What else a refused list shows of its entries is nothing of Ecto's.
    const { actions: _, ...rest } = expected;
    return { ...rest, errors: [...(expected.errors ?? []), ...errors] };
  },
};

/** The associations that are marked invalid. */
function refusedPlaces(facts: Facts): readonly Errors[number]['path'][] {
  const errors = facts.expected.errors ?? [];
  return visitsOf(facts).flatMap(({ model, path }) =>
    [...model.associations.values()]
      .filter(({ rules }) => rules.onReplace === 'markAsInvalid')
      .map(({ name }) => [...path, name])
      .filter((place) => errors.some((error) => error.path.join() === place.join())),
  );
}

/** The errors with which changesets are put, and those of a key that is put twice. */
function putErrors(visit: Visit): Errors {
  return putAssociations(visit).flatMap((put) => {
    const { association, given } = put;
    const place = [...visit.path, association.name];
    const own = given.flatMap(({ errors }, index) => {
      const at = association.cardinality === 'many' ? [...place, index] : place;
      return Object.entries(errors).map(([field, message]) => ({
        path: [...at, field],
        message,
      }));
    });
    return [...own, ...takenInPut(put, place)];
  });
}

/** The associations of an entry that are marked invalid in their turn. */
function refusalsWithin({ loaded }: Facts, visit: Visit): Errors {
  return changedAssociations(visit).flatMap(({ association, given }) => {
    const { name, rules } = association;
    if (rules.onReplace !== 'markAsInvalid') return [];
    const ids = new Set(given.map(({ id }) => id));
    const isLeft = currentRows(association, visit.id, loaded).some(
      (row) => !ids.has(Number(row['id'])),
    );
    const path = [...visit.path, name];
    return isLeft ? [{ path, message: 'is invalid' }] : [];
  });
}

/** The errors that an entry has by itself. */
function ownErrors({ loaded, models }: Facts, visit: Visit): Errors {
  const { model, id, spec, params, association } = visit;
  const row = (loaded[model.table] ?? []).find((item) => item['id'] === id);
  const data = row
    ? loadStruct(model, typedValues(model, row))
    : buildStruct(model, association?.rules.defaults ?? {});
  const { permit, required, validate } = spec;
  const scene = { models, fetched: new Map() };
  const changeset = applySpec(data, { permit, required, validate }, params, scene);
  return errorsOf(changeset).map(({ path, message }) => ({
    path: [...visit.path, ...path],
    message,
  }));
}
