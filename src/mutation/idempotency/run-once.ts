import { pick } from '../../model/key.ts';
import type { Model } from '../../model/model.ts';
import type { Values } from '../../model/value.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Delegates } from '../../repo/delegate.ts';
import { claimKey, type Claimant, keepOutcome, type KeyedRequest } from './keys.ts';
import { makeLoaders } from '../../repo/read/loaders.ts';
import type { Rollback } from '../../repo/transaction/transaction.ts';
import type { Request, Result, Success } from '../request.ts';

/** A success as it is kept under an idempotency key. */
interface Kept {
  readonly record: Values;
  readonly plan: Plan;
}

/** A request, and the idempotency key that it is sent under. */
export interface KeyedRun extends Claimant {
  readonly request: Request;
  /** Absent: the request runs as often as it is sent. */
  readonly keyed: KeyedRequest | null;
  readonly rollback: Rollback<Result>;
}

/**
 * Runs a write unless it has been run before under its key; then gives the first outcome, its
 * record as it is now.
 * @throws what `rollback` throws, where the key belongs to another request.
 */
export async function runOnce(
  { tx, waits, request, keyed, rollback }: KeyedRun,
  write: () => Promise<Success>,
): Promise<Success> {
  if (keyed === null) return write();
  const claim = await claimKey<Kept>({ tx, waits }, keyed);
  switch (claim.kind) {
    case 'free': {
      const success = await write();
      await keepOutcome(tx, keyed, toKept(success));
      return success;
    }
    case 'kept':
      return readKept(tx, claim.outcome, rootModel(request));
    case 'taken':
      return rollback({ kind: 'idempotencyConflict' });
    default:
      return claim satisfies never;
  }
}

/**
 * What makes a request the same as another: the mutation and its arguments, not what it asks to be
 * told.
 */
export function identityOf(request: Request): object {
  const aggregate = request.aggregate.model.name;
  return request.kind === 'build'
    ? { ...request, aggregate, association: request.association.association.name }
    : { ...request, aggregate };
}

/** The plan without what is only needed to run it. */
function toKept({ record, plan }: Success): Kept {
  const operations = plan.operations.map((operation) =>
    'constraints' in operation ? { ...operation, constraints: [] } : operation,
  );
  return { record, plan: { operations } };
}

/** What was deleted is gone, by this request or since: of it there are the last values. */
async function readKept(tx: Delegates, { record, plan }: Kept, model: Model): Promise<Success> {
  const row = await makeLoaders(tx).record(model, pick(record, model.primaryKey));
  return { kind: 'success', record: row ?? record, plan, isReplay: true };
}

function rootModel({ aggregate, ...request }: Request): Model {
  return request.kind === 'build' ? request.association.related.model : aggregate.model;
}
