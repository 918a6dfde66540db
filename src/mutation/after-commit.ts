import { isWrite } from '../plan/plan.ts';
import type { Setup } from './mutate.ts';
import type { Request, Success } from './request.ts';

/** Runs the afterCommit of each model that the request is asked of, or that it has written. */
export async function runAfterCommit(
  { domain, context, onError = console.error }: Setup,
  { aggregate }: Request,
  { plan, isReplay }: Success,
): Promise<void> {
  const written = new Set(plan.operations.filter(isWrite).map(({ model }) => model));
  if (isReplay || written.size === 0) return;
  written.add(aggregate.model.name);
  for (const { model, hooks } of domain.aggregates.values()) {
    if (!written.has(model.name)) continue;
    try {
      await hooks.afterCommit?.(plan, context);
    } catch (error) {
      onError(error);
    }
  }
}
