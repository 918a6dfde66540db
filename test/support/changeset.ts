import type { ChangesetPartsFragment } from '../generated/graphql.ts';

/**
 * The changeset of a result that has one.
 * @throws Error that shows the result where it has none.
 */
export function changesetOf(result: object): ChangesetPartsFragment {
  if ('changeset' in result) return result.changeset as ChangesetPartsFragment;
  throw new Error(`nothing was written: ${JSON.stringify(result)}`);
}

/**
 * The operations of a result, each in a line: `UPDATE Comment 12 GIVEN
 * input.comments.cast.entries.1`.
 */
export function operationsOf(result: object): string[] {
  return changesetOf(result).operations.map(({ action, type, id, reason, path }) =>
    [action, type, id, reason, path.join('.')].join(' '),
  );
}
