import type { Changeset } from '../../changeset/changeset.ts';
import { countRecords } from '../../changeset/walk.ts';
import { surfaceAssocs } from '../../changeset/assoc/surface-changes.ts';
import { addErrorAt } from '../../changeset/traverse-errors.ts';
import { pick } from '../../model/key.ts';
import { type Struct, withFields } from '../../model/struct.ts';
import type { Values } from '../../model/value.ts';
import type { Plan } from '../../plan/plan.ts';
import { planWrite, type Planned } from '../../plan/plan-write.ts';
import { leafRows } from '../../plan/assign-keys.ts';
import { assertValues } from '../../plan/check-values.ts';
import { readWritten, writtenStruct } from '../../plan/written-struct.ts';
import { loadCascades } from './load-cascades.ts';
import { loadLasts } from './load-lasts.ts';
import { checkStored } from './check-stale.ts';
import type { Delegates } from '../delegate.ts';
import { giveWay } from '../give-way.ts';
import type { Locks } from '../lock/row-locks.ts';
import { makeKeys } from './generate-keys.ts';
import { ownersToLock, rowsToLock, valuesToLock } from '../lock/plan-locks.ts';
import { runPrepared } from './prepare-changes.ts';
import { type Refusal, type RunOptions, runPlan } from './run-plan.ts';
import type { Row } from '../row.ts';

/**
 * What a write ends with: the record as it is stored now and what was done, or the changeset with
 * its errors.
 */
export type Outcome = { readonly ok: true; readonly struct: Struct; readonly plan: Plan } | Refusal;

/** How a changeset is written. */
export interface WriteOptions extends RunOptions {
  /** The locks of the transaction. */
  readonly locks: Locks;
  /** Rows that are gone already are passed over instead of being stale. */
  readonly allowStale?: boolean;
  /** Updates the root also if nothing changes; see `PlanOptions`. */
  readonly force?: boolean;
  /** The columns of the root's row that are read back; default all. See `RepoOptions`. */
  readonly returning?: boolean | readonly string[];
  /** Rows that may go with those that are deleted; default any number. */
  readonly maxRows?: number;
  /**
   * The changeset was made of what this transaction has read: it is retried if a row has
   * changed since.
   */
  readonly exact?: boolean;
  /** Called with the plan once its rows are locked and its keys made; what it throws ends the write. */
  readonly beforeWrite?: (plan: Plan) => Promise<void>;
}

/**
 * Writes a valid changeset within a transaction: plans, locks what is to be written and checks that
 * it is as it was loaded, makes keys, then runs the plan as Prisma nested writes. A refusal that
 * the changeset declares comes back as its error; the transaction must then be rolled back.
 * @throws TooManyRowsError, StaleEntryError, ConstraintError, AmbiguousViolationError,
 * StaleReadError, ChangesetError for a value
 * of another type or null in a column that takes none, or the database's own error.
 */
export async function writeChangeset(
  tx: Delegates,
  unprepared: Changeset,
  options: WriteOptions,
): Promise<Outcome> {
  const changeset = surfaceAssocs(await runPrepared(unprepared, tx));
  if (!changeset.valid) return { ok: false, changeset };
  const { models, locks } = options;
  await giveWay(countRecords(changeset));
  const planned = await planLocked(tx, changeset, options);
  const size = planned.plan.operations.length;
  if (planned.issues.length > 0) {
    const refused = planned.issues.reduce(
      (done, issue) => addErrorAt(done, issue.path, { ...issue, at: [] }),
      changeset,
    );
    return { ok: false, changeset: refused };
  }
  const checked = checkStored(planned.plan, options);
  await giveWay(size);
  const values = locks.values(valuesToLock(checked, models));
  const left = options.beforeWrite ? undefined : leafRows(checked);
  const keyed = await makeKeys(tx, models, checked, { left, values });
  assertValues(keyed, models);
  await giveWay(size);
  await options.beforeWrite?.(keyed);
  const run = await runPlan(tx, keyed, changeset, options);
  if (!run.ok) return run;
  const { plan } = run;
  const { newRows } = planned;
  const rows = readWritten({ plan: checked, newRows }, plan, options);
  const written = writtenStruct(changeset, rows);
  const struct = withFields(written, returned(run.row, options.returning));
  return { ok: true, struct, plan };
}

/**
 * Plans under locks: what goes with a row that is to be deleted can be read once that is locked,
 * and the last number of an ordered list once its owner is.
 */
async function planLocked(
  tx: Delegates,
  changeset: Changeset,
  { models, locks, force = false, maxRows }: WriteOptions,
): Promise<Planned> {
  const planned = planWrite(changeset, { force });
  await giveWay(planned.plan.operations.length);
  await locks.take([...rowsToLock(planned.plan, models), ...ownersToLock(planned.open)]);
  const cascades = await loadCascades(tx, changeset, locks, maxRows);
  const lasts = await loadLasts(tx, planned.open);
  if (cascades.size === 0 && lasts.size === 0) return planned;
  await giveWay(planned.plan.operations.length);
  const complete = planWrite(changeset, { cascades, lasts, force });
  await giveWay(complete.plan.operations.length);
  await locks.take(rowsToLock(complete.plan, models));
  return complete;
}

/** The values of a written row that the record is to have. */
function returned(row: Row | null, returning: boolean | readonly string[] = true): Values {
  if (row === null || returning === false) return {};
  return returning === true ? row : pick(row, returning);
}
