import { ChangesetError } from '../../changeset/changeset-error.ts';
import type { Delegates } from '../delegate.ts';
import { type Attempt, RollbackError, withRollback } from './transaction.ts';

/** Runs what is committed together, or not at all. */
export type Transact = <T>(
  run: (attempt: Omit<Attempt<T>, 'ahead' | 'waits'>) => Promise<T>,
) => Promise<T>;

/** How writes run within a transaction that is open already. */
export interface Joined {
  readonly transact: Transact;
  /** To be called before the transaction is committed. @throws if something in it has failed. */
  readonly assertKept: () => void;
}

/**
 * Lets writes join a transaction. What fails in it undoes it as a whole, even if the failure is
 * caught: as in Ecto, whose outer transaction then ends with a rollback.
 */
export function joinTransaction(tx: Delegates, oneByOne: boolean): Joined {
  let failure: { readonly error: unknown } | null = null;
  return {
    transact: (run) =>
      withRollback(async (rollback) => {
        try {
          return await run({ tx, oneByOne, rollback });
        } catch (error) {
          failure ??= { error };
          throw error;
        }
      }),
    assertKept() {
      if (failure === null) return;
      const { error } = failure;
      if (!(error instanceof RollbackError)) throw error;
      throw new ChangesetError(
        `cannot commit the transaction: ${error.message}, which undoes it as a whole. ` +
          'Throw where an outcome is not ok.',
      );
    },
  };
}
