import { DbNull } from '@prisma/client/runtime/client';
import type { Changeset } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { constraintParams, findConstraint } from '../../changeset/constraint/find-constraint.ts';
import { addErrorAt } from '../../changeset/traverse-errors.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import type { Model, Models } from '../../model/model.ts';
import { toNestedWrite } from '../../plan/prisma/nested-write.ts';
import type { Operation, Plan, Write } from '../../plan/plan.ts';
import { isWrite } from '../../plan/plan.ts';
import { findParkings } from '../../plan/draft/parking.ts';
import type { PrismaCall } from '../../plan/prisma/call.ts';
import type { Delegates } from '../delegate.ts';
import { delegate } from '../delegate.ts';
import { ConstraintError } from '../errors/errors.ts';
import { parkRows } from './park.ts';
import type { ConstraintViolation } from '../errors/constraint-violation.ts';
import { isMissingRow, readViolation } from '../errors/constraint-violation.ts';
import { type Row, toRow } from '../row.ts';

/** How a plan is run. */
export interface RunOptions {
  readonly models: Models;
  /** What updatedAt fields are set to. */
  readonly now: Date;
  /** The path of the root in the request; default []. */
  readonly root?: Path;
  /** Writes each operation by a call of its own; see `AmbiguousViolationError`. */
  readonly oneByOne?: boolean;
}

/**
 * The database refused a call that writes several rows and did not say which one is meant. The
 * transaction is lost; run it again with `oneByOne`, and the violation names its row.
 */
export class AmbiguousViolationError extends Error {
  override readonly name = 'AmbiguousViolationError';
}

/**
 * How a run ends: with the root's row as it is stored now (null if it is not written), or
 * refused.
 */
export type Run =
  | { readonly ok: true; readonly row: Row | null }
  | { readonly ok: false; readonly changeset: Changeset };

/**
 * Runs the calls; a violation of the database becomes an error of the changeset.
 * @throws ConstraintError for a violation that the changeset does not declare, AmbiguousViolationError, or
 * the database's own error.
 */
export async function runPlan(
  tx: Delegates,
  plan: Plan,
  changeset: Changeset,
  options: RunOptions,
): Promise<Run> {
  const { models, now, oneByOne = false, root = [] } = options;
  const rootIndex = plan.operations.findIndex(({ path }) => path.length === root.length);
  let row: Row | null = null;
  for (const { operations, run } of stepsOf(tx, plan, { models, now, oneByOne })) {
    try {
      const written = await run();
      if (operations[0] === rootIndex) row = written;
    } catch (error) {
      const refused = { plan, operations, error };
      return { ok: false, changeset: refusedChangeset(changeset, refused, options) };
    }
  }
  return { ok: true, row };
}

/** What is sent to the database at once, and the operations (by index) that it is of. */
interface Step {
  readonly operations: readonly number[];
  readonly run: () => Promise<Row | null>;
}

/** The steps of a plan: first the rows that exchange unique values are parked, then the calls. */
function stepsOf(
  tx: Delegates,
  plan: Plan,
  options: Pick<RunOptions, 'models' | 'now' | 'oneByOne'>,
): readonly Step[] {
  const modelOf = (name: string) => getModel(options.models, name);
  const parkings = findParkings(plan, options).map((parking) => ({
    operations: parking.operations,
    run: () => parkRows(tx, modelOf(parking.model), parking),
  }));
  const calls = toNestedWrite(plan, { ...options, dbNull: DbNull });
  return [
    ...parkings,
    ...calls.map((call) => ({
      operations: call.operations,
      run: () => runCall(tx, modelOf(call.model), call),
    })),
  ];
}

/** Runs a call; gives the row that it writes first, null if none may be there. */
async function runCall(
  tx: Delegates,
  model: Model,
  { method, args }: PrismaCall,
): Promise<Row | null> {
  const rows = delegate(tx, model);
  if (method !== 'deleteMany' && method !== 'updateMany') {
    return toRow(model, await rows[method](args));
  }
  await rows[method](args);
  return null;
}

/** Operations of a plan (by index) of which the database refused one with an error. */
interface Refused {
  readonly plan: Plan;
  readonly operations: readonly number[];
  readonly error: unknown;
}

function refusedChangeset(changeset: Changeset, refused: Refused, options: RunOptions): Changeset {
  const { error } = refused;
  const violation = readViolation(error);
  if (!violation) {
    if (isMissingRow(error) && !options.oneByOne)
      throw new AmbiguousViolationError('a row is missing', { cause: error });
    throw error;
  }
  const culprit = findCulprit(refused, violation, options);
  const declared = findConstraint(culprit.constraints, violation);
  if (!declared) throw new ConstraintError(culprit, violation, error);
  const { field, message, code, at } = declared;
  const params = constraintParams(declared);
  const path = culprit.path.slice((options.root ?? []).length);
  return addErrorAt(changeset, path, { field, message, code, params, ...(at && { at }) });
}

/**
 * The operation that a violation is about: the only one of its step, or the only one that it can be
 * about.
 */
function findCulprit(
  { plan, operations: indexes, error }: Refused,
  violation: ConstraintViolation,
  { models, oneByOne }: RunOptions,
): Write {
  const operations = indexes.flatMap((index) => plan.operations[index] ?? []).filter(isWrite);
  const suspects =
    operations.length === 1
      ? operations
      : operations.filter((operation) => canBeRefused(operation, violation, models));
  const [culprit] = suspects;
  if (culprit && suspects.length === 1) return culprit;
  if (oneByOne) throw error;
  throw new AmbiguousViolationError(
    `one of ${suspects.length} rows is refused for ${violation.name}`,
    {
      cause: error,
    },
  );
}

/** Whether an operation writes to the table, and in the way, that a violation is about. */
function canBeRefused(
  operation: Operation,
  violation: ConstraintViolation,
  models: Models,
): boolean {
  const deletes = operation.action === 'delete' || operation.action === 'unlink';
  if (violation.referenced || deletes) return violation.referenced && deletes;
  if (operation.action === 'unchanged' || violation.table === null)
    return operation.action !== 'unchanged';
  if (operation.action !== 'link')
    return getModel(models, operation.model).table === violation.table;
  const association = getModel(models, operation.via.model).associations.get(
    operation.via.association,
  );
  return (
    association?.kind === 'manyToMany' &&
    (association.join?.model.table ?? violation.table) === violation.table
  );
}
