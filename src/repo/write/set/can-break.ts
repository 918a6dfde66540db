import { getModel } from '../../../model/datamodel/read-models.ts';
import { foreignKeys } from '../../../model/key.ts';
import type { Model, Models } from '../../../model/model.ts';
import type { Values } from '../../../model/value.ts';
import type { Plan, Write } from '../../../plan/plan.ts';
import { isWrite } from '../../../plan/plan.ts';
import type { RowSet } from './row-sets.ts';

/** What the database may refuse an operation for, as far as the models and changesets say. */
export interface Breaks {
  /** For a foreign key to a row that the transaction neither holds nor has written. */
  readonly foreignKey: boolean;
  /** For something that no error names the row of: a check. */
  readonly unnamed: boolean;
  readonly any: boolean;
}

/** What the database may refuse an operation for. */
export function canBreak(operation: Write, models: Models): Breaks {
  const foreignKey = refersFreely(operation, models);
  const unnamed = operation.constraints.some(
    ({ kind }) => kind === 'check' || kind === 'exclusion',
  );
  return { foreignKey, unnamed, any: foreignKey || unnamed || isKeyed(operation, models) };
}

/** Whether an operation takes a unique value, or gives up a key that others may refer to. */
function isKeyed(operation: Write, models: Models): boolean {
  const model = getModel(models, operation.model);
  switch (operation.action) {
    case 'insert':
      return model.uniqueKeys.some((key) => isGiven(model, key, operation.values));
    case 'update':
      return model.uniqueKeys.some((key) => key.some((name) => name in operation.changes));
    case 'delete':
      return [...model.associations.values()].some(
        ({ kind }) => kind === 'hasOne' || kind === 'hasMany',
      );
    case 'link':
      return true;
    case 'unlink':
      return false;
    default:
      return operation satisfies never;
  }
}

/** Whether a key has values that are not made for the row. */
function isGiven(model: Model, key: readonly string[], values: Values): boolean {
  return (
    key.every((name) => (values[name] ?? null) !== null) &&
    key.some((name) => model.fields.get(name)?.generated === null)
  );
}

/** Whether a row refers to another than the owner through which it is written. */
function refersFreely(operation: Write, models: Models): boolean {
  if (operation.action !== 'insert' && operation.action !== 'update') return false;
  const values = operation.action === 'insert' ? operation.values : operation.changes;
  const { via } = operation;
  const association = via && getModel(models, via.model).associations.get(via.association);
  const owning = association?.kind === 'through' ? '' : association?.relatedKey.join();
  return foreignKeys(getModel(models, operation.model)).some(
    ({ ownerKey }) =>
      ownerKey.join() !== owning && ownerKey.some((name) => (values[name] ?? null) !== null),
  );
}

/**
 * Whether a refusal may leave it open which operation would have been refused first had each been
 * written by itself.
 */
export function canBeDoubtful(
  plan: Plan,
  sets: readonly Pick<RowSet, 'operations'>[],
  models: Models,
): boolean {
  let last = -1;
  return sets.some((set) => {
    const breakable = set.operations.flatMap((index) => {
      const operation = plan.operations[index];
      const breaks = operation && isWrite(operation) ? canBreak(operation, models) : null;
      return breaks?.any ? [{ index, ...breaks }] : [];
    });
    const [first] = breakable;
    if (!first) return false;
    const isAhead = first.index < last;
    last = Math.max(last, breakable.at(-1)?.index ?? -1);
    if (isAhead) return true;
    if (breakable.length === 1) return false;
    const inserts = 'action' in set && set.action === 'insert';
    return !inserts || breakable.some(({ foreignKey, unnamed }) => foreignKey || unnamed);
  });
}
