import { getModel } from '../../model/datamodel/read-models.ts';
import { parentOf, uniqueKeyTexts } from '../../model/key.ts';
import type { Model, Models } from '../../model/model.ts';
import { keyText, type Values } from '../../model/value.ts';
import type { OpenList } from '../../plan/draft/planner.ts';
import type { Operation, Plan } from '../../plan/plan.ts';
import type { LockStrength, RowsToLock } from './row-locks.ts';

/**
 * The stored rows that a plan writes, insists on or links to, to be locked before it runs; join
 * rows go by their owners.
 */
export function rowsToLock(plan: Plan, models: Models): readonly RowsToLock[] {
  return plan.operations.flatMap((operation) => {
    const model = getModel(models, operation.model);
    const strength = strengthOf(operation, model);
    if (strength === null || !('key' in operation.row)) return [];
    return [{ model, keys: [operation.row.key], strength }];
  });
}

/** The owners of lists in which rows go last; one that is not known by its primary key is not locked. */
export function ownersToLock(open: readonly OpenList[]): readonly RowsToLock[] {
  return open.flatMap(({ list: { owner: model }, key }) => {
    const isPrimary = keyText(Object.keys(key)) === keyText(model.primaryKey);
    return isPrimary ? [{ model, keys: [key], strength: 'NO KEY UPDATE' } as const] : [];
  });
}

/** Whether a plan insists on a row that it leaves as it is: on its version. */
export function isGuarded(operation: Operation, model: Model): boolean {
  return (
    operation.action === 'unchanged' && model.version !== null && model.version in operation.expects
  );
}

/**
 * The unique values that a plan takes or frees, as texts, if there are several: two writers that
 * wait for each other's values would wait forever. One alone needs no lock.
 */
export function valuesToLock(plan: Plan, models: Models): readonly string[] {
  const texts = plan.operations.flatMap((operation) => {
    const model = getModel(models, operation.model);
    switch (operation.action) {
      case 'insert':
        return uniqueTexts(model, operation.values);
      case 'update': {
        const { from, changes } = operation;
        return [...uniqueTexts(model, from), ...uniqueTexts(model, changes)];
      }
      case 'delete':
        return uniqueTexts(model, operation.from);
      case 'link':
      case 'unlink':
      case 'unchanged':
        return [];
      default:
        return operation satisfies never;
    }
  });
  return texts.length > 1 ? texts : [];
}

function strengthOf(operation: Operation, model: Model): LockStrength | null {
  switch (operation.action) {
    case 'update':
      // PostgreSQL takes the stronger lock by itself if a unique column changes; to raise a lock
      // later is to risk a deadlock.
      return isKeyed(model, operation.from) ? 'UPDATE' : 'NO KEY UPDATE';
    case 'delete':
      return 'UPDATE';
    case 'link':
      return 'KEY SHARE';
    case 'unchanged':
      return isGuarded(operation, model) ? 'NO KEY UPDATE' : null;
    case 'insert':
    case 'unlink':
      return null;
    default:
      return operation satisfies never;
  }
}

function isKeyed(model: Model, changed: Values): boolean {
  return model.uniqueKeys.some((key) => key.some((name) => name in changed));
}

/**
 * The unique keys whose values are given. Primary and foreign keys are not among them: their
 * owners' locks guard them.
 */
function uniqueTexts(model: Model, values: Values): readonly string[] {
  return uniqueKeyTexts(model, values, unguardedKeys(model)).map(({ text }) => text);
}

function unguardedKeys(model: Model): readonly (readonly string[])[] {
  return model.uniqueKeys.filter(
    ([first = '']) => !model.primaryKey.includes(first) && parentOf(model, first) === undefined,
  );
}
