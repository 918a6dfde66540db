import type { Changeset } from '../../changeset/changeset.ts';
import { constraintParams, findConstraint } from '../../changeset/constraint/find-constraint.ts';
import { addErrorAt, changesetAt } from '../../changeset/traverse-errors.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import type { Models } from '../../model/model.ts';
import { isOpen, takeKeys } from '../../plan/assign-keys.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Delegates } from '../delegate.ts';
import { isDirect } from '../delegate.ts';
import { ConstraintError } from '../errors/errors.ts';
import { keyConstraint, refersTo } from '../errors/key-constraint.ts';
import { isMissingRow, readViolation } from '../errors/constraint-violation.ts';
import type { Row } from '../row.ts';
import { execute } from '../sql.ts';
import { AmbiguousViolationError, flightsOf, rootOf, type Step, stepsOf } from './steps.ts';
import { makeKeys } from './generate-keys.ts';
import { findCulprit, type RefusedStep } from './find-culprit.ts';
import { canBeDoubtful } from './set/can-break.ts';
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
  const isTogether = isDirect(tx);
  const run = () => runSteps(steps, plan, changeset, options, isTogether);
  if (!sets) return run();
  const isDoubtful = canBeDoubtful(plan, sets, options.models);
  const saved = isDoubtful && execute(tx, { sql: `SAVEPOINT ${SAVEPOINT}`, parameters: [] });
  if (!isTogether) await saved;
  try {
    const [ended] = await Promise.all([run(), saved]);
    return ended;
  } catch (error) {
    if (!isDoubtful || !(error instanceof AmbiguousViolationError)) throw error;
  }
  await execute(tx, { sql: `ROLLBACK TO SAVEPOINT ${SAVEPOINT}`, parameters: [] });
  return runPlan(tx, plan, changeset, { ...options, oneByOne: true });
}

const SAVEPOINT = 'before_sets';

async function runSteps(
  steps: readonly Step[],
  plan: Plan,
  changeset: Changeset,
  options: RunOptions,
  isTogether: boolean,
): Promise<Run> {
  const written = new Set<number>();
  const rows = new Map<number, Row | null>();
  for (const flight of flightsOf(steps, isTogether)) {
    const runs = flight.map((step) => step.run());
    // What follows upon a refused statement is refused as well, which is no news.
    for (const run of runs) run.catch(() => {});
    for (const [at, { operations, set, parks, gives }] of flight.entries()) {
      try {
        const given = (await runs[at]) ?? [];
        gives.forEach((index, i) => rows.set(index, given[i] ?? null));
      } catch (error) {
        return toRefusal(changeset, { plan, operations, set, written }, error, options);
      }
      if (!parks) operations.forEach((index) => written.add(index));
    }
  }
  const row = rows.get(rootOf(plan)) ?? null;
  const primaryKeyOf = (name: string) => getModel(options.models, name).primaryKey;
  return { ok: true, row, plan: takeKeys(plan, rows, primaryKeyOf) };
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
