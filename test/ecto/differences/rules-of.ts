import type { Values } from '../../../src/model/value.ts';
import type { Case } from '../case.ts';
import { judge } from '../judge.ts';
import { keptCase, useWorld } from '../kept-cases.ts';

/** A kept case with another operation, schema or expectation. */
export interface Change {
  readonly operation?: Partial<Case['operation']>;
  readonly associations?: Case['associations'];
  readonly expect: Case['expect'];
}

/**
 * Gives a test file a world, and what tells the rules by which a changed case passes there, or what
 * it fails for else.
 */
export function useRules() {
  const world = useWorld();
  const rulesOf = async (id: string, change: Change): Promise<unknown> => {
    const recorded = keptCase(id);
    const verdict = await judge(world.current, {
      ...recorded,
      associations: { ...recorded.associations, ...change.associations },
      operation: { ...recorded.operation, ...change.operation },
      expect: change.expect,
    });
    if (verdict.kind === 'skipped') return verdict.reason;
    if (verdict.problems.length > 0) return verdict.problems;
    return verdict.applied.map(({ rule }) => rule);
  };
  return { world, rulesOf };
}

export const threeComments = 'bbe627e6';
export const tagsOfPost = '6772de8b';
export const postsOfAuthor = '9997567c';
export const storedComment = '5d7c2b08';
export const parentReplaced = 'e4ad0f1b';
export const parentKept = '1e107493';

export const root: Case['operation']['root'] = {
  get: 'post',
  id: 7,
  preload: ['comments'],
};
export const comments = (list: readonly Values[]) => ({
  root,
  params: { comments: list },
});
export const unchanged = action([], null, 7, {}, 'Post');

export type Action = NonNullable<Case['expect']['actions']>[number];

/** An action of a changeset, as cases record it. */
export function action(
  path: Action['path'],
  verb: Action['action'],
  id: Action['id'],
  changes: Values,
  model = 'Tag',
): Action {
  return { path, action: verb, model, id, changes };
}
