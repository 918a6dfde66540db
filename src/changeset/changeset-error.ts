/**
 * What a programmer tried that cannot be done: says what was tried, on what, what was got, and the
 * way out.
 */
export class ChangesetError extends Error {
  override readonly name: string = 'ChangesetError';
}
