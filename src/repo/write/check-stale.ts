import { getModel } from '../../model/datamodel/read-models.ts';
import type { Models } from '../../model/model.ts';
import type { Values } from '../../model/value.ts';
import { equalValues } from '../../model/value.ts';
import type { Operation, Plan } from '../../plan/plan.ts';
import { StaleEntryError } from '../errors/errors.ts';
import type { Locks } from '../lock/row-locks.ts';
import { isGuarded } from '../lock/plan-locks.ts';
import type { Row } from '../row.ts';

/** How the stored rows of a plan are held against it. */
export interface CheckOptions {
  readonly models: Models;
  /** The locks of the transaction, which hold every row that is to be checked. */
  readonly locks: Locks;
  /** Rows that are gone already are passed over instead of being stale. */
  readonly allowStale?: boolean;
  /** Retries the transaction if a row has other values than the plan starts from. */
  readonly exact?: boolean;
}

/**
 * Holds each locked row of a plan against what the plan expects of it.
 * @throws StaleEntryError, or StaleReadError if it is to be exact.
 */
export function checkStored(plan: Plan, options: CheckOptions): Plan {
  const gone = new Set<Operation>();
  for (const operation of plan.operations) {
    const model = getModel(options.models, operation.model);
    const guarded = isGuarded(operation, model);
    if (!isChecked(operation) && !guarded) continue;
    const row = options.locks.row(model, keyOf(operation));
    const expects = 'expects' in operation ? operation.expects : {};
    const differing = row && findDifference(row, expects);
    if (row && options.exact && isStaleRead(row, operation, differing)) {
      throw options.locks.staleRead();
    }
    if (row && differing === undefined) continue;
    const passed =
      options.allowStale || (operation.action === 'delete' && operation.ifExists && !row);
    if (!passed) throw staleEntry(operation, differing, options.models);
    gone.add(operation);
  }
  if (gone.size === 0) return plan;
  return {
    operations: plan.operations.filter((operation) => !gone.has(operation)),
  };
}

function isChecked(operation: Operation): boolean {
  return operation.action === 'update' || operation.action === 'delete';
}

/**
 * Whether a row is as expected but has other values, or is where another has put it before this
 * operation does.
 */
function isStaleRead(row: Row, operation: Operation, differing: string | undefined): boolean {
  if (!('from' in operation)) return false;
  if (differing !== undefined) {
    return operation.action === 'update' && differing in operation.changes;
  }
  return findDifference(row, operation.from) !== undefined;
}

function findDifference(row: Row, values: Values): string | undefined {
  return Object.keys(values).find((name) => !equalValues(row[name] ?? null, values[name]));
}

function staleEntry(
  operation: Operation,
  differing: string | undefined,
  models: Models,
): StaleEntryError {
  const { version } = getModel(models, operation.model);
  const path =
    differing !== undefined && differing === version
      ? [...operation.path, version]
      : operation.path;
  const action = operation.action === 'unchanged' ? 'keep' : operation.action;
  return new StaleEntryError(action, operation.model, keyOf(operation), path);
}

function keyOf(operation: Operation): Values {
  return 'key' in operation.row ? operation.row.key : {};
}
