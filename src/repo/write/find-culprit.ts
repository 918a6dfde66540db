import { getModel } from '../../model/datamodel/read-models.ts';
import type { Models } from '../../model/model.ts';
import { isWrite, type Operation, type Plan, type Write } from '../../plan/plan.ts';
import type { ConstraintViolation } from '../errors/constraint-violation.ts';
import { columnOf } from '../sql.ts';
import { columnText } from '../column-text.ts';
import { canBreak } from './set/can-break.ts';
import type { RowSet } from './set/row-sets.ts';

/** What was sent to the database at once, and refused. */
export interface RefusedStep {
  readonly plan: Plan;
  /** The operations (by index) that it is of. */
  readonly operations: readonly number[];
  /** The rows of the operations, if one statement wrote them. */
  readonly set: RowSet | null;
  /** The operations (by index) that are written already. */
  readonly written: ReadonlySet<number>;
}

/**
 * The operation that a violation is about, as far as it is known: the only one that it can be
 * about, if no operation before it could have been refused sooner had each been written by itself.
 */
export function findCulprit(
  step: RefusedStep,
  violation: ConstraintViolation,
  models: Models,
): Write | null {
  const [index, ...others] = findSuspects(step, violation, models);
  const culprit = index === undefined ? undefined : step.plan.operations[index];
  if (index === undefined || others.length > 0 || !culprit || !isWrite(culprit)) return null;
  const isPassed = (before: Operation, i: number) => {
    if (step.written.has(i) || !isWrite(before)) return true;
    const isTogether = step.operations.includes(i);
    if (isTogether && !step.set) return true;
    const breaks = canBreak(before, models);
    // An insert checks row after row, and the foreign keys of all rows at its end.
    const isInserted = isTogether && step.set?.action === 'insert';
    if (isInserted && violation.kind === 'foreignKey') return true;
    return isInserted ? !breaks.foreignKey : !breaks.any;
  };
  return step.plan.operations.slice(0, index).every(isPassed) ? culprit : null;
}

function findSuspects(
  { plan, operations, set }: RefusedStep,
  violation: ConstraintViolation,
  models: Models,
): readonly number[] {
  if (operations.length === 1) return operations;
  if (set?.action === 'update' && !isKnown(set, violation)) return [];
  if (set && violation.key) {
    const found = operations.filter((_operation, i) => hasKey(set, i, violation));
    // Of rows that refer to the same, the first is refused.
    return violation.kind === 'foreignKey' && !violation.referenced ? found.slice(0, 1) : found;
  }
  return operations.filter((index) => {
    const operation = plan.operations[index];
    return operation && isWrite(operation) && canBeRefused(operation, violation, models);
  });
}

/** Whether it is a unique key of the model: rows in another order could keep any other. */
function isKnown({ model }: RowSet, { kind, key }: ConstraintViolation): boolean {
  if (kind === 'foreignKey' || kind === 'check') return true;
  const columns = key?.columns.join();
  return model.uniqueKeys.some(
    (fields) => fields.map((name) => columnOf(model, name)).join() === columns,
  );
}

/** Whether a row of a set has the values that a violation names. */
function hasKey({ model, rows }: RowSet, i: number, { key }: ConstraintViolation): boolean {
  const row = rows[i];
  if (!row || !key) return false;
  const fields = key.columns.map((name) =>
    [...model.fields.values()].find(({ column }) => column === name),
  );
  const texts = fields.map(
    (field) => field && columnText(field, row.values[field.name] ?? row.key[field.name] ?? null),
  );
  return texts.join(', ') === key.values;
}

/** Whether an operation writes to the table, and in the way, that a violation is about. */
function canBeRefused(operation: Write, violation: ConstraintViolation, models: Models): boolean {
  const deletes = operation.action === 'delete' || operation.action === 'unlink';
  if (violation.referenced || deletes) return violation.referenced && deletes;
  if (violation.table === null) return true;
  if (operation.action !== 'link')
    return getModel(models, operation.model).table === violation.table;
  const association = getModel(models, operation.via.model).associations.get(
    operation.via.association,
  );
  return (
    association?.kind === 'manyToMany' &&
    (association.join?.model.table ?? violation.table) === violation.table
  );
}
