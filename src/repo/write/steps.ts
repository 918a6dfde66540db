import { DbNull } from '@prisma/client/runtime/client';
import type { Changeset } from '../../changeset/changeset.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import { rowKeyText } from '../../model/key.ts';
import type { Model } from '../../model/model.ts';
import { isOpen } from '../../plan/assign-keys.ts';
import { findParkings } from '../../plan/draft/parking.ts';
import type { Plan } from '../../plan/plan.ts';
import type { TranslateOptions } from '../../plan/prisma/args.ts';
import type { PrismaCall } from '../../plan/prisma/call.ts';
import { toNestedWrite } from '../../plan/prisma/nested-write.ts';
import { delegate, type Delegates, isDirect } from '../delegate.ts';
import { type Row, rowReader } from '../row.ts';
import { execute, queryRows } from '../sql.ts';
import { parkRows } from './park.ts';
import { readBack } from './read-back.ts';
import type { Rest, RowSet } from './set/row-sets.ts';
import { setStatements } from './set/set-statements.ts';

/**
 * The database refused a call that writes several rows and did not say which one is meant. The
 * transaction is lost; run it again with `oneByOne`, and the violation names its row.
 */
export class AmbiguousViolationError extends Error {
  override readonly name = 'AmbiguousViolationError';
}

/** What is sent to the database at once, and the operations (by index) that it is of. */
export interface Step {
  readonly operations: readonly number[];
  readonly set: RowSet | null;
  /** The operations are yet to be written. */
  readonly parks: boolean;
  /** The operations whose rows come back. */
  readonly gives: readonly number[];
  readonly run: () => Promise<readonly (Row | null)[]>;
}

/** The steps that are sent in one flight, one flight after the other: only raw statements go together. */
export function flightsOf(
  steps: readonly Step[],
  isTogether: boolean,
): readonly (readonly Step[])[] {
  const flights: Step[][] = [];
  let isOpenFlight = false;
  for (const step of steps) {
    const isRaw = isTogether && (step.set !== null || step.parks);
    if (isRaw && isOpenFlight) flights.at(-1)?.push(step);
    else flights.push([step]);
    isOpenFlight = isRaw;
  }
  return flights;
}

/** The operation (by index) of the root record; -1 without one. */
export function rootOf(plan: Plan): number {
  return plan.operations.findIndex(({ path }) => path.length === 0);
}

/** The steps of a plan: first the rows that exchange unique values are parked, then all is written. */
export function stepsOf(
  tx: Delegates,
  plan: Plan,
  changeset: Changeset,
  sets: readonly (RowSet | Rest)[],
  options: TranslateOptions,
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
        return [...first.map(() => given && rowReader(model)(given)), ...(key ? [key] : [])];
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
  const isTogether = isDirect(tx);
  const sent: Promise<unknown>[] = [];
  for (const statement of setStatements(set, returns)) {
    const written =
      returns.length === 0
        ? execute(tx, statement).then((some) => (count += some))
        : queryRows(tx, model, statement, returns).then((some) => returned.push(...some));
    sent.push(written);
    if (!isTogether) await written;
  }
  await Promise.all(sent);
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
