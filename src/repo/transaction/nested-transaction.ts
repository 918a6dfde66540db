import { ChangesetError } from '../../changeset/changeset-error.ts';
import { LockedError } from '../errors/database-fault.ts';
import { type Attempt, RollbackError, withRollback } from './transaction.ts';

/** Runs what is committed together, or not at all. */
export type Transact = <T>(run: (attempt: Omit<Attempt<T>, 'ahead'>) => Promise<T>) => Promise<T>;

/**
 * Runs what makes several writes as one transaction that is open already. What fails in it undoes it
 * as a whole, even if the failure is caught: as in Ecto, whose outer transaction then ends with a
 * rollback.
 */
export async function joinTransaction<T>(
  attempt: Omit<Attempt<unknown>, 'ahead' | 'rollback'>,
  run: (transact: Transact) => Promise<T>,
): Promise<T> {
  let failure: { readonly error: unknown } | null = null;
  const transact: Transact = (write) =>
    withRollback(async (rollback) => {
      try {
        return await write({ ...attempt, rollback });
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    });
  const assertKept = () => {
    if (failure === null) return;
    const { error } = failure;
    if (!(error instanceof RollbackError)) throw error;
    throw new ChangesetError(
      `cannot commit the transaction: ${error.message}, which undoes it as a whole. ` +
        'Throw where an outcome is not ok.',
    );
  };
  const result = await run(transact).catch((error: unknown) => {
    // Whatever the caller makes of it: what may not wait yet is retried.
    if (failure?.error instanceof LockedError) throw failure.error;
    throw error;
  });
  assertKept();
  return result;
}
