import { listOf } from '../../model/struct.ts';
import type { Changeset } from '../changeset.ts';
import { actionOf } from '../changeset.ts';
import { mapEntries } from '../walk.ts';
import { putAssoc } from './assoc.ts';

/**
 * The changeset of a record that is inserted with the records put that its associations hold and no
 * change names, at every level: a tree of plain records is inserted as a whole. What is held as
 * empty is no change: the foreign key beside it stands. As Ecto.Repo.insert/2, 3.13; an update
 * passes over them.
 */
export function surfaceAssocs(changeset: Changeset): Changeset {
  const surfaced = actionOf(changeset) === 'insert' ? putHeld(changeset) : changeset;
  return mapEntries(surfaced, surfaceAssocs);
}

function putHeld(changeset: Changeset): Changeset {
  const { data } = changeset;
  const held = Object.entries(data.assocs).filter(
    ([name, loaded]) =>
      listOf(loaded).length > 0 &&
      !(name in changeset.assocs) &&
      data.model.associations.get(name)?.kind !== 'through',
  );
  if (held.length === 0) return changeset;
  // What is put must not be taken for what is there.
  const empty: Changeset = {
    ...changeset,
    data: { ...data, state: 'built', assocs: {} },
  };
  const put = held.reduce((done, [name, loaded]) => putAssoc(done, name, loaded), empty);
  return { ...put, data };
}
