import type { AssocChange, Changeset, Entry } from './changeset.ts';
import { setAssoc } from './changeset.ts';
import type { Path } from './issue.ts';

/** A changeset and the path to it. */
export interface LocatedChangeset {
  readonly changeset: Changeset;
  readonly path: Path;
}

/** The changeset with the changesets of its entries replaced; the same one if none is. */
export function mapEntries(
  changeset: Changeset,
  map: (child: Changeset, entry: Entry) => Changeset,
): Changeset {
  return Object.entries(changeset.assocs).reduce((done, [name, assoc]) => {
    const children = assoc.entries.map((entry) => map(entry.changeset, entry));
    if (assoc.entries.every((entry, i) => entry.changeset === children[i])) return done;
    const entries = assoc.entries.map((entry, i) => ({
      ...entry,
      changeset: children[i] ?? entry.changeset,
    }));
    return setAssoc(done, name, { ...assoc, entries });
  }, changeset);
}

/** How many records a changeset is of: its own, and all that are listed or replaced below it. */
export function countRecords({ assocs }: Changeset): number {
  return Object.values(assocs).reduce(
    (sum, { entries, replaced }) =>
      entries.reduce(
        (below, entry) => below + countRecords(entry.changeset),
        sum + replaced.length,
      ),
    1,
  );
}

/** The entries that will still be there: those that are not deleted. */
export function remainingEntries({ entries }: AssocChange): readonly Entry[] {
  return entries.filter(({ changeset }) => changeset.action !== 'delete');
}
