import { buildAssoc } from '../changeset/assoc.ts';
import type { Changeset, Params } from '../changeset/changeset.ts';
import type { Path } from '../changeset/issue.ts';
import { putAction } from '../changeset/changeset.ts';
import { expectVersion } from '../changeset/lock.ts';
import type { LocatedIssue } from '../changeset/traverse.ts';
import { listErrors } from '../changeset/traverse.ts';
import { getModel } from '../model/datamodel.ts';
import type { Model } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import { buildStruct, loadStruct } from '../model/struct.ts';
import { type Value, type Values, castValue, keyText } from '../model/value.ts';
import type { Plan } from '../plan/operation.ts';
import type { Delegates } from '../repo/delegates.ts';
import { StaleEntryError } from '../repo/error.ts';
import { makeLoaders } from '../repo/loaders.ts';
import { lockRows } from '../repo/lock.ts';
import { runTransaction, type TransactionClient } from '../repo/transaction.ts';
import { writeChangeset } from '../repo/write.ts';
import type { Aggregate } from './aggregate.ts';
import { gather, type Gathered, type Reading } from './gather.ts';
import type { RecordInput } from './input.ts';
import { type ExceededLimit, findExceededLimit } from './limit.ts';
import {
  coversOwners,
  isSelfContained,
  ownersOf,
  type RootAction,
} from './owners.ts';
import {
  type InputSetup,
  readBuildInput,
  readRecordInput,
} from './read-input.ts';
import { findStaleEntry, type StaleEntry } from './stale.ts';
import { deletion, toChangeset } from './to-changeset.ts';

/** What a mutation needs of the service. */
export interface Setup extends InputSetup {
  readonly client: TransactionClient;
  /** The most entries that one association may be sent. */
  readonly maxEntries: number;
}

/** What a client asks for, one record at the root. */
export type Request =
  | {
      readonly kind: 'create';
      readonly aggregate: Aggregate;
      readonly input: Params;
    }
  | {
      readonly kind: 'update';
      readonly aggregate: Aggregate;
      readonly id: string;
      readonly input: Params;
    }
  | {
      readonly kind: 'delete';
      readonly aggregate: Aggregate;
      readonly id: string;
      readonly lockVersion: number | null;
    }
  | {
      readonly kind: 'build';
      readonly aggregate: Aggregate;
      readonly id: string;
      readonly association: string;
      readonly input: Params;
    };

/** How a mutation ends. Only after `success` is anything kept. */
export type Result =
  | {
      readonly kind: 'success';
      /** The root as it is stored now; of a delete, as it was last. */
      readonly record: Values;
      readonly plan: Plan;
    }
  | { readonly kind: 'dryRun'; readonly plan: Plan }
  | { readonly kind: 'invalid'; readonly issues: readonly LocatedIssue[] }
  | ({ readonly kind: 'stale' } & StaleEntry)
  | { readonly kind: 'notFound'; readonly type: string; readonly id: string }
  | ({ readonly kind: 'limit' } & ExceededLimit);

/** How often a request is begun anew because what it concerns has changed under way. */
const MAX_ATTEMPTS = 5;

/**
 * Runs one mutation in a transaction of its own: locks the owners that it concerns, reads what it changes, makes the
 * changeset, plans and writes it. Everything is kept, or nothing.
 * @throws the database's own errors, for which there is no answer.
 */
export async function mutate(
  setup: Setup,
  request: Request,
  options: { readonly dryRun?: boolean } = {},
): Promise<Result> {
  const input = readInput(setup, request);
  const at = rootPath(request);
  const exceeded = input && findExceededLimit(input, setup.maxEntries, at);
  if (exceeded) return { kind: 'limit', ...exceeded };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runTransaction(setup.client, (tx, oneByOne) =>
        attemptWrite({
          setup,
          tx,
          oneByOne,
          request,
          input,
          dryRun: options.dryRun ?? false,
        }),
      );
    } catch (error) {
      if (error instanceof Ended) return error.result;
      if (!(error instanceof Outdated) || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}

/** Thrown to end the transaction without keeping anything. */
class Ended extends Error {
  readonly result: Result;

  constructor(result: Result) {
    super('the transaction is not kept');
    this.result = result;
  }
}

/** Thrown where the owners have changed between finding and locking them. */
class Outdated extends Error {
  override readonly name = 'Outdated';
}

interface Attempt {
  readonly setup: Setup;
  readonly tx: Delegates;
  readonly oneByOne: boolean;
  readonly request: Request;
  readonly input: RecordInput | null;
  readonly dryRun: boolean;
}

async function attemptWrite(attempt: Attempt): Promise<Result> {
  const { setup, tx, oneByOne, request } = attempt;
  const { models } = setup;
  const root = rootPath(request);
  const gathered = await gatherLocked(attempt);
  const changeset = rootChangeset(gathered, request);
  const stale = findStaleEntry(gathered, changeset, root);
  if (stale) throw new Ended({ kind: 'stale', ...stale });
  if (!changeset.valid) throw invalid(changeset, root);
  const options = { models, now: new Date(), root, oneByOne };
  const outcome = await writeChangeset(tx, changeset, options).catch(
    (error: unknown) => {
      if (error instanceof StaleEntryError) throw new Ended(staleResult(error));
      throw error;
    },
  );
  if (!outcome.ok) {
    if (isMadeMeanwhile(outcome.changeset)) throw new Outdated();
    throw invalid(outcome.changeset, root);
  }
  if (attempt.dryRun) throw new Ended({ kind: 'dryRun', plan: outcome.plan });
  const record = await readRecord(attempt, outcome.struct);
  return { kind: 'success', record, plan: outcome.plan };
}

/** The root as the database has it now; what was deleted as it was read under the lock. */
async function readRecord(
  { tx, request }: Attempt,
  written: Struct,
): Promise<Values> {
  if (request.kind === 'delete') return written.fields;
  const [name = 'id'] = written.model.primaryKey;
  const key = written.fields[name] ?? null;
  const row = await makeLoaders(tx).record(written.model, name, key);
  return row ?? written.fields;
}

/** Finds the owners, locks them, and reads what the request is about under the locks. */
async function gatherLocked(attempt: Attempt): Promise<Gathered> {
  const { tx, request } = attempt;
  const action = rootAction(request);
  const stub = await findRoot(attempt);
  const found = isSelfContained(stub, action)
    ? stub
    : await gather(readingOf(attempt), stub.struct, stub.input);
  const owners = ownersOf(found, action);
  const locked = await lockRows(tx, owners);
  const record = freshRoot(attempt, stub.struct, locked);
  const gathered = await gather(readingOf(attempt), record, stub.input);
  if (!coversOwners(owners, ownersOf(gathered, action))) throw new Outdated();
  return gathered;
}

function readingOf({ tx }: Attempt): Reading {
  return { loaders: makeLoaders(tx), created: new Map() };
}

/** The root as far as the request tells, or as it is stored where its parents must be known. */
async function findRoot(attempt: Attempt): Promise<Gathered> {
  const { setup, tx, request, input } = attempt;
  const model = getModel(setup.models, request.aggregate.model);
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
  if (isSelfContained(stub, rootAction(request))) return stub;
  const row = await makeLoaders(tx).record(model, name, key);
  if (row === null) throw notFound(model, request.id);
  return { ...stub, struct: loadStruct(model, row) };
}

/** The root as it is under the lock; the owner of a record that is built must be there too. */
function freshRoot(
  { setup, request }: Attempt,
  found: Struct,
  locked: Awaited<ReturnType<typeof lockRows>>,
): Struct {
  if (request.kind === 'create') return found;
  const model = getModel(setup.models, request.aggregate.model);
  const row = locked.get(model.name)?.get(keyText([readId(model, request.id)]));
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
      const start = deletion(request.aggregate, gathered.struct);
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

function readInput(setup: Setup, request: Request): RecordInput | null {
  switch (request.kind) {
    case 'create':
    case 'update':
      return readRecordInput(setup, request.aggregate, {
        params: request.input,
        at: rootPath(request),
      });
    case 'build': {
      const { aggregate, association, input } = request;
      return readBuildInput(setup, aggregate, association, {
        params: input,
        at: rootPath(request),
      });
    }
    case 'delete':
      return null;
    default:
      return request satisfies never;
  }
}

function rootAction(request: Request): RootAction {
  if (request.kind === 'update' || request.kind === 'delete')
    return request.kind;
  return 'insert';
}

/** Where the root stands among the mutation's arguments. */
function rootPath(request: Request): Path {
  return request.kind === 'delete' ? [] : ['input'];
}

function readId(model: Model, id: string): Value {
  const [name = 'id'] = model.primaryKey;
  const field = model.fields.get(name);
  const cast = field ? castValue(field, id) : null;
  return cast?.ok ? cast.value : null;
}

function notFound(model: Model, id: string): Ended {
  return new Ended({ kind: 'notFound', type: model.name, id });
}

function invalid(changeset: Changeset, root: Path): Ended {
  return new Ended({ kind: 'invalid', issues: listErrors(changeset, root) });
}

function staleResult({ model, key, path }: StaleEntryError): Result {
  const id = Object.values(key).map(String).join(',');
  return { kind: 'stale', path, type: model, id };
}

/** Whether a record that a reference was to create has been made by another request: then it can be linked. */
function isMadeMeanwhile(changeset: Changeset): boolean {
  return Object.values(changeset.assocs).some((assoc) =>
    assoc.entries.some(
      ({ at, changeset: child }) =>
        isMadeMeanwhile(child) ||
        (at.includes('refs') &&
          child.errors.some((error) => error.code === 'UNIQUE')),
    ),
  );
}
