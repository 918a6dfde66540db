import type { Field, Model, Models } from '../model/model.ts';
import { readTyped } from '../model/types/cast-value.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import { shownValue } from '../changeset/assert.ts';
import { ChangesetError } from '../changeset/changeset-error.ts';
import type { Insert, Plan, Update } from './plan.ts';

/**
 * Checks the values of a plan whose keys are assigned: those of an insert are of their fields'
 * types (a record may be built with any value; changes are typed already), and none is null in a
 * column that takes no null. In Ecto the driver refuses the first and the database the second;
 * Prisma's client sends neither and blames its own input.
 * @throws ChangesetError for the first value that is refused.
 */
export function assertValues(plan: Plan, models: Models): void {
  for (const operation of plan.operations) {
    if (operation.action !== 'insert' && operation.action !== 'update') continue;
    const model = getModel(models, operation.model);
    if (operation.action === 'insert') assertTyped(model, operation);
    assertNotNull(model, operation);
  }
}

/** Whether a column takes no null, and nothing but an insert itself gives it a value. */
export function needsValue(
  { updatedAt }: Model,
  { name, isNullable, isList, generated, default: value }: Field,
): boolean {
  return !isNullable && !isList && generated === null && value === null && name !== updatedAt;
}

function assertTyped(model: Model, { values }: Insert): void {
  for (const [name, value] of Object.entries(values)) {
    const field = model.fields.get(name);
    if (!field || readTyped(field, value).ok) continue;
    throw new ChangesetError(
      `cannot insert ${shownValue(value)} as "${name}" of ${model.name}: it is not of type ${field.type}. Cast it first.`,
    );
  }
}

function assertNotNull(model: Model, operation: Insert | Update): void {
  const values = operation.action === 'insert' ? operation.values : operation.changes;
  for (const field of model.fields.values()) {
    const { name, isNullable } = field;
    const isFilled = operation.action === 'update' || !needsValue(model, field);
    if (isNullable || (name in values ? values[name] !== null : isFilled)) continue;
    throw new ChangesetError(
      `cannot ${operation.action} ${model.name}: "${name}" is null, which its column does not take. ` +
        'Require it with validateRequired, or give it a value.',
    );
  }
}
