import { DbNull } from '@prisma/client/runtime/client';
import type { Changeset } from '../../changeset/changeset.ts';
import { constraintParams, findConstraint } from '../../changeset/constraint/find-constraint.ts';
import { addErrorAt, changesetAt } from '../../changeset/traverse-errors.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import { rowKeyText } from '../../model/key.ts';
import type { Model, Models } from '../../model/model.ts';
import { isOpen, takeKeys } from '../../plan/assign-keys.ts';
import { toNestedWrite } from '../../plan/prisma/nested-write.ts';
import type { Plan } from '../../plan/plan.ts';
import { findParkings } from '../../plan/draft/parking.ts';
import type { PrismaCall } from '../../plan/prisma/call.ts';
import type { Delegates } from '../delegate.ts';
import { delegate } from '../delegate.ts';
import { ConstraintError } from '../errors/errors.ts';
import { keyConstraint, refersTo } from '../errors/key-constraint.ts';
import { parkRows } from './park.ts';
import { isMissingRow, readViolation } from '../errors/constraint-violation.ts';
import { type Row, toRow } from '../row.ts';
import { execute, queryRows } from '../sql.ts';
import { makeKeys } from './generate-keys.ts';
import { readBack } from './read-back.ts';
import { findCulprit, type RefusedStep } from './find-culprit.ts';
import { canBeDoubtful } from './set/can-break.ts';
import type { Rest, RowSet } from './set/row-sets.ts';
import { setStatements } from './set/set-statements.ts';
import { chooseSets, type WriteWay } from './write-way.ts';

/** How a plan is run. */
export interface RunOptions {
  readonly models: Models;
  /** What updatedAt fields are set to. */
  readonly now: Date;
  /** Default nested. */
  readonly writeWay?: WriteWay;
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
 * How a run ends: with the root's row as it is stored now (null if it is not written) and the plan,
 * every key in it, or refused.
 */
export type Run = { readonly ok: true; readonly row: Row | null; readonly plan: Plan } | Refusal;

/** A write that is refused: the changeset with its errors. */
export interface Refusal {
  readonly ok: false;
  readonly changeset: Changeset;
  /** The constraint of the database, where another may have written since the changeset was made. */
  readonly race?: string;
}

/**
 * Runs a plan, whose keys are assigned but for those of rows that nothing refers to; a violation of
 * the database becomes an error of the changeset. What is refused is what would be refused first if
 * each operation were written by itself: if a refusal of many rows leaves that open, they are.
 * @throws ConstraintError for a violation that the changeset does not declare, AmbiguousViolationError, or
 * the database's own error.
 */
export async function runPlan(
  tx: Delegates,
  plan: Plan,
  changeset: Changeset,
  options: RunOptions,
): Promise<Run> {
  const sets = chooseSets(tx, plan, options);
  const whole = { rows: null, operations: [...plan.operations.keys()] };
  const steps = stepsOf(tx, plan, changeset, sets ?? [whole], options);
  const given = new Set(steps.flatMap(({ gives }) => gives));
  if (plan.operations.some((operation, index) => isOpen(operation) && !given.has(index))) {
    return runPlan(tx, await makeKeys(tx, options.models, plan), changeset, options);
  }
  if (!sets) return runSteps(steps, plan, changeset, options);
  const isDoubtful = canBeDoubtful(plan, sets, options.models);
  if (isDoubtful) await execute(tx, { sql: `SAVEPOINT ${SAVEPOINT}`, parameters: [] });
  try {
    return await runSteps(steps, plan, changeset, options);
  } catch (error) {
    if (!isDoubtful || !(error instanceof AmbiguousViolationError)) throw error;
  }
  await execute(tx, { sql: `ROLLBACK TO SAVEPOINT ${SAVEPOINT}`, parameters: [] });
  return runPlan(tx, plan, changeset, { ...options, oneByOne: true });
}

const SAVEPOINT = 'before_sets';

/** What is sent to the database at once, and the operations (by index) that it is of. */
interface Step {
  readonly operations: readonly number[];
  readonly set: RowSet | null;
  /** The operations are yet to be written. */
  readonly parks: boolean;
  /** The operations whose rows come back. */
  readonly gives: readonly number[];
  readonly run: () => Promise<readonly (Row | null)[]>;
}

async function runSteps(
  steps: readonly Step[],
  plan: Plan,
  changeset: Changeset,
  options: RunOptions,
): Promise<Run> {
  const written = new Set<number>();
  const rows = new Map<number, Row | null>();
  for (const { operations, set, parks, gives, run } of steps) {
    try {
      const given = await run();
      gives.forEach((index, i) => rows.set(index, given[i] ?? null));
    } catch (error) {
      return toRefusal(changeset, { plan, operations, set, written }, error, options);
    }
    if (!parks) operations.forEach((index) => written.add(index));
  }
  const row = rows.get(rootOf(plan)) ?? null;
  const primaryKeyOf = (name: string) => getModel(options.models, name).primaryKey;
  return { ok: true, row, plan: takeKeys(plan, rows, primaryKeyOf) };
}

function rootOf(plan: Plan): number {
  return plan.operations.findIndex(({ path }) => path.length === 0);
}

/** The steps of a plan: first the rows that exchange unique values are parked, then all is written. */
function stepsOf(
  tx: Delegates,
  plan: Plan,
  changeset: Changeset,
  sets: readonly (RowSet | Rest)[],
  options: RunOptions,
): readonly Step[] {
  const modelOf = (name: string) => getModel(options.models, name);
  const rootIndex = rootOf(plan);
  const parkings = findParkings(plan, options).map((parking) => ({
    operations: parking.operations,
    set: null,
    parks: true,
    gives: [],
    run: () => parkRows(tx, modelOf(parking.model), parking).then(() => []),
  }));
  const steps = sets.flatMap((set): readonly Step[] => {
    const { operations } = set;
    if (set.rows) {
      const gives = operations.filter(
        (index) => index === rootIndex || isOpen(plan.operations[index]),
      );
      const run = () => runSet(tx, set, plan, gives);
      return [{ operations, set, parks: false, gives, run }];
    }
    const part = { operations: operations.flatMap((index) => plan.operations[index] ?? []) };
    return toNestedWrite(part, { ...options, dbNull: DbNull, takesOpen: true }).map((call) => {
      const written = call.operations.flatMap((index) => operations[index] ?? []);
      const first = written
        .slice(0, 1)
        .filter(
          (index) =>
            index === rootIndex || (call.method === 'create' && isOpen(plan.operations[index])),
        );
      const model = modelOf(call.model);
      const back = readBack(tx, part, changeset, call);
      const added = back ? (operations[back.index] ?? []) : [];
      const gives = first.concat(added);
      const run = async () => {
        const given = await runCall(tx, model, back ? { ...call, args: back.args } : call);
        const key = back && given && back.keyIn(given);
        if (back && !key) throw new AmbiguousViolationError('a new row has an unknown key');
        return [...first.map(() => given && toRow(model, given)), ...(key ? [key] : [])];
      };
      return { operations: written, set: null, parks: false, gives, run };
    });
  });
  return [...parkings, ...steps];
}

/** Runs a call; gives the row that it writes, as Prisma does, null if none may be there. */
async function runCall(
  tx: Delegates,
  model: Model,
  { method, args }: PrismaCall,
): Promise<Row | null> {
  const rows = delegate(tx, model);
  if (method !== 'deleteMany' && method !== 'updateMany') return rows[method](args);
  await rows[method](args);
  return null;
}

/** Writes a set of rows; gives the rows of some of its operations. */
async function runSet(
  tx: Delegates,
  set: RowSet,
  { operations }: Plan,
  gives: readonly number[],
): Promise<readonly (Row | null)[]> {
  const { model, rows } = set;
  const isWhole = gives.some((index) => operations[index]?.path.length === 0);
  const returns = isWhole ? [...model.fields.keys()] : gives.length > 0 ? model.primaryKey : [];
  const returned: Row[] = [];
  let count = 0;
  for (const statement of setStatements(set, returns)) {
    if (returns.length === 0) count += await execute(tx, statement);
    else returned.push(...(await queryRows(tx, model, statement)));
  }
  const isShort = Math.max(count, returned.length) < rows.length;
  const isNeeded =
    rows.some(({ isStored }) => isStored) || gives.some((i) => isOpen(operations[i]));
  if (isShort && isNeeded) throw new AmbiguousViolationError('a row is missing');
  return gives.map((index) => {
    const row = operations[index]?.row;
    if (!row || 'new' in row) return returned[set.operations.indexOf(index)] ?? null;
    const key = rowKeyText(model, row.key);
    return returned.find((found) => rowKeyText(model, found) === key) ?? null;
  });
}

function toRefusal(
  changeset: Changeset,
  refused: RefusedStep,
  error: unknown,
  { models, oneByOne }: RunOptions,
): Refusal {
  const violation = readViolation(error);
  if (!violation) {
    if (isMissingRow(error) && !oneByOne)
      throw new AmbiguousViolationError('a row is missing', { cause: error });
    throw error;
  }
  const culprit = findCulprit(refused, violation, models);
  if (!culprit && oneByOne) throw error;
  if (!culprit) {
    throw new AmbiguousViolationError(`one of several rows is refused for ${violation.name}`, {
      cause: error,
    });
  }
  const { path } = culprit;
  const key = models.declaresKeys
    ? keyConstraint(culprit, violation, models, changesetAt(changeset, path))
    : null;
  const constraints = [...(key ? [key.constraint] : []), ...culprit.constraints];
  const referenced = refersTo(culprit, violation);
  const found = findConstraint(constraints, { ...violation, referenced });
  if (!found) throw new ConstraintError(culprit, violation, error);
  const { field, message, code, at } = found;
  const params = constraintParams(found);
  return {
    ok: false,
    changeset: addErrorAt(changeset, path, { field, message, code, params, ...(at && { at }) }),
    ...(key?.mayBeRace && found === key.constraint && { race: violation.name }),
  };
}
