import type { AssocChange, Changeset } from '../../src/changeset/changeset.ts';
import { messageOf } from '../../src/changeset/traverse-errors.ts';
import type { Association } from '../../src/model/model.ts';
import type { Errors, Path } from './case.ts';

/**
 * A changeset of a tree, with its place as Ecto counts it: entries that are ignored do not count.
 */
export interface Placed {
  readonly path: Path;
  readonly changeset: Changeset;
}

/** A changeset and all below it, each owner before its associations. */
export function changesetsIn(changeset: Changeset | null, path: Path = []): readonly Placed[] {
  if (!changeset) return [];
  const below = changesOf(changeset).flatMap(({ association, change }) =>
    change.entries.flatMap((entry, index) => {
      const many = association.cardinality === 'many';
      const at = [...path, association.name, ...(many ? [index] : [])];
      return changesetsIn(entry.changeset, at);
    }),
  );
  return [{ path, changeset }, ...below];
}

/** The changed associations of a changeset. */
export function changesOf({ data, assocs }: Changeset): readonly {
  readonly association: Association;
  readonly change: AssocChange;
}[] {
  return Object.entries(assocs).flatMap(([name, change]) => {
    const association = data.model.associations.get(name);
    return association ? [{ association, change }] : [];
  });
}

/** Every error of a tree with the path that Ecto gives it. */
export function errorsAsCounted(changeset: Changeset | null): Errors {
  return changesetsIn(changeset).flatMap(({ path, changeset: { errors } }) =>
    errors.map((issue) => ({
      path: [...path, ...(issue.at ?? [issue.field])],
      message: messageOf(issue),
    })),
  );
}

/** Whether a path leads to a place or below it. */
export function isWithin(path: Path, place: Path): boolean {
  return place.every((step, i) => path[i] === step);
}

/** Whether two paths are the same. */
export function isSamePath(a: Path, b: Path): boolean {
  return a.length === b.length && isWithin(a, b);
}
