import type { Association, Model } from '../../../src/model/model.ts';
import type { PutValue } from '../case.ts';
import { type Difference, type Facts, invalid } from './difference.ts';
import { currentRows, idOf, itemsOf, type Visit, visitsOf } from './visits.ts';

/** Rule 11: a record is let go whose foreign key (of a belongs_to: the owner's) cannot be null. */
export const notNullable: Difference = {
  rule: 11,
  reason:
    'nilify of a NOT NULL key "can\'t be blank", before any SQL (in Ecto the database refuses it)',
  instead(facts) {
    const { status, exception } = facts.expected;
    if (status !== 'raises' || exception !== 'Postgrex.Error') return null;
    const errors = visitsOf(facts).flatMap((visit) =>
      changedAssociations(visit)
        .filter((changed) => letsGo(facts, visit, changed))
        .map(({ association }) => ({
          path: [...visit.path, association.name],
          message: "can't be blank",
        })),
    );
    return errors.length === 0 ? null : invalid(facts, errors);
  },
};

/** An association that is cast or put, with the keys that stay. */
interface Changed {
  readonly association: Association;
  readonly given: readonly (number | null)[];
}

function changedAssociations({ model, spec, params }: Visit): Changed[] {
  const casts = (spec.casts ?? [])
    .filter(({ assoc }) => assoc in params)
    .map(({ assoc }) => ({
      assoc,
      ids: (related: Model) =>
        itemsOf(params[assoc]).map((item) => idOf(related, item)),
    }));
  const puts = (spec.puts ?? []).map(({ assoc, value }) => ({
    assoc,
    ids: (related: Model) => putIds(related, value),
  }));
  return [...casts, ...puts].flatMap(({ assoc, ids }) => {
    const association = model.associations.get(assoc);
    return association
      ? [{ association, given: ids(association.related) }]
      : [];
  });
}

function putIds(related: Model, value: PutValue): readonly (number | null)[] {
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
  if (onReplace !== 'nilify' && onReplace !== 'update') return false;
  if (association.kind === 'belongsTo') {
    return (
      given.length === 0 && !allowsNull(association.owner, association.ownerKey)
    );
  }
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') {
    return false;
  }
  // Under `update` whatever is given changes the record in place.
  if (onReplace === 'update' && given.length > 0) return false;
  const left = currentRows(association, id, loaded).filter(
    (row) => !given.includes(Number(row['id'])),
  );
  return (
    left.length > 0 && !allowsNull(association.related, association.relatedKey)
  );
}

function allowsNull(model: Model, names: readonly string[]): boolean {
  return names.every((name) => model.fields.get(name)?.isNullable);
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
