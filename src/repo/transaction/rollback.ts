/** Thrown to end a transaction without keeping anything of it, where that is an answer. */
export class Rollback extends Error {
  override readonly name = 'Rollback';
}

/**
 * Runs a transaction that may end with a value instead of an error: `rollback` throws what undoes
 * it, and its value is the outcome. As Ecto.Repo.rollback/1, 3.13.
 */
export async function withRollback<T>(
  run: (rollback: (value: T, reason?: string) => never) => Promise<T>,
): Promise<T> {
  const values = new Map<unknown, { readonly value: T }>();
  try {
    return await run((value, reason = 'the transaction is not kept') => {
      const error = new Rollback(reason);
      values.set(error, { value });
      throw error;
    });
  } catch (error) {
    const ended = values.get(error);
    if (ended) return ended.value;
    throw error;
  }
}
