import type { Changeset } from '../../changeset/changeset.ts';
import { addError, hasChanges } from '../../changeset/changeset.ts';
import type { Models } from '../../model/model.ts';
import type { Delegates } from '../delegate.ts';
import { StaleEntryError } from '../errors/errors.ts';
import { assertReturning } from '../assert-arguments.ts';
import { withRollback } from '../transaction/rollback.ts';
import type { Outcome } from './write-changeset.ts';
import { writeChangeset } from './write-changeset.ts';

/** What may be said of one write. */
export interface RepoOptions {
  /** Reports a stale root as an error of this field instead of throwing. */
  readonly staleErrorField?: string;
  /** The message of that error. Default "is stale". */
  readonly staleErrorMessage?: string;
  /** Passes over rows that are stale, at every level, and answers ok. */
  readonly allowStale?: boolean;
  /**
   * Updates the root also where nothing changes, if its model has an updatedAt, a version or a
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
  /** Runs what is to be kept together, or not at all. */
  readonly transact: <T>(run: (tx: Delegates, oneByOne: boolean) => Promise<T>) => Promise<T>;
}

/**
 * Writes a changeset in a transaction, which nothing is kept of where the changeset is refused. One
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
  const { models, now } = setup;
  const { staleErrorField, staleErrorMessage = 'is stale' } = options;
  const how = { models, allowStale, force, returning };
  try {
    return await withRollback<Outcome>((rollback) =>
      setup.transact(async (tx, oneByOne) => {
        const outcome = await writeChangeset(tx, changeset, { ...how, now: now(), oneByOne });
        if (outcome.ok) return outcome;
        return rollback(outcome, `a write of ${changeset.data.model.name} in it was refused`);
      }),
    );
  } catch (error) {
    if (
      error instanceof StaleEntryError &&
      staleErrorField !== undefined &&
      error.path.length === 0
    ) {
      return {
        ok: false,
        changeset: addError(changeset, staleErrorField, staleErrorMessage, {
          params: { stale: true },
        }),
      };
    }
    throw error;
  }
}
