/* All that is pure: models, changesets, plans, and the declaration of a domain. Runs in a browser. */

export { ChangesetError } from './changeset-error.ts';
export type { Issue, IssueCode, Path } from './issue.ts';
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
} from './changeset.ts';
export { type CastOptions, cast } from './cast.ts';
export { type AssocOptions, type CastAssocOptions, type CastChild } from './assoc/options.ts';
export { addAssoc, buildAssoc, castAssoc, putAssoc } from './assoc/assoc.ts';
export { applyChanges, getAssoc } from './apply-changes.ts';
export {
  type ConstraintOptions,
  assocConstraint,
  checkConstraint,
  exclusionConstraint,
  foreignKeyConstraint,
  noAssocConstraint,
  uniqueConstraint,
} from './constraint/constraint.ts';
export type { Constraint } from './constraint/declared.ts';
export { expectVersion, optimisticLock, prepareChanges } from './optimistic-lock.ts';
export {
  type ErrorTree,
  type LocatedIssue,
  listErrors,
  messageOf,
  traverseErrors,
} from './traverse-errors.ts';
export { type LengthOptions, validateLength } from './validate/validate-length.ts';
export {
  type NumberOptions,
  type ValidateOptions,
  validateChange,
  validateFormat,
  validateInclusion,
  validateNumber,
  validateRequired,
} from './validate/validate.ts';
export type { AssociationOptions, SchemaOptions } from '../model/datamodel/association-rules.ts';
export type { Datamodel } from '../model/datamodel/datamodel.ts';
export { getModel, readModels } from '../model/datamodel/read-models.ts';
export type {
  Association,
  Field,
  Model,
  Models,
  OnDelete,
  OnReplace,
  OnUnknown,
  Order,
} from '../model/model.ts';
export {
  type Assocs,
  type Loaded,
  type Struct,
  buildStruct,
  loadStruct,
  withAssoc,
} from '../model/struct.ts';
export { type Value, type Values, valueText } from '../model/value.ts';
export { type PlanOptions, planWrite } from '../plan/plan-write.ts';
export type { Operation, Plan, PlanIssue } from '../plan/plan.ts';
export type { PlannedOperation } from '../plan/planned-operation.ts';
export {
  type AssociationDeclaration,
  type BelongsToDeclaration,
  type Choice,
  type Declaration,
  type JoinDeclaration,
  owned,
  reference,
} from '../domain/declaration.ts';
export { type Domain, defineDomain } from '../domain/domain.ts';
export type { AssociationName, FieldName, ModelName } from '../domain/names.ts';
export type { RecordData } from '../domain/read-record.ts';
