import type { Path } from '../../changeset/issue.ts';
import type { Result } from '../../mutation/request.ts';

/** A result with its paths, which are relative to the root record, below the argument for it. */
export function withPathsBelow(argument: Path, result: Result): Result {
  const below = <T extends { readonly path: Path }>(item: T): T => ({
    ...item,
    path: [...argument, ...item.path],
  });
  switch (result.kind) {
    case 'success':
    case 'dryRun':
      return { ...result, plan: { operations: result.plan.operations.map(below) } };
    case 'invalid':
      return { ...result, issues: result.issues.map(below) };
    case 'stale':
    case 'forbidden':
    case 'limit':
      return below(result);
    case 'notFound':
    case 'idempotencyConflict':
      return result;
    default:
      return result satisfies never;
  }
}
