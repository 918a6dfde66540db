import { buildAssoc } from '../../changeset/assoc.ts';
import type { Changeset } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { putAction } from '../../changeset/changeset.ts';
import { expectVersion } from '../../changeset/lock.ts';
import { listErrors, type LocatedIssue } from '../../changeset/traverse.ts';
import { getModel } from '../../model/datamodel.ts';
import type { Model, Models } from '../../model/model.ts';
import type { Struct } from '../../model/struct.ts';
import { buildStruct, loadStruct } from '../../model/struct.ts';
import { castNamed } from '../../model/cast-value.ts';
import { idText, type Value } from '../../model/value.ts';
import { findConflicts, planWrite } from '../../plan/plan-write.ts';
import type { Delegates } from '../../repo/delegates.ts';
import { ConstraintError, StaleEntryError } from '../../repo/error.ts';
import { makeLoaders } from '../../repo/loaders.ts';
import type { Locks, RowsToLock } from '../../repo/lock.ts';
import { rowsToLock } from '../../repo/plan-locks.ts';
import { writeChangeset } from '../../repo/write.ts';
import { gather, type Gathered, type Reading } from './gather.ts';
import type { RecordInput } from './input.ts';
import { isSelfContained, ownersOf } from './owners.ts';
import { type Request, type Result, rootAction, rootPath } from './request.ts';
import { findStaleEntry } from './stale.ts';
import { toChangeset } from './to-changeset.ts';
import { unchanged } from './unchanged.ts';

/** One attempt to do what is asked for, within a transaction. */
export interface WriteAttempt {
  readonly tx: Delegates;
  readonly locks: Locks;
  readonly models: Models;
  readonly request: Request;
  readonly input: RecordInput | null;
  readonly dryRun: boolean;
  /** Each operation is to be written by a call of its own. */
  readonly oneByOne: boolean;
  /** What an earlier attempt has found that must be locked first; empty at first. */
  readonly ahead: readonly RowsToLock[];
  /** How often others have come between in all attempts, by what was refused then. */
  readonly interruptions: Map<string, number>;
}

/** Thrown to end the transaction without keeping anything. */
export class Ended extends Error {
  readonly result: Result;

  constructor(result: Result) {
    super('the transaction is not kept');
    this.result = result;
  }
}

/**
 * Locks the owners that a request concerns, reads what it changes, makes the changeset, plans and writes it. (In Ecto the
 * caller preloads, and nothing is locked.)
 * @throws Ended with every result but success; Outdated, where the attempt is to be made anew.
 */
export async function attemptWrite(
  attempt: WriteAttempt,
): Promise<Extract<Result, { kind: 'success' }>> {
  const { tx, locks, models, oneByOne, request } = attempt;
  const root = rootPath(request);
  const gathered = await gatherLocked(attempt);
  const changeset = rootChangeset(gathered, request);
  const stale = findStaleEntry(gathered, changeset, root);
  if (stale) throw new Ended({ kind: 'stale', ...stale });
  if (!changeset.valid) {
    throw invalid(changeset, root, findConflicts(changeset, root));
  }
  const how = { models, now: new Date(), root, oneByOne, locks, exact: true };
  const outcome = await writeChangeset(tx, changeset, how).catch(
    (error: unknown) => {
      if (error instanceof StaleEntryError) throw new Ended(staleResult(error));
      // Nothing that the locks guard is refused so: a writer that takes none has come between.
      if (
        error instanceof ConstraintError &&
        mayRepeat(attempt, error.constraint)
      ) {
        throw locks.outdated();
      }
      throw error;
    },
  );
  if (!outcome.ok) {
    const taken = findTakenRef(outcome.changeset, root);
    if (taken && mayRepeat(attempt, taken)) throw locks.outdated();
    throw invalid(outcome.changeset, root);
  }
  if (attempt.dryRun) throw new Ended({ kind: 'dryRun', plan: outcome.plan });
  return { kind: 'success', record: outcome.struct.fields, plan: outcome.plan };
}

/**
 * Whether to begin anew where something is refused that another may have made since it was read. What is refused again
 * each time is not another's doing: a name is taken within the request itself.
 */
function mayRepeat({ interruptions }: WriteAttempt, refused: string): boolean {
  const times = (interruptions.get(refused) ?? 0) + 1;
  interruptions.set(refused, times);
  return times <= MEANWHILE;
}

const MEANWHILE = 3;

/** Finds the owners, locks them, and reads what the request is about under the locks. */
async function gatherLocked(attempt: WriteAttempt): Promise<Gathered> {
  const { locks, request } = attempt;
  const stub = await findRoot(attempt);
  const action = rootAction(request);
  await locks.take(
    isFirst(attempt) ? await findRows(attempt, stub) : attempt.ahead,
  );
  const record = freshRoot(attempt, stub.struct);
  const gathered = await gather(readingOf(attempt), record, stub.input);
  const owners = ownersOf(gathered, action);
  if (!locks.holds(owners)) throw locks.outdated(owners);
  return gathered;
}

/**
 * The rows to be locked first of all, as far as can be told without locks: the owners, and, where finding them takes
 * reading anyway, what is to be written, so that all of it is locked in order.
 */
async function findRows(
  attempt: WriteAttempt,
  stub: Gathered,
): Promise<readonly RowsToLock[]> {
  const { models, request } = attempt;
  const action = rootAction(request);
  if (isSelfContained(stub, action)) return ownersOf(stub, action);
  const found = await gather(readingOf(attempt), stub.struct, stub.input);
  const changeset = rootChangeset(found, request);
  const root = rootPath(request);
  const written = changeset.valid
    ? rowsToLock(planWrite(changeset, { root }).plan, models)
    : [];
  return [...ownersOf(found, action), ...written];
}

/** Whether nothing is known yet of what is to be locked. */
function isFirst({ ahead }: WriteAttempt): boolean {
  return ahead.length === 0;
}

function readingOf({ tx }: WriteAttempt): Reading {
  return { loaders: makeLoaders(tx), created: new Map() };
}

/** The root as far as the request tells, or as it is stored where its parents must be known. */
async function findRoot(attempt: WriteAttempt): Promise<Gathered> {
  const { models, tx, request, input } = attempt;
  const model = getModel(models, request.aggregate.model);
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
    const built = buildAssoc(owner, request.association);
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
function freshRoot(
  { models, locks, request }: WriteAttempt,
  found: Struct,
): Struct {
  if (request.kind === 'create') return found;
  const model = getModel(models, request.aggregate.model);
  const [name = 'id'] = model.primaryKey;
  const row = locks.row(model, { [name]: readId(model, request.id) });
  if (!row) throw notFound(model, request.id);
  return request.kind === 'build' ? found : loadStruct(model, row);
}

function rootChangeset(gathered: Gathered, request: Request): Changeset {
  switch (request.kind) {
    case 'create':
    case 'build':
      return putAction(toChangeset(gathered), 'insert');
    case 'update':
      return putAction(toChangeset(gathered), 'update');
    case 'delete': {
      const start = unchanged(request.aggregate, gathered.struct);
      const guarded =
        request.lockVersion === null
          ? start
          : expectVersion(start, request.lockVersion);
      return putAction(guarded, 'delete');
    }
    default:
      return request satisfies never;
  }
}

function readId(model: Model, id: string): Value {
  const [name = 'id'] = model.primaryKey;
  const cast = castNamed(model, name, id);
  return cast.ok ? cast.value : null;
}

function notFound(model: Model, id: string): Ended {
  return new Ended({ kind: 'notFound', type: model.name, id });
}

function invalid(
  changeset: Changeset,
  root: Path,
  conflicts: readonly LocatedIssue[] = [],
): Ended {
  const issues = [...listErrors(changeset, root), ...conflicts];
  return new Ended({ kind: 'invalid', issues });
}

function staleResult({ model, key, path }: StaleEntryError): Result {
  const id = idText(Object.values(key));
  return { kind: 'stale', path, type: model, id };
}

/** The place of a reference whose record was to be created and has been made by another: then it can be linked. */
function findTakenRef(changeset: Changeset, root: Path): string | undefined {
  return listErrors(changeset, root)
    .find(({ code, path }) => code === 'UNIQUE' && path.includes('refs'))
    ?.path.join('.');
}
