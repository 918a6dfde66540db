import type { Association } from '../../../src/model/model.ts';
import type { Changed } from './changed.ts';
import type { Errors } from './difference.ts';
import { idOf, type Visit } from './visits.ts';

/** The errors of entries of casts whose key another entry of the list has before them. */
export function takenInCasts(visits: readonly Visit[]): Errors {
  const entries = visits.filter(({ association }) => isUnique(association));
  const keyed = entries.map(({ model, id, spec, params, path }, i, all) => {
    const isFirst = all.findIndex((visit) => visit.id === id) === i;
    // An entry has the key of its current record, and one that it may cast.
    const given = spec.permit?.includes('id') ? idOf(model, params) : null;
    return { path, key: given ?? (isFirst ? id : null) };
  });
  return taken(keyed);
}

/** The same of what is put; `place` is where the association is. */
export function takenInPut({ association, given }: Changed, place: Visit['path']): Errors {
  if (!isUnique(association)) return [];
  return taken(given.map(({ id }, i) => ({ path: [...place, i], key: id })));
}

/** Whether a list may hold a record once only. */
function isUnique(association: Association | null): boolean {
  if (association?.cardinality !== 'many') return false;
  return association.kind !== 'manyToMany' || association.rules.unique;
}

/** The entry of a list, and its key if its changeset has one. */
interface Keyed {
  readonly path: Visit['path'];
  readonly key: number | null;
}

function taken(entries: readonly Keyed[]): Errors {
  const isSibling = (a: Keyed, b: Keyed) =>
    a.key === b.key && a.path.slice(0, -1).join() === b.path.slice(0, -1).join();
  return entries
    .filter(
      (entry, i) =>
        entry.key !== null && entries.slice(0, i).some((other) => isSibling(entry, other)),
    )
    .map(({ path }) => ({
      path: [...path, 'id'],
      message: 'has already been taken',
    }));
}
