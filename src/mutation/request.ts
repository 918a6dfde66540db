import type { Params } from '../changeset/changeset.ts';
import type { Path } from '../changeset/issue.ts';
import type { LocatedIssue } from '../changeset/traverse-errors.ts';
import type { Values } from '../model/value.ts';
import type { Plan } from '../plan/plan.ts';
import { type Aggregate, type BuiltAssociation, rootShape } from './aggregate.ts';
import type { RecordInput } from './input/input.ts';
import type { ExceededLimit } from './input/max-entries.ts';
import type { RootAction } from './load/owners.ts';
import { readRecord, type ToWhere } from './input/read-input.ts';
import type { StaleEntry } from './changeset/stale-entry.ts';

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

/** How a mutation ends. Only after `success` is anything kept. */
export type Result =
  | {
      readonly kind: 'success';
      /** The root as it is stored now; of a delete, as it was last. */
      readonly record: Values;
      readonly plan: Plan;
    }
  | { readonly kind: 'dryRun'; readonly plan: Plan }
  | { readonly kind: 'invalid'; readonly issues: readonly LocatedIssue[] }
  | ({ readonly kind: 'stale' } & StaleEntry)
  | { readonly kind: 'notFound'; readonly type: string; readonly recordId: string }
  | ({ readonly kind: 'limit' } & ExceededLimit)
  | { readonly kind: 'idempotencyConflict' };

/** Thrown to end the transaction without keeping anything. */
export class Ended extends Error {
  readonly result: Result;

  constructor(result: Result) {
    super('the transaction is not kept');
    this.result = result;
  }
}

/** The input of a request, read; a delete has none. */
export function readInput(toWhere: ToWhere, request: Request): RecordInput | null {
  const at = rootPath(request);
  switch (request.kind) {
    case 'create':
    case 'update':
      return readRecord(toWhere, rootShape(request.aggregate), { params: request.input, at });
    case 'build':
      return readRecord(toWhere, request.association.build, { params: request.input, at });
    case 'delete':
      return null;
    default:
      return request satisfies never;
  }
}

/** What is done with the record at the root. */
export function rootAction(request: Request): RootAction {
  if (request.kind === 'update' || request.kind === 'delete') return request.kind;
  return 'insert';
}

/** Where the root stands among the mutation's arguments. */
export function rootPath(request: Request): Path {
  return request.kind === 'delete' ? [] : ['input'];
}
