import type { Association } from '../../../src/model/model.ts';
import { buildStruct, loadStruct } from '../../../src/model/struct.ts';
import { isList } from '../json.ts';
import { errorsOf } from '../observe.ts';
import { typedValues } from '../models.ts';
import { applySpec } from '../spec.ts';
import {
  type Difference,
  type Errors,
  type Facts,
  isAtOrBelow,
} from './difference.ts';
import { putIds } from './not-nullable.ts';
import { idOf, type Visit, visitsOf } from './visits.ts';

/** Rule 3: the entries of a list that onReplace refuses have errors of their own. */
export const besideRefusal: Difference = {
  rule: 3,
  reason:
    "an association's own error stands beside its children's (Ecto drops a refused list with the errors in it)",
  instead(facts) {
    const { expected } = facts;
    if (expected.status !== 'invalid') return null;
    const refused = refusedPlaces(facts);
    const visits = visitsOf(facts);
    const errors = [
      ...visits.slice(1).flatMap((visit) => ownErrors(facts, visit)),
      ...taken(castKeys(visits)),
      ...visits.flatMap(putErrors),
    ].filter(({ path }) => refused.some((place) => isAtOrBelow(path, place)));
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
      .filter((place) =>
        errors.some((error) => error.path.join() === place.join()),
      ),
  );
}

/** The entry of a list, and its key if its changeset has one. */
interface Keyed {
  readonly path: Visit['path'];
  readonly key: number | null;
}

/** The keys that entries of casts have: those of current records, and those that may be cast. */
function castKeys(visits: readonly Visit[]): readonly Keyed[] {
  const entries = visits.filter(({ association }) => isUnique(association));
  return entries.map(({ model, id, spec, params, path }, i, all) => {
    const isFirst = all.findIndex((visit) => visit.id === id) === i;
    const given = spec.permit?.includes('id') ? idOf(model, params) : null;
    return { path, key: given ?? (isFirst ? id : null) };
  });
}

/** Whether a list may hold a record once only. */
function isUnique(association: Association | null): boolean {
  if (association?.cardinality !== 'many') return false;
  return association.kind !== 'manyToMany' || association.rules.unique;
}

/** The errors of entries whose key another entry of the list has before them. */
function taken(entries: readonly Keyed[]): Errors {
  const isSibling = (a: Keyed, b: Keyed) =>
    a.key === b.key &&
    a.path.slice(0, -1).join() === b.path.slice(0, -1).join();
  return entries
    .filter(
      (entry, i) =>
        entry.key !== null &&
        entries.slice(0, i).some((other) => isSibling(entry, other)),
    )
    .map(({ path }) => ({
      path: [...path, 'id'],
      message: 'has already been taken',
    }));
}

/** The errors of what is put: those it is given, and of a key that is put twice. */
function putErrors({ model, spec, path }: Visit): Errors {
  return (spec.puts ?? []).flatMap(({ assoc, value }) => {
    const association = model.associations.get(assoc);
    if (!association || !isList(value)) return [];
    const place = [...path, assoc];
    const keys = value.map((item, index) => ({
      path: [...place, index],
      key: putIds(association.related, item)[0] ?? null,
    }));
    const given = value.flatMap((item, index) =>
      item !== null && 'errors' in item
        ? Object.entries(item.errors ?? {}).map(([field, message]) => ({
            path: [...place, index, field],
            message,
          }))
        : [],
    );
    return [...given, ...(isUnique(association) ? taken(keys) : [])];
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
  const changeset = applySpec(
    data,
    { permit, required, validate },
    params,
    scene,
  );
  return errorsOf(changeset).map(({ path, message }) => ({
    path: [...visit.path, ...path],
    message,
  }));
}
