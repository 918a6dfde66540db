/* The GraphQL types, inputs, fields and results of a domain, on your own builder. */

export { type InputLimits, standardInputLimits } from './input-limits.ts';
export { type AssociationKit, type ObjectOptions, associationKit } from './kit.ts';
export type { KitOptions } from './kit-options.ts';
export type { MutationsOptions } from './mutation-fields.ts';
export { memberNames } from './result/failures.ts';
export { type Failure, requestError } from './request-error.ts';
