import type { Params } from '../changeset/changeset.ts';
import type { Path } from '../changeset/issue.ts';
import type { LocatedIssue } from '../changeset/traverse-errors.ts';
import type { Values } from '../model/value.ts';
import type { Plan } from '../plan/plan.ts';
import { type Aggregate, type BuiltAssociation, rootShape } from '../domain/aggregate.ts';
import type { StaleEntry } from './changeset/stale-entry.ts';
import type { RecordInput } from './input/input.ts';
import type { ExceededLimit } from './input/meter.ts';
import { readRecord, type Reading } from './input/read-input.ts';
import type { RootAction } from './load/owners.ts';

/** What a client asks for, one record at the root. */
export type Request =
  | {
      readonly kind: 'create';
      readonly aggregate: Aggregate;
      readonly input: Params;
    }
  | {
      readonly kind: 'update';
      readonly aggregate: Aggregate;
      readonly id: string;
      readonly input: Params;
    }
  | {
      readonly kind: 'delete';
      readonly aggregate: Aggregate;
      readonly id: string;
      readonly lockVersion: number | null;
    }
  | {
      readonly kind: 'build';
      readonly aggregate: Aggregate;
      readonly id: string;
      readonly association: BuiltAssociation;
      readonly input: Params;
    };

/**
 * How a mutation ends; paths are relative to the root record. Only after `success` is anything
 * kept.
 */
export type Result =
  | Success
  | { readonly kind: 'dryRun'; readonly plan: Plan }
  | { readonly kind: 'invalid'; readonly issues: readonly LocatedIssue[] }
  | ({ readonly kind: 'stale' } & StaleEntry)
  | { readonly kind: 'notFound'; readonly type: string; readonly recordId: string }
  | { readonly kind: 'forbidden'; readonly path: Path }
  | ({ readonly kind: 'limit' } & ExceededLimit)
  | { readonly kind: 'idempotencyConflict' };

/** A mutation that is kept. */
export interface Success {
  readonly kind: 'success';
  /** The root as it is stored now; of a delete, as it was last. */
  readonly record: Values;
  readonly plan: Plan;
  /** It was written before, under the same idempotency key. */
  readonly isReplay: boolean;
  /**
   * In a transaction of the caller's: runs the afterCommit of what is written, to be called once
   * that is committed. Otherwise they have run.
   */
  readonly afterCommit?: () => Promise<void>;
}

/**
 * The input of a request, read; of a delete the version that it expects.
 * @throws as `readRecord`.
 */
export function readInput(reading: Reading, request: Request): RecordInput {
  if (request.kind === 'delete') {
    const { aggregate, lockVersion } = request;
    return { aggregate, params: { lockVersion }, fields: [], nested: [], tools: [] };
  }
  const shape = request.kind === 'build' ? request.association.build : rootShape(request.aggregate);
  return readRecord(reading, shape, request.input);
}

/** What is done with the record at the root. */
export function rootAction({ kind }: Request): RootAction {
  return kind === 'update' || kind === 'delete' ? kind : 'insert';
}
