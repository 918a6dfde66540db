import { buildAssoc } from '../../changeset/assoc/assoc.ts';
import { castId, completeKey, pick } from '../../model/key.ts';
import type { Models } from '../../model/model.ts';
import { buildStruct, listOf, loadStruct, type Struct } from '../../model/struct.ts';
import type { Values } from '../../model/value.ts';
import { planWrite } from '../../plan/plan-write.ts';
import type { Delegates } from '../../repo/delegate.ts';
import { giveWay } from '../../repo/give-way.ts';
import { rowsToLock } from '../../repo/lock/plan-locks.ts';
import type { Locks, RowsToLock } from '../../repo/lock/row-locks.ts';
import { type Loaders, makeLoaders } from '../../repo/read/loaders.ts';
import { makeRowBudget, neededAt } from '../../repo/read/row-budget.ts';
import type { Rollback } from '../../repo/transaction/transaction.ts';
import { rootChangeset } from '../changeset/input-changeset.ts';
import type { RecordInput } from '../input/input.ts';
import { type Request, type Result, rootAction } from '../request.ts';
import { type LoadedInput, loadInput } from './load-input.ts';
import { isSelfContained, ownersOf } from './owners.ts';
import type { Loading } from './read-records.ts';
import { findRenames } from './renames.ts';

/** What is loaded under locks, and with what. */
export interface LockedLoading {
  readonly tx: Delegates;
  readonly locks: Locks;
  readonly models: Models;
  readonly request: Request;
  readonly input: RecordInput;
  readonly context: unknown;
  /** Rows that one reading may take. */
  readonly maxRows: number;
  /** What an earlier attempt has found that must be locked first; empty at first. */
  readonly ahead: readonly RowsToLock[];
  readonly rollback: Rollback<Result>;
}

/**
 * Locks the owners that a request concerns, and loads what it is about under the locks.
 * @throws StaleReadError, where owners are found that are not held; what `rollback` throws, where
 * the root is not there; TooManyRowsError.
 */
export async function loadLocked(attempt: LockedLoading): Promise<LoadedInput> {
  const { locks, request, input, ahead } = attempt;
  const key = rootKey(attempt);
  await locks.take(ahead.length > 0 ? ahead : await findRows(attempt, key));
  const row =
    request.kind === 'create'
      ? key
      : (locks.row(request.aggregate.model, key) ?? notFound(attempt));
  const loaded = await loadInput(loadingOf(attempt), rootStruct(request, row), input);
  const unlinked = await unlinkedOwners(attempt, row);
  const owners = [...ownersOf(loaded, rootAction(request)), ...unlinked];
  if (!locks.holds(owners)) throw locks.staleRead(owners);
  return loaded;
}

/**
 * The rows to be locked first, as far as they can be found without locks: the owners and, where
 * finding them takes reading, what is to be written, so that all of it is locked in order.
 */
async function findRows(attempt: LockedLoading, key: Values): Promise<readonly RowsToLock[]> {
  const { models, request, input } = attempt;
  const action = rootAction(request);
  if (isSelfContained(input, action)) {
    return ownersOf({ ...input, struct: rootStruct(request, key), tools: [] }, action);
  }
  // Apart from what is loaded below it: under the locks it is not counted either.
  const row = action === 'insert' ? key : await readRow(attempt, key);
  const root = rootStruct(request, row ?? notFound(attempt));
  const loaded = await loadInput(loadingOf(attempt), root, input);
  await giveWay();
  const changeset = rootChangeset(loaded, action, attempt.context);
  await giveWay();
  const written = changeset.valid ? rowsToLock(planWrite(changeset).plan, models) : [];
  const unlinked = await unlinkedOwners(attempt, root.fields);
  return [...ownersOf(loaded, action), ...unlinked, ...written];
}

/** The records whose lists lose the one that a request deletes: where a tag goes, its posts. */
async function unlinkedOwners(attempt: LockedLoading, row: Values): Promise<RowsToLock[]> {
  const { kind, aggregate } = attempt.request;
  if (kind !== 'delete') return [];
  const loaders = loadersOf(attempt);
  return Promise.all(
    aggregate.unlinked.map(async (association) => {
      const { related } = association;
      const read = loaders.association(association, row);
      const found = listOf(await neededAt([association.name], read));
      const keys = found.map((other) => pick(other, related.primaryKey));
      return { model: related, keys, strength: 'NO KEY UPDATE' } as const;
    }),
  );
}

function loadingOf(attempt: LockedLoading): Loading {
  const { input, context } = attempt;
  return { loaders: loadersOf(attempt), renames: findRenames(input), created: new Map(), context };
}

function loadersOf({ tx, maxRows }: LockedLoading): Loaders {
  return makeLoaders(tx, { budget: makeRowBudget(maxRows) });
}

/** The key of the stored record that a request names; none of one that is to be created. */
function rootKey(attempt: LockedLoading): Values {
  const { request } = attempt;
  if (request.kind === 'create') return {};
  const { model } = request.aggregate;
  return completeKey(model, castId(model, request.id)) ?? notFound(attempt);
}

async function readRow({ tx, request }: LockedLoading, key: Values): Promise<Values | null> {
  return makeLoaders(tx).record(request.aggregate.model, key);
}

/** The root record: new, or stored with the row of the record that the request names. */
function rootStruct(request: Request, row: Values): Struct {
  const { model } = request.aggregate;
  if (request.kind === 'create') return buildStruct(model);
  const stored = loadStruct(model, row);
  return request.kind === 'build'
    ? buildAssoc(stored, request.association.association.name)
    : stored;
}

function notFound({ request, rollback }: LockedLoading): never {
  const recordId = 'id' in request ? request.id : '';
  return rollback({ kind: 'notFound', type: request.aggregate.model.name, recordId });
}
