import { isList, valueText } from '../model/value.ts';
import type { Changeset, Entry } from './changeset.ts';
import type { Issue, Path } from './issue.ts';
import { addError, entriesOf } from './changeset.ts';
import { mapEntries } from './walk.ts';

/** An error of a record or of one below it, with the way from the root. */
export interface LocatedIssue extends Issue {
  readonly path: Path;
}

/** Errors by field and association; see `traverseErrors`. */
export interface ErrorTree {
  readonly [name: string]: readonly (string | ErrorTree)[] | ErrorTree;
}

/**
 * The errors as a tree: a field has its messages, the newest first, a to-one the tree of its
 * record, a to-many one tree for each entry (empty if the entry is clean). An association's own
 * messages stand in front of its trees, where Ecto loses them. As Ecto.Changeset.traverse_errors/2,
 * 3.13.
 */
export function traverseErrors(
  changeset: Changeset,
  format: (issue: Issue, changeset: Changeset) => string = messageOf,
): ErrorTree {
  const tree: { [name: string]: (string | ErrorTree)[] | ErrorTree } = {};
  for (const issue of changeset.errors) {
    const before = tree[issue.field];
    tree[issue.field] = [...(Array.isArray(before) ? before : []), format(issue, changeset)];
  }
  for (const [name, assoc] of Object.entries(changeset.assocs)) {
    const trees = assoc.entries.map((entry) => traverseErrors(entry.changeset, format));
    if (trees.every((child) => Object.keys(child).length === 0)) continue;
    const own = tree[name];
    const [only] = trees;
    const single =
      changeset.data.model.associations.get(name)?.cardinality === 'one' && own === undefined;
    tree[name] = single && only ? only : [...(Array.isArray(own) ? own : []), ...trees];
  }
  return tree;
}

/**
 * Every error of the record, in the order in which they were found, then those of each association
 * as they were sent: its own, then its entries'. Each has its path in the sender's words: entries
 * count as they were sent, replaced records shift nothing as they do in Ecto.
 */
export function listErrors(changeset: Changeset, root: Path = []): readonly LocatedIssue[] {
  const { assocs, data, params } = changeset;
  const located = changeset.errors
    .toReversed()
    .map((issue) => ({ ...issue, path: [...root, ...(issue.at ?? [issue.field])] }));
  const found = located.map(({ field }) => field);
  const names = [...new Set([...Object.keys(params), ...Object.keys(assocs), ...found])];
  const associations = names.filter((name) => data.model.associations.has(name));
  return [
    ...located.filter(({ field }) => !associations.includes(field)),
    ...associations.flatMap((name) => [
      ...located.filter(({ field }) => field === name),
      ...(assocs[name]?.entries ?? []).flatMap((entry) =>
        listErrors(entry.changeset, [...root, ...entry.at]),
      ),
    ]),
  ];
}

/** The message of an error with its params in place. */
export function messageOf(issue: Pick<Issue, 'message' | 'params'>): string {
  return issue.message.replace(/%\{(\w+)\}/g, (whole, name: string) => {
    const value = issue.params[name];
    if (value === undefined || value === null) return whole;
    return isList(value) ? value.map(valueText).join(', ') : valueText(value);
  });
}

/**
 * The changeset with an error added to the record at a path (as `listErrors` gives paths, from the
 * same root), so that what only the plan or the database finds is reported where it belongs.
 */
export function addErrorAt(changeset: Changeset, path: Path, issue: Issue): Changeset {
  if (path.length === 0) return addError(changeset, issue.field, issue.message, issue);
  const found = entryAt(changeset, path);
  if (!found) {
    const at = [...path, ...(issue.at ?? [])];
    return addError(changeset, issue.field, issue.message, { ...issue, at });
  }
  return mapEntries(changeset, (child, entry) =>
    entry === found ? addErrorAt(child, path.slice(entry.at.length), issue) : child,
  );
}

/** The changeset of the record at a path (as `addErrorAt`), if there is one. */
export function changesetAt(changeset: Changeset, path: Path): Changeset | undefined {
  if (path.length === 0) return changeset;
  const found = entryAt(changeset, path);
  return found && changesetAt(found.changeset, path.slice(found.at.length));
}

function entryAt(changeset: Changeset, path: Path): Entry | undefined {
  return entriesOf(changeset).find(({ at }) => at.every((step, i) => path[i] === step));
}
