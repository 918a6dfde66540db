import { isInOrder } from '../../changeset/assoc/in-order.ts';
import type { AssocChange, Changeset, Entry } from '../../changeset/changeset.ts';
import { assertAssociation, shapeOf } from '../../changeset/assert.ts';
import { actionOf, entriesOf, isChangeset } from '../../changeset/changeset.ts';
import { mapEntries } from '../../changeset/walk.ts';
import type { Values } from '../../model/value.ts';
import { ChangesetError } from '../../changeset/changeset-error.ts';
import { type Delegates, toPrisma } from '../delegate.ts';

/**
 * Runs the functions that prepareChanges added, an owner's before those of its associations; none
 * for a record that stays as it is, nor below one that is deleted or invalid. All run before the
 * first row is written (in Ecto a child's run after its owner's row is). They run once for a new
 * record that several lists hold: it is one row.
 * @throws ChangesetError for a function that gives no changeset.
 */
export async function runPrepared(changeset: Changeset, tx: Delegates): Promise<Changeset> {
  return isIdle(changeset) ? changeset : prepare(changeset, tx, new Map());
}

/** `rows` are the new records that are prepared, by the changes that they were made of. */
async function prepare(
  changeset: Changeset,
  tx: Delegates,
  rows: Map<Values, Changeset>,
): Promise<Changeset> {
  const isNew = actionOf(changeset) === 'insert';
  const before = isNew ? rows.get(changeset.changes) : undefined;
  if (before) return before;
  let done = changeset;
  for (const step of changeset.prepare) {
    done = await step(done, toPrisma(tx));
    if (!isChangeset(done)) throw misuse(changeset, done);
  }
  if (done.valid && done.action !== 'delete') {
    const prepared = new Map<Entry, Changeset>();
    for (const entry of entriesOf(done)) {
      if (isIdle(entry.changeset)) continue;
      prepared.set(entry, await prepare(entry.changeset, tx, rows));
    }
    if (prepared.size > 0) done = mapEntries(done, (child, entry) => prepared.get(entry) ?? child);
  }
  if (isNew) rows.set(changeset.changes, done);
  return done;
}

/** Whether nothing of a record or below it changes. */
function isIdle(changeset: Changeset): boolean {
  return (
    actionOf(changeset) === 'update' &&
    Object.keys(changeset.changes).length === 0 &&
    Object.entries(changeset.assocs).every(
      ([name, assoc]) => assoc.replaced.length === 0 && keepsOrder(changeset, name, assoc),
    ) &&
    entriesOf(changeset).every((entry) => entry.current !== null && isIdle(entry.changeset))
  );
}

function keepsOrder({ data }: Changeset, name: string, assoc: AssocChange): boolean {
  return isInOrder(assertAssociation(data.model, name, 'prepare'), data, assoc);
}

function misuse({ data }: Changeset, got: unknown): ChangesetError {
  return new ChangesetError(
    `cannot prepare ${data.model.name}: its prepareChanges function gave ${shapeOf(got)}. Give the changeset back.`,
  );
}
