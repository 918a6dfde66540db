import type { Association } from '../../../src/model/model.ts';
import type { Expectation } from '../case.ts';
import { wholeSchema } from '../models.ts';
import type { Facts } from './difference.ts';

/** One recorded changeset of a case. */
export type Action = NonNullable<Expectation['actions']>[number];

/** A changeset below another: through which association of which owner. */
export interface Step {
  readonly owner: Action;
  readonly association: Association;
  readonly entry: Action;
}

/** The recorded changesets below the root, in their order. */
export function stepsOf({ expected, models }: Facts): readonly Step[] {
  const actions = expected.actions ?? [];
  return actions.flatMap((entry) => {
    const last = entry.path.findLastIndex((part) => typeof part === 'string');
    const owner = ownerAt(actions, entry.path.slice(0, last));
    const association =
      owner && models.get(owner.model)?.associations.get(String(entry.path[last]));
    return owner && association ? [{ owner, association, entry }] : [];
  });
}

// A replaced record stands at its association's path; nothing is below it.
function ownerAt(actions: readonly Action[], path: Action['path']): Action | undefined {
  return actions.find(
    (action) => action.action !== 'replace' && action.path.join() === path.join(),
  );
}

/** Whether a recorded changeset changes fields of its own. */
export function hasOwnChanges({ model, changes }: Action): boolean {
  const fields = wholeSchema.get(model)?.fields;
  return Object.keys(changes).some((name) => fields?.has(name));
}
