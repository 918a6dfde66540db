/* A domain, and running one nested mutation of it. */

export {
  type AssociationDeclaration,
  type Choice,
  type Declaration,
  owned,
  reference,
} from './declaration.ts';
export { type Domain, defineDomain } from './domain.ts';
export type {
  Aggregate,
  AssociationTools,
  BuiltAssociation,
  EntryShape,
  RecordShape,
} from './aggregate.ts';
export type { PlannedOperation, Policy } from './authorize.ts';
export { dropExpiredKeys } from './idempotency/keys.ts';
export type { ToWhere } from './input/read-input.ts';
export {
  type MutateOptions,
  type MutationLimits,
  type Setup,
  mutate,
  standardMutationLimits,
} from './mutate.ts';
export type { Request, Result } from './request.ts';
export type { TransactionClient } from '../repo/transaction/transaction.ts';
