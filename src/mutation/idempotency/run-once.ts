import { pick } from '../../model/key.ts';
import type { Model } from '../../model/model.ts';
import type { Delegates } from '../../repo/delegate.ts';
import type { Ask, Asked } from '../authorize.ts';
import { claimKey, type Claimant, keepOutcome, type KeyedRequest } from './keys.ts';
import { makeLoaders } from '../../repo/read/loaders.ts';
import type { Rollback } from '../../repo/transaction/transaction.ts';
import type { Request, Result, Success } from '../request.ts';

/** A success, and the operations that it was asked for whether they are allowed. */
export interface Written {
  readonly success: Success;
  /** Null where there was nothing to ask. */
  readonly asked: Asked;
}

/** A success as it is kept under an idempotency key. */
interface Kept extends Pick<Success, 'record' | 'plan'> {
  readonly asked?: NonNullable<Asked>;
}

/** A request, and the idempotency key that it is sent under. */
export interface KeyedRun extends Claimant {
  readonly request: Request;
  /** Absent: the request runs as often as it is sent. */
  readonly keyed: KeyedRequest | null;
  readonly ask: Ask | null;
  readonly rollback: Rollback<Result>;
}

/**
 * Runs a write unless it has been run before under its key; then gives the first outcome, its
 * record as it is now, if what was written then is allowed now.
 * @throws what `rollback` throws, where the key belongs to another request, or it is not allowed.
 */
export async function runOnce(
  { tx, waits, request, keyed, ask, rollback }: KeyedRun,
  write: () => Promise<Written>,
): Promise<Success> {
  if (keyed === null) return (await write()).success;
  const claim = await claimKey<Kept>({ tx, waits }, keyed);
  switch (claim.kind) {
    case 'free': {
      const written = await write();
      await keepOutcome(tx, keyed, toKept(written));
      return written.success;
    }
    case 'kept':
      await ask?.(claim.outcome.asked ?? null);
      return readKept(tx, claim.outcome, rootModel(request));
    case 'taken':
      return rollback({ kind: 'idempotencyConflict' });
    default:
      return claim satisfies never;
  }
}

/** Where keys are kept, whose they are, and for how long, in ms. */
export interface KeyOptions {
  readonly idempotencyTable?: string | null;
  readonly idempotencyOwner?: string | null;
  readonly ttl: number;
}

/** A request under a key of its sender. @throws Error if no table is named that holds the key. */
export function keyedRequest(
  { idempotencyTable: table = null, idempotencyOwner: owner = null, ttl }: KeyOptions,
  request: Request,
  sent: string,
): KeyedRequest {
  const key = owner === null ? sent : JSON.stringify([owner, sent]);
  if (table !== null) return { table, key, request: identityOf(request), ttl };
  throw new Error('cannot keep an idempotency key: name the table for it, as idempotencyTable.');
}

/**
 * What makes a request the same as another: the mutation and its arguments, not what it asks to be
 * told.
 */
function identityOf(request: Request): object {
  const aggregate = request.aggregate.model.name;
  return request.kind === 'build'
    ? { ...request, aggregate, association: request.association.association.name }
    : { ...request, aggregate };
}

/** The plan without what is only needed to run it. */
function toKept({ success: { record, plan }, asked }: Written): Kept {
  const operations = plan.operations.map((operation) =>
    'constraints' in operation ? { ...operation, constraints: [] } : operation,
  );
  return { record, plan: { operations }, ...(asked && { asked }) };
}

/** What was deleted is gone, by this request or since: of it there are the last values. */
async function readKept(tx: Delegates, { record, plan }: Kept, model: Model): Promise<Success> {
  const row = await makeLoaders(tx).record(model, pick(record, model.primaryKey));
  return { kind: 'success', record: row ?? record, plan, isReplay: true };
}

function rootModel({ aggregate, ...request }: Request): Model {
  return request.kind === 'build' ? request.association.related.model : aggregate.model;
}
