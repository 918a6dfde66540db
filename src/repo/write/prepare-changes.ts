import type { AssocChange, Changeset, Entry } from '../../changeset/changeset.ts';
import { shapeOf } from '../../changeset/assert.ts';
import { isChangeset, setAssoc } from '../../changeset/changeset.ts';
import { ChangesetError } from '../../changeset/changeset-error.ts';
import type { Delegates } from '../delegate.ts';

/**
 * Runs the functions that prepareChanges added, an owner's before those of its associations; none
 * for a record that stays as it is, nor below one that is deleted or invalid. All run before the
 * first row is written (in Ecto a child's run after its owner's row is).
 * @throws ChangesetError for a function that gives no changeset.
 */
export async function runPrepared(changeset: Changeset, tx: Delegates): Promise<Changeset> {
  if (isIdle(changeset)) return changeset;
  let done = changeset;
  for (const step of changeset.prepare) {
    done = await step(done, tx);
    if (!isChangeset(done)) throw misuse(changeset, done);
  }
  if (!done.valid || done.action === 'delete') return done;
  for (const [name, assoc] of Object.entries(done.assocs)) {
    const entries = await prepareEntries(assoc, tx);
    const same = entries.every((entry, i) => entry === assoc.entries[i]);
    if (!same) done = setAssoc(done, name, { ...assoc, entries });
  }
  return done;
}

async function prepareEntries({ entries }: AssocChange, tx: Delegates): Promise<readonly Entry[]> {
  const prepared: Entry[] = [];
  for (const entry of entries) {
    const changeset = await runPrepared(entry.changeset, tx);
    const same = changeset === entry.changeset;
    prepared.push(same ? entry : { ...entry, changeset });
  }
  return prepared;
}

/** Whether nothing of a record or below it changes. */
function isIdle({ action, data, changes, assocs }: Changeset): boolean {
  if ((action ?? (data.state === 'loaded' ? 'update' : 'insert')) !== 'update') return false;
  return (
    Object.keys(changes).length === 0 &&
    Object.values(assocs).every(
      ({ entries, replaced }) =>
        replaced.length === 0 &&
        entries.every((entry) => entry.current !== null && isIdle(entry.changeset)),
    )
  );
}

function misuse({ data }: Changeset, got: unknown): ChangesetError {
  return new ChangesetError(
    `cannot prepare ${data.model.name}: its prepareChanges function gave ${shapeOf(got)}. Give the changeset back.`,
  );
}
