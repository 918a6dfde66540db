import type { Field, Model, Models } from '../model/model.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import { ChangesetError } from '../changeset/changeset-error.ts';
import type { Operation, Plan } from './plan.ts';

/**
 * Holds a plan whose keys are assigned against the columns that take no null. In Ecto the database
 * refuses such a write; Prisma's client never sends it and blames its own input instead.
 * @throws ChangesetError for the first null where none may be.
 */
export function assertNotNull(plan: Plan, models: Models): void {
  for (const operation of plan.operations) {
    const model = getModel(models, operation.model);
    const field = nullField(model, operation);
    if (field === undefined) continue;
    throw new ChangesetError(
      `cannot ${operation.action} ${model.name}: "${field.name}" is null, which its column does not take. ` +
        'Require it with validateRequired, or give it a value.',
    );
  }
}

function nullField(model: Model, operation: Operation): Field | undefined {
  const fields = [...model.fields.values()].filter((field) => !field.isNullable);
  switch (operation.action) {
    case 'insert':
      return fields.find((field) =>
        field.name in operation.values
          ? operation.values[field.name] === null
          : !isMade(model, field),
      );
    case 'update':
      return fields.find((field) => operation.changes[field.name] === null);
    case 'delete':
    case 'link':
    case 'unlink':
    case 'unchanged':
      return undefined;
    default:
      return operation satisfies never;
  }
}

/** Whether an insert that leaves the field out still gives it a value. */
function isMade(model: Model, field: Field): boolean {
  return (
    field.isList ||
    field.generated !== null ||
    field.default !== null ||
    field.name === model.updatedAt
  );
}
