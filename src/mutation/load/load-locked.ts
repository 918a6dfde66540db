import { buildAssoc } from '../../changeset/assoc/assoc.ts';
import { castId, completeKey, pick } from '../../model/key.ts';
import { buildStruct, listOf, loadStruct, type Struct } from '../../model/struct.ts';
import type { Values } from '../../model/value.ts';
import { type Delegates, isDirect } from '../../repo/delegate.ts';
import type { Locks, RowsToLock } from '../../repo/lock/row-locks.ts';
import { type Loaders, makeLoaders } from '../../repo/read/loaders.ts';
import { makeRowBudget, neededAt } from '../../repo/read/row-budget.ts';
import type { Rollback } from '../../repo/transaction/transaction.ts';
import type { RecordInput } from '../input/input.ts';
import { type Request, type Result, rootAction } from '../request.ts';
import { type LoadedInput, loadInput } from './load-input.ts';
import { ownersOf } from './owners.ts';
import { type Loading, readListsAhead } from './read-records.ts';
import { findRenames } from './renames.ts';

/** What is loaded under locks, and with what. */
export interface LockedLoading {
  readonly tx: Delegates;
  readonly locks: Locks;
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
  const { tx, locks, request, ahead } = attempt;
  const key = rootKey(attempt);
  const loading = loadingOf(attempt);
  const locked = locks.take(ahead.length > 0 ? ahead : firstOwners(attempt, key));
  if (isDirect(tx) && locks.locksReads && request.kind === 'update')
    readListsAhead(loading, key, attempt.input.tools);
  await locked;
  const row =
    request.kind === 'create'
      ? key
      : (locks.row(request.aggregate.model, key) ?? notFound(attempt));
  const loaded = await loadInput(loading, rootStruct(request, row), attempt.input);
  const unlinked = await unlinkedOwners(attempt, row);
  const owners = [...ownersOf(loaded, rootAction(request)), ...unlinked];
  const isTorn = loading.unlocked.length > 0;
  if (isTorn || !(await locks.tryTake(owners))) throw locks.staleRead(owners);
  return loaded;
}

/** The owners that are known before anything is read: a stored root, and the parents of a new one. */
function firstOwners({ request, input }: LockedLoading, key: Values): readonly RowsToLock[] {
  const action = rootAction(request);
  const struct = rootStruct(request, key);
  const params = action === 'insert' ? input.params : {};
  return ownersOf({ ...input, params, struct, tools: [] }, action);
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
  const { locks, input, context } = attempt;
  const loaders = loadersOf(attempt);
  const renames = findRenames(input);
  return { loaders, locks, renames, created: new Map(), context, unlocked: [] };
}

function loadersOf({ tx, locks, maxRows }: LockedLoading): Loaders {
  return makeLoaders(tx, { budget: makeRowBudget(maxRows), locks });
}

/** The key of the stored record that a request names; none of one that is to be created. */
function rootKey(attempt: LockedLoading): Values {
  const { request } = attempt;
  if (request.kind === 'create') return {};
  const { model } = request.aggregate;
  return completeKey(model, castId(model, request.id)) ?? notFound(attempt);
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
