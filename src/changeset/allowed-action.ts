import type { Association } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import type { Value } from '../model/value.ts';
import type { Action, Changeset } from './changeset.ts';
import { ChangesetError } from './error.ts';

/** A matched record may be updated or deleted, an unmatched one only inserted; as Ecto's `check_action!/2`. */
export function assertAction(
  association: Association,
  changeset: Changeset,
  current: Struct | null,
  key: readonly (Value | undefined)[],
): void {
  const { action } = changeset;
  const keyless = key.every((part) => part === null || part === undefined);
  const allowed: readonly (Action | null)[] = !current
    ? changeset.data.state === 'built'
      ? ['insert']
      : ['insert', 'update', 'delete']
    : keyless
      ? ['insert', 'update', 'delete']
      : ['update', 'delete'];
  if (allowed.includes(action)) return;
  const what = `${association.related.name} of ${association.owner.name}.${association.name}`;
  if (action === 'replace') {
    throw new ChangesetError(
      `cannot replace ${what}: it is the outcome of an earlier castAssoc or putAssoc. Change an association once.`,
    );
  }
  throw new ChangesetError(
    action === 'insert'
      ? `cannot insert ${what}: it is already associated. Update it instead.`
      : `cannot ${action} ${what}: it is not associated. Change its foreign key, or put it with putAssoc.`,
  );
}
