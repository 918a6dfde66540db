import { type Difference, isAtOrBelow } from './difference.ts';
import { visitsOf } from './visits.ts';

/** Rule 3: below an entry that was ignored, Ecto's changeset has one position less. */
export const inputPositions: Difference = {
  rule: 3,
  reason:
    'paths of errors count the entries that were sent (in Ecto, an entry that is ignored shifts those after it)',
  instead(facts) {
    const { expected } = facts;
    const moved = visitsOf(facts).filter(({ path, ectoPath }) => path.join() !== ectoPath.join());
    if (moved.length === 0 || expected.errors === undefined) return null;
    const errors = expected.errors.map((error) => {
      const visit = moved.findLast(({ ectoPath }) => isAtOrBelow(error.path, ectoPath));
      if (!visit) return error;
      const rest = error.path.slice(visit.ectoPath.length);
      return { ...error, path: [...visit.path, ...rest] };
    });
    const changed = errors.some((error, i) => error !== expected.errors?.[i]);
    return changed ? { ...expected, errors } : null;
  },
};
