import { getModel } from '../model/datamodel.ts';
import type { Models } from '../model/model.ts';
import type { Values } from '../model/value.ts';
import { equalValues, keyText } from '../model/value.ts';
import type { Operation, Plan } from '../plan/operation.ts';
import type { Delegates } from './delegates.ts';
import { StaleEntryError } from './error.ts';
import type { RowsToLock } from './lock.ts';
import { lockRows } from './lock.ts';

/** Locks the stored rows of a plan and holds each against what the plan expects of it. */
export async function checkStored(
  tx: Delegates,
  plan: Plan,
  options: { readonly models: Models; readonly allowStale?: boolean },
): Promise<Plan> {
  const checked = plan.operations.filter(isChecked);
  const stored = await lockRows(
    tx,
    checked.map((operation) => rowToLock(operation, options.models)),
  );
  const gone = new Set<Operation>();
  for (const operation of checked) {
    const key = keyOf(operation);
    const text = keyText(
      getModel(options.models, operation.model).primaryKey.map(
        (name) => key[name] ?? null,
      ),
    );
    const row = stored.get(operation.model)?.get(text);
    const differing =
      row &&
      Object.entries(operation.expects).find(
        ([name, value]) => !equalValues(row[name] ?? null, value),
      );
    if (row && !differing) continue;
    const passed =
      options.allowStale ||
      (operation.action === 'delete' && operation.ifExists && !row);
    if (passed) gone.add(operation);
    else throw staleEntry(operation, differing?.[0], options.models);
  }
  return gone.size === 0
    ? plan
    : {
        operations: plan.operations.filter((operation) => !gone.has(operation)),
      };
}

type Checked = Extract<Operation, { readonly expects: Values }>;

function isChecked(operation: Operation): operation is Checked {
  if (operation.action === 'unchanged')
    return Object.keys(operation.expects).length > 0;
  return (
    operation.action === 'update' ||
    (operation.action === 'delete' && operation.reason !== 'cascaded')
  );
}

function rowToLock(operation: Checked, models: Models): RowsToLock {
  const strength = operation.action === 'delete' ? 'delete' : 'update';
  return {
    model: getModel(models, operation.model),
    keys: [keyOf(operation)],
    strength,
  };
}

function staleEntry(
  operation: Checked,
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
