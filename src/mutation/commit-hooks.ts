import type { Domain } from '../domain/domain.ts';
import { isWrite } from '../plan/plan.ts';
import type { PlannedOperation } from '../plan/planned-operation.ts';
import type { Delegates } from '../repo/delegate.ts';
import type { Request, Success } from './request.ts';

/** What runs before COMMIT, with all that is written; what it throws ends the transaction. */
export type BeforeCommit = (
  tx: Delegates,
  success: Success,
  operations: readonly PlannedOperation[],
) => Promise<void>;

/** What an afterCommit runs with. */
interface Hooks {
  readonly domain: Domain;
  readonly context?: unknown;
  /** Told what it throws. Default the console. */
  readonly onError?: (error: unknown) => void;
}

/** Runs the afterCommit of each model that the request is asked of, or that it has written. */
export async function runAfterCommit(
  { domain, context, onError = console.error }: Hooks,
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
