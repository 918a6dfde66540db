import type { Changeset } from '../../changeset/changeset.ts';
import { addError, hasChanges } from '../../changeset/changeset.ts';
import type { Models } from '../../model/model.ts';
import { StaleEntryError } from '../errors/errors.ts';
import { assertReturning } from '../assert-arguments.ts';
import { makeLocks } from '../lock/row-locks.ts';
import type { Transact } from '../transaction/nested-transaction.ts';
import type { WriteWay } from './write-way.ts';
import type { Outcome } from './write-changeset.ts';
import { writeChangeset } from './write-changeset.ts';

/** How one write is done. */
export interface RepoOptions {
  /** Reports a stale root as an error of this field instead of throwing. */
  readonly staleErrorField?: string;
  /** The message of that error. Default "is stale". */
  readonly staleErrorMessage?: string;
  /** Passes over rows that are stale, at every level, and answers ok. */
  readonly allowStale?: boolean;
  /**
   * Updates the root also if nothing changes, if its model has an updatedAt, a version or a
   * lock. Default false. Other functions than `update` pass over it.
   */
  readonly force?: boolean;
  /**
   * The columns of the root that the record comes back with as the database holds them: all, none,
   * or these fields; of a row that is not written, none. Default true, since the write gives them
   * back at no cost (in Ecto, false).
   */
  readonly returning?: boolean | readonly string[];
}

/** Where a changeset is written. */
export interface WriteSetup {
  readonly models: Models;
  /** The clock of updatedAt. */
  readonly now: () => Date;
  readonly writeWay: WriteWay;
  readonly transact: Transact;
}

/**
 * Writes a changeset in a transaction, which is rolled back if the changeset is refused. One
 * that is invalid, or changes nothing, begins none.
 * @throws StaleEntryError unless `staleErrorField` names the root's; else as `writeChangeset`.
 */
export async function writeInTransaction(
  setup: WriteSetup,
  changeset: Changeset,
  options: RepoOptions,
): Promise<Outcome> {
  if (!changeset.valid) return { ok: false, changeset };
  const { allowStale = false, force = false, returning = true } = options;
  assertReturning(changeset, returning);
  const idle =
    changeset.action === 'update' && !force && !hasChanges(changeset) && !changeset.lock?.always;
  if (idle) return { ok: true, struct: changeset.data, plan: { operations: [] } };
  const { models, now, writeWay } = setup;
  const { staleErrorField, staleErrorMessage = 'is stale' } = options;
  try {
    return await setup.transact<Outcome>(async ({ tx, oneByOne, waits, rollback }) => {
      const locks = makeLocks(tx, [...models.keys()], { strict: false, waits });
      const how = { models, now: now(), writeWay, oneByOne, locks, allowStale, force, returning };
      const outcome = await writeChangeset(tx, changeset, how);
      if (outcome.ok) return outcome;
      return rollback(outcome, `a write of ${changeset.data.model.name} in it was refused`);
    });
  } catch (error) {
    const isStale = error instanceof StaleEntryError && error.path.length === 0;
    if (!isStale || staleErrorField === undefined) throw error;
    const params = { stale: true };
    return {
      ok: false,
      changeset: addError(changeset, staleErrorField, staleErrorMessage, { params }),
    };
  }
}
