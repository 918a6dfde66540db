import { ChangesetError } from '../../changeset/changeset-error.ts';
import type { Delegates } from '../delegate.ts';
import { Rollback } from './rollback.ts';

/** How writes run within a transaction that is open already. */
export interface Joined {
  readonly transact: <T>(run: (tx: Delegates, oneByOne: boolean) => Promise<T>) => Promise<T>;
  /**
   * To be called before the transaction is committed. @throws where something that joined it has
   * failed.
   */
  readonly assertKept: () => void;
}

/**
 * Lets writes join a transaction. What fails in it undoes it as a whole, also where the failure is
 * caught: as in Ecto, whose outer transaction then ends with a rollback.
 */
export function joinTransaction(tx: Delegates, oneByOne: boolean): Joined {
  let failure: { readonly error: unknown } | null = null;
  return {
    async transact(run) {
      try {
        return await run(tx, oneByOne);
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    },
    assertKept() {
      if (failure === null) return;
      const { error } = failure;
      if (!(error instanceof Rollback)) throw error;
      throw new ChangesetError(
        `cannot commit the transaction: ${error.message}, which undoes it as a whole. ` +
          'Throw where an outcome is not ok.',
      );
    },
  };
}
