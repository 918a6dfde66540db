/* The core: models, changesets, plans and the repo that reads and writes them. */

export { ChangesetError } from './changeset/changeset-error.ts';
export type { Issue, IssueCode, Path } from './changeset/issue.ts';
export {
  type Action,
  type Changeset,
  type Params,
  addError,
  change,
  dropChange,
  getChange,
  getField,
  isChangeset,
  putAction,
  putChange,
} from './changeset/changeset.ts';
export { type CastOptions, cast } from './changeset/cast.ts';
export {
  type AssocOptions,
  type CastAssocOptions,
  type CastChild,
} from './changeset/assoc/options.ts';
export { addAssoc, buildAssoc, castAssoc, putAssoc } from './changeset/assoc/assoc.ts';
export { applyChanges, getAssoc } from './changeset/apply-changes.ts';
export {
  type ConstraintOptions,
  assocConstraint,
  checkConstraint,
  exclusionConstraint,
  foreignKeyConstraint,
  noAssocConstraint,
  uniqueConstraint,
} from './changeset/constraint/constraint.ts';
export type { Constraint } from './changeset/constraint/declared.ts';
export { expectVersion, optimisticLock, prepareChanges } from './changeset/optimistic-lock.ts';
export {
  type ErrorTree,
  type LocatedIssue,
  listErrors,
  messageOf,
  traverseErrors,
} from './changeset/traverse-errors.ts';
export { type LengthOptions, validateLength } from './changeset/validate/validate-length.ts';
export {
  type NumberOptions,
  type ValidateOptions,
  validateChange,
  validateFormat,
  validateInclusion,
  validateNumber,
  validateRequired,
} from './changeset/validate/validate.ts';
export type { AssociationOptions, SchemaOptions } from './model/datamodel/association-rules.ts';
export type { Datamodel } from './model/datamodel/dmmf.ts';
export { getModel, readModels } from './model/datamodel/read-models.ts';
export type {
  Association,
  Field,
  Model,
  Models,
  OnDelete,
  OnReplace,
  OnUnknown,
  Order,
} from './model/model.ts';
export {
  type Assocs,
  type Loaded,
  type Struct,
  buildStruct,
  loadStruct,
  withAssoc,
} from './model/struct.ts';
export type { Value, Values } from './model/value.ts';
export { type PlanOptions, planWrite } from './plan/plan-write.ts';
export type { Operation, Plan, PlanIssue } from './plan/plan.ts';
export { toNestedWrite } from './plan/prisma/nested-write.ts';
export type { PrismaCall } from './plan/prisma/call.ts';
export { RETRIES } from './repo/errors/backoff.ts';
export {
  OutcomeUnknownError,
  UnavailableError,
  VanishedError,
} from './repo/errors/database-fault.ts';
export { ConstraintError, InvalidChangesetError, StaleEntryError } from './repo/errors/errors.ts';
export { type Loaders, type LoaderOptions, makeLoaders } from './repo/read/loaders.ts';
export { type RowBudget, TooManyRowsError, makeRowBudget } from './repo/read/row-budget.ts';
export type { Preload, PreloadOptions, PreloadQuery } from './repo/read/preload.ts';
export { type Repo, type RepoSettings, makeRepo } from './repo/repo.ts';
export type { Row } from './repo/row.ts';
export type { TransactionClient } from './repo/transaction/transaction.ts';
export { type WriteWay, writeWays } from './repo/write/write-way.ts';
export type { Outcome } from './repo/write/write-changeset.ts';
export type { RepoOptions } from './repo/write/write-in-transaction.ts';
