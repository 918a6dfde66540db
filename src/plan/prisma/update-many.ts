import type { Model } from '../../model/model.ts';
import { extendFilter, filterOf } from './nested-operation.ts';
import type { Update, Write } from '../plan.ts';
import { type Args, columnData, keyOf, type TranslateOptions } from './args.ts';

/*
 * The rows that lose their owner with it are updated in one statement. As Ecto's nilify_all, 3.13,
 * it sets the foreign key alone: neither updatedAt nor version.
 */

/** The arguments of an `updateMany` of one row. */
export function updateManyArgs(
  model: Model,
  { row, changes }: Update,
  options: TranslateOptions,
): Args {
  const data = columnData(model, changes, options);
  return { where: filterOf(keyOf(row)), data };
}

/**
 * Adds one more row of the model to an `updateMany`; false if the operation is not the same for
 * another row.
 */
export function addRow({ where, data }: Args, operation: Write): boolean {
  const { action, reason, row } = operation;
  if (action !== 'update' || reason !== 'cascaded') return false;
  const same = Object.keys(operation.changes).join();
  if (Object.keys(Object(data)).join() !== same) return false;
  extendFilter(where, keyOf(row));
  return true;
}
