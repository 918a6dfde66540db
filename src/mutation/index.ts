/* Running one nested mutation of a domain. */

export type {
  Aggregate,
  AssociationTools,
  BuiltAssociation,
  EntryShape,
  RecordShape,
} from '../domain/aggregate.ts';
export type { Policy } from './authorize.ts';
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
export type { RetryReason } from '../repo/errors/backoff.ts';
