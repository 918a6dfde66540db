import type { Changeset } from '../changeset/changeset.ts';
import { setAssoc } from '../changeset/changeset.ts';
import type { Delegates } from './delegates.ts';

/** Runs the functions that prepareChanges added, an owner's before its children's. */
export async function runPrepared(
  changeset: Changeset,
  tx: Delegates,
): Promise<Changeset> {
  let done = changeset;
  for (const step of changeset.prepare) done = await step(done, tx);
  for (const [name, assoc] of Object.entries(done.assocs)) {
    const entries = [];
    for (const entry of assoc.entries)
      entries.push({
        ...entry,
        changeset: await runPrepared(entry.changeset, tx),
      });
    if (
      entries.some(
        (entry, i) => entry.changeset !== assoc.entries[i]?.changeset,
      )
    ) {
      done = setAssoc(done, name, { ...assoc, entries });
    }
  }
  return done;
}
