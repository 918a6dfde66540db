import { foreignKeys } from '../../../model/key.ts';
import type { Model } from '../../../model/model.ts';
import { isWrite, type Plan } from '../../../plan/plan.ts';
import { findChained } from './find-chained.ts';
import { type SetOptions, type SetRow, toSetRow } from './set-rows.ts';

/** Rows that one statement writes, and the operations (by index) that they are of. */
export interface RowSet extends Pick<SetRow, 'action' | 'model' | 'raises'> {
  readonly rows: readonly SetRow[];
  readonly operations: readonly number[];
}

/** Operations (by index) that are left to Prisma's client. */
export interface Rest {
  readonly rows: null;
  readonly operations: readonly number[];
}

/**
 * The operations of a plan, whose keys are assigned, gathered into sets of rows that are written
 * alike. A row may be written before operations that stand before it in the plan, if they are of
 * other tables and neither needs the other. Rows that pass a unique value from one to the next are
 * left to Prisma's client, one by one: within one statement their order is nobody's to say.
 */
export function findRowSets(plan: Plan, options: SetOptions): readonly (RowSet | Rest)[] {
  const chained = findChained(plan, options.models);
  const sets: OpenSet[] = [];
  plan.operations.forEach((operation, index) => {
    if (!isWrite(operation)) return;
    const row = chained.has(operation) ? null : toSetRow(operation, options);
    const set = openFor(row, sets);
    set.operations.push(index);
    if (row) set.rows?.push(row);
  });
  return sets.map(({ rows, operations }) => {
    const [first] = rows ?? [];
    if (!rows || !first) return { rows: null, operations };
    const { action, model, raises } = first;
    return { action, model, raises, rows, operations };
  });
}

interface OpenSet {
  readonly alike: string;
  readonly rows: SetRow[] | null;
  readonly operations: number[];
}

/** The set that takes a row: the last one of its like, if the row may go so far ahead. */
function openFor(row: SetRow | null, sets: OpenSet[]): OpenSet {
  const alike = row ? likeness(row) : '';
  for (const set of sets.toReversed()) {
    if (set.alike === alike) return set;
    if (!row || isNeeded(set, row)) break;
  }
  const set = { alike, rows: row && [], operations: [] };
  sets.push(set);
  return set;
}

/**
 * Rows that are alike go into one statement. An insert cannot say for each row which columns are
 * left to the database, an update can.
 */
function likeness({ action, model, key, values, raises }: SetRow): string {
  const columns = action === 'insert' ? Object.keys(values).toSorted() : Object.keys(key);
  return [action, model.name, raises, ...columns].join(' ');
}

/** Whether a set must be written before a row: what is left to Prisma, always. */
function isNeeded({ rows }: OpenSet, row: SetRow): boolean {
  const [first] = rows ?? [];
  if (!first) return true;
  if (first.model === row.model) {
    const inserts = first.action === 'insert' && row.action === 'insert';
    return !inserts || refersTo(row.model, row.model);
  }
  if (first.action === 'insert' && row.action !== 'delete') {
    return refersTo(row.model, first.model);
  }
  return row.action === 'delete' && refersTo(first.model, row.model);
}

function refersTo(model: Model, other: Model): boolean {
  return foreignKeys(model).some(({ related }) => related === other);
}
