import type { Models } from '../model/model.ts';
import { readTyped } from '../model/types/cast-value.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import { shownValue } from '../changeset/assert.ts';
import { ChangesetError } from '../changeset/changeset-error.ts';
import type { Plan } from './plan.ts';

/**
 * Holds the rows that a plan inserts against the types of their fields: a record may be built with
 * any value, changes are of their types already. As in Ecto, which refuses such a value where it is
 * to be sent.
 * @throws ChangesetError for the first value of another type.
 */
export function assertTyped(plan: Plan, models: Models): void {
  for (const operation of plan.operations) {
    if (operation.action !== 'insert') continue;
    const model = getModel(models, operation.model);
    for (const [name, value] of Object.entries(operation.values)) {
      const field = model.fields.get(name);
      if (!field || readTyped(field, value).ok) continue;
      throw new ChangesetError(
        `cannot insert ${shownValue(value)} as "${name}" of ${model.name}: it is not of type ${field.type}. Cast it first.`,
      );
    }
  }
}
