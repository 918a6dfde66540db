import type { Path } from '../../changeset/issue.ts';
import type { Request, Result } from '../../mutation/request.ts';
import type { Plan } from '../../plan/plan.ts';

/** The argument that holds the root record; a delete has none. */
export const INPUT = ['input'];

/** The plan of a request, its paths from the arguments of the mutation on. */
export function shownPlan({ kind }: Request, { operations }: Plan): Plan {
  return { operations: kind === 'delete' ? operations : operations.map(below) };
}

/** A result, whose paths are relative to the root record, with those of the arguments. */
export function shownResult(request: Request, result: Result): Result {
  if (request.kind === 'delete') return result;
  switch (result.kind) {
    case 'success':
    case 'dryRun':
      return { ...result, plan: shownPlan(request, result.plan) };
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

function below<T extends { readonly path: Path }>(item: T): T {
  return { ...item, path: [...INPUT, ...item.path] };
}
