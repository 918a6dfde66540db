import { assertField, shapeOf } from '../changeset/assert.ts';
import type { Action, Changeset } from '../changeset/changeset.ts';
import { isChangeset, putAction } from '../changeset/changeset.ts';
import { ChangesetError } from '../changeset/changeset-error.ts';
import { isStruct } from '../model/struct.ts';

/*
 * What may be given to the functions of a repo.
 */

/** @throws ChangesetError for what is no changeset. */
export function assertChangeset(value: unknown, tried: string): void {
  if (isChangeset(value)) return;
  const model = isStruct(value) ? value.model.name : shapeOf(value);
  throw new ChangesetError(
    `cannot ${tried} ${model}: its changes cannot be told. Give a changeset, as change or cast makes it.`,
  );
}

/** @throws ChangesetError for a record that is deleted. */
export function assertNotDeleted(changeset: Changeset, tried: string): void {
  if (changeset.data.state === 'deleted')
    throw misuse(tried, changeset, 'it is deleted. Build a new record.');
}

/** @throws ChangesetError for no field at all, or one that the model does not have. */
export function assertReturning({ data }: Changeset, returning: boolean | readonly string[]): void {
  if (typeof returning === 'boolean') return;
  if (returning.length === 0) {
    throw new ChangesetError(
      `cannot return no field of ${data.model.name}: "returning" names the fields to read back. Name some, or leave it out.`,
    );
  }
  for (const name of returning) assertField(data.model, name, 'return');
}

/**
 * The changeset with the action of the function that it is given to.
 * @throws ChangesetError if it has another action already, as in Ecto.
 */
export function withAction(changeset: Changeset, action: Action): Changeset {
  const before = changeset.action;
  if (before !== null && before !== action && (before !== 'ignore' || changeset.valid)) {
    const why = `its action is "${before}". Give it to that function, or leave the action out.`;
    throw misuse(action, changeset, why);
  }
  return putAction(changeset, action);
}

function misuse(tried: string, changeset: Changeset, why: string): ChangesetError {
  return new ChangesetError(`cannot ${tried} ${changeset.data.model.name}: ${why}`);
}
