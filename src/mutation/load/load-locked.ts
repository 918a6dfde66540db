import { buildAssoc } from '../../changeset/assoc/assoc.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import type { Model, Models } from '../../model/model.ts';
import type { Struct } from '../../model/struct.ts';
import { buildStruct, loadStruct } from '../../model/struct.ts';
import type { Value } from '../../model/value.ts';
import { planWrite } from '../../plan/plan-write.ts';
import type { Delegates } from '../../repo/delegate.ts';
import { makeLoaders } from '../../repo/read/loaders.ts';
import { makeRowBudget } from '../../repo/read/row-budget.ts';
import type { Locks, RowsToLock } from '../../repo/lock/row-locks.ts';
import { rowsToLock } from '../../repo/lock/plan-locks.ts';
import { gather, type Gathered, type Reading } from './load-input.ts';
import type { RecordInput } from '../input/input.ts';
import { isSelfContained, ownersOf } from './owners.ts';
import { Ended, type Request, rootAction, rootPath } from '../request.ts';
import { rootChangeset } from '../changeset/root-changeset.ts';

/** What is read under locks, and with what. */
export interface LockedReading {
  readonly tx: Delegates;
  readonly locks: Locks;
  readonly models: Models;
  readonly request: Request;
  readonly input: RecordInput | null;
  /** Rows that one reading may take. */
  readonly maxRows: number;
  /** What an earlier attempt has found that must be locked first; empty at first. */
  readonly ahead: readonly RowsToLock[];
}

/**
 * Finds the owners, locks them, and reads what the request is about under the locks.
 * @throws Ended where the root is not there; Outdated, where owners are found that are not held;
 * TooManyRowsError.
 */
export async function gatherLocked(attempt: LockedReading): Promise<Gathered> {
  const { locks, request } = attempt;
  const stub = await findRoot(attempt);
  const action = rootAction(request);
  await locks.take(isFirst(attempt) ? await findRows(attempt, stub) : attempt.ahead);
  const record = freshRoot(attempt, stub.struct);
  const gathered = await gather(readingOf(attempt), record, stub.input);
  const owners = ownersOf(gathered, action);
  if (!locks.holds(owners)) throw locks.outdated(owners);
  return gathered;
}

/**
 * The rows to be locked first of all, as far as can be told without locks: the owners, and, where
 * finding them takes reading anyway, what is to be written, so that all of it is locked in order.
 */
async function findRows(attempt: LockedReading, stub: Gathered): Promise<readonly RowsToLock[]> {
  const { models, request } = attempt;
  const action = rootAction(request);
  if (isSelfContained(stub, action)) return ownersOf(stub, action);
  const found = await gather(readingOf(attempt), stub.struct, stub.input);
  const changeset = rootChangeset(found, request);
  const root = rootPath(request);
  const written = changeset.valid ? rowsToLock(planWrite(changeset, { root }).plan, models) : [];
  return [...ownersOf(found, action), ...written];
}

/** Whether nothing is known yet of what is to be locked. */
function isFirst({ ahead }: LockedReading): boolean {
  return ahead.length === 0;
}

function readingOf({ tx, maxRows }: LockedReading): Reading {
  return { loaders: makeLoaders(tx, { budget: makeRowBudget(maxRows) }), created: new Map() };
}

/** The root as far as the request tells, or as it is stored where its parents must be known. */
async function findRoot(attempt: LockedReading): Promise<Gathered> {
  const { tx, request, input } = attempt;
  const { model } = request.aggregate;
  const none: RecordInput = {
    aggregate: request.aggregate,
    params: {},
    fields: [],
    tools: [],
  };
  const whole = input ?? none;
  if (request.kind === 'create') {
    return { input: whole, struct: buildStruct(model), tools: [] };
  }
  const key = readId(model, request.id);
  if (key === null) throw notFound(model, request.id);
  const [name = 'id'] = model.primaryKey;
  const owner = loadStruct(model, { [name]: key });
  if (request.kind === 'build') {
    const built = buildAssoc(owner, request.association.association.name);
    return { input: whole, struct: built, tools: [] };
  }
  const stub: Gathered = { input: whole, struct: owner, tools: [] };
  const known = isSelfContained(stub, rootAction(request));
  if (known || !isFirst(attempt)) return stub;
  const row = await makeLoaders(tx).record(model, name, key);
  if (row === null) throw notFound(model, request.id);
  return { ...stub, struct: loadStruct(model, row) };
}

/** The root as it is under the lock; the owner of a record that is built must be there too. */
function freshRoot({ locks, request }: LockedReading, found: Struct): Struct {
  if (request.kind === 'create') return found;
  const { model } = request.aggregate;
  const [name = 'id'] = model.primaryKey;
  const row = locks.row(model, { [name]: readId(model, request.id) });
  if (!row) throw notFound(model, request.id);
  return request.kind === 'build' ? found : loadStruct(model, row);
}

function readId(model: Model, id: string): Value {
  const [name = 'id'] = model.primaryKey;
  const cast = castNamed(model, name, id);
  return cast.ok ? cast.value : null;
}

function notFound(model: Model, id: string): Ended {
  return new Ended({ kind: 'notFound', type: model.name, id });
}
