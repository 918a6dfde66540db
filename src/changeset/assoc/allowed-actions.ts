import type { Association } from '../../model/model.ts';
import type { Value } from '../../model/value.ts';
import type { Action, Changeset } from '../changeset.ts';
import { ChangesetError } from '../changeset-error.ts';

/**
 * What may be done with a current record; one without a key is not stored yet. As Ecto's
 * `allowed_actions/1`.
 */
export function matchedActions(key: readonly (Value | undefined)[]): readonly Action[] {
  const keyless = key.every((part) => part === null || part === undefined);
  return keyless ? keylessActions : storedActions;
}

const keylessActions = ['insert', 'update', 'delete'] as const;
const storedActions = ['update', 'delete'] as const;

/** Holds the action of a changeset against those that are allowed; as Ecto's `check_action!/2`. */
export function assertAction(
  association: Association,
  { action }: Changeset,
  allowed: readonly Action[],
): void {
  if (action !== null && allowed.includes(action)) return;
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
