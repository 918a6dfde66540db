import { equalValues } from '../model/value.ts';
import type { Value } from '../model/value.ts';
import type { Changeset, Prepare } from './changeset.ts';
import { entriesOf, getField } from './changeset.ts';
import type { Path } from './issue.ts';
import type { LocatedChangeset } from './walk.ts';
import { assertField } from './assert.ts';
import { ChangesetError } from './changeset-error.ts';

/**
 * Makes a write of this record insist on the version it was loaded with (or that the changeset was
 * given before this), and raise it; nothing is compared if nothing is written, nor if the
 * record has no version yet. An insert raises it too, as it does in Ecto. As
 * Ecto.Changeset.optimistic_lock/3, 3.13.
 * @throws ChangesetError for a field that is no Int.
 */
export function optimisticLock<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  next: (version: number) => number = (version) => (version >= 2147483647 ? 1 : version + 1),
): Changeset<Name> {
  const field = assertField(changeset.data.model, name, 'lock');
  if (field.type !== 'Int') {
    throw new ChangesetError(
      `cannot lock "${name}" of ${changeset.data.model.name}: it is a ${field.type}, not an Int.`,
    );
  }
  const expected = getField(changeset, name);
  const raised = typeof expected === 'number' ? next(expected) : 1;
  return {
    ...changeset,
    lock: { field: name, expected, next: raised, always: false },
  };
}

/**
 * Makes a write insist on the version that the sender believes the record to have, also if
 * nothing is written.
 * @throws ChangesetError for a model without a version field.
 */
export function expectVersion(changeset: Changeset, expected: Value): Changeset {
  const { model } = changeset.data;
  if (model.version === null) {
    throw new ChangesetError(
      `cannot expect a version of ${model.name}: its model names no version field.`,
    );
  }
  return {
    ...changeset,
    lock: { field: model.version, expected, next: null, always: true },
  };
}

/**
 * Adds a function to be run in the write's transaction before the record is written. As
 * prepare_changes/2, 3.13.
 */
export function prepareChanges(changeset: Changeset, prepare: Prepare): Changeset {
  return { ...changeset, prepare: [...changeset.prepare, prepare] };
}

/** The records whose loaded version differs from the expected one; the path leads to the version. */
export function findStale(changeset: Changeset, root: Path = []): readonly LocatedChangeset[] {
  const { lock, data } = changeset;
  const below = entriesOf(changeset).flatMap((entry) => findStale(entry.changeset, entry.at));
  const isStale =
    lock?.always &&
    data.state === 'loaded' &&
    !equalValues(lock.expected, data.fields[lock.field] ?? null);
  const found = isStale ? [{ changeset, path: [lock.field] }, ...below] : below;
  return found.map((stale) => ({ ...stale, path: [...root, ...stale.path] }));
}
