import type { Changeset } from '../changeset/changeset.ts';
import { addError, change, hasChanges } from '../changeset/changeset.ts';
import type { Model, Models } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import { isStruct } from '../model/struct.ts';
import type { Value } from '../model/value.ts';
import type { Delegates } from './delegate.ts';
import { StaleEntryError } from './errors/errors.ts';
import { allRecords, getRecord } from './get.ts';
import { joinTransaction } from './transaction/nested-transaction.ts';
import { makeLoaders } from './read/loaders.ts';
import { assertChangeset, assertNotDeleted, withAction } from './assert-arguments.ts';
import type { Preload, PreloadOptions } from './read/preload.ts';
import { preloadRecords } from './read/preload.ts';
import type { TransactionClient } from './transaction/transaction.ts';
import { runTransaction, Rollback } from './transaction/transaction.ts';
import type { Outcome } from './write/write-changeset.ts';
import { writeChangeset } from './write/write-changeset.ts';

/** What may be said of one write. */
export interface RepoOptions {
  /** Reports a stale root as an error of this field instead of throwing. */
  readonly staleErrorField?: string;
  /** The message of that error. Default "is stale". */
  readonly staleErrorMessage?: string;
  /** Passes over rows that are stale. */
  readonly allowStale?: boolean;
}

/** Reads and writes records; as Ecto.Repo, 3.13. */
export interface Repo {
  /** Inserts a record, whatever became of it before, and what is below it. */
  insert(record: Struct | Changeset, options?: RepoOptions): Promise<Outcome>;
  /**
   * Writes the changes to a stored record (or one built with its key) and below it; without changes
   * nothing runs.
   */
  update(changeset: Changeset, options?: RepoOptions): Promise<Outcome>;
  /**
   * Deletes a stored record (or one built with its key), after what its associations' onDelete
   * names.
   */
  delete(record: Struct | Changeset, options?: RepoOptions): Promise<Outcome>;
  /** Inserts what is new, updates what is stored. */
  insertOrUpdate(changeset: Changeset, options?: RepoOptions): Promise<Outcome>;
  /**
   * Runs several writes that are kept together, or not at all where one throws or is refused. Where
   * another transaction or the connection gets in the way, everything is run anew.
   */
  transaction<T>(run: (repo: Repo) => Promise<T>): Promise<T>;
  /** Loads associations; see `preloadRecords`. */
  preload(record: Struct, preloads: readonly Preload[], options?: PreloadOptions): Promise<Struct>;
  preload(
    records: readonly (Struct | null)[] | Struct | null,
    preloads: readonly Preload[],
    options?: PreloadOptions,
  ): Promise<readonly (Struct | null)[] | Struct | null>;
  /** The record of a primary key, or null; see `getRecord`. */
  get(model: Model, id: Value): Promise<Struct | null>;
  /** Every record of a model, in the order of its primary key. */
  all(model: Model): Promise<readonly Struct[]>;
}

/** Where a repo reads and writes. */
export interface RepoSettings {
  /** The clock of updatedAt. Default the system's. */
  readonly now?: () => Date;
}

/** Makes a repo over a Prisma client, for the models of its schema. */
export function makeRepo(
  client: TransactionClient,
  models: Models,
  settings: RepoSettings = {},
): Repo {
  const now = settings.now ?? (() => new Date());
  return repoOver({
    models,
    now,
    reader: client,
    transact: (run) => runTransaction(client, ({ tx, oneByOne }) => run(tx, oneByOne)),
  });
}

interface Setup {
  readonly models: Models;
  readonly now: () => Date;
  readonly reader: Delegates;
  readonly transact: <T>(run: (tx: Delegates, oneByOne: boolean) => Promise<T>) => Promise<T>;
}

function repoOver(setup: Setup): Repo {
  const write = (changeset: Changeset, options: RepoOptions = {}) =>
    writeInTransaction(setup, changeset, options);
  const repo: Repo = {
    async insert(record, options) {
      const changeset = change(record);
      return write(withAction(changeset, 'insert'), options);
    },
    async update(changeset, options) {
      assertChangeset(changeset, 'update');
      assertNotDeleted(changeset, 'update');
      return write(withAction(changeset, 'update'), options);
    },
    async delete(record, options) {
      const changeset = change(record);
      assertNotDeleted(changeset, 'delete');
      return write(withAction(changeset, 'delete'), options);
    },
    async insertOrUpdate(changeset, options) {
      assertChangeset(changeset, 'insertOrUpdate');
      assertNotDeleted(changeset, 'insertOrUpdate');
      return changeset.data.state === 'built'
        ? repo.insert(changeset, options)
        : repo.update(changeset, options);
    },
    transaction(run) {
      return setup.transact(async (tx, oneByOne) => {
        const { transact, assertKept } = joinTransaction(tx, oneByOne);
        const result = await run(repoOver({ ...setup, reader: tx, transact }));
        assertKept();
        return result;
      });
    },
    preload: makePreload(setup),
    get: (model, id) => getRecord(setup.reader, model, id),
    all: (model) => allRecords(setup.reader, model),
  };
  return repo;
}

function makePreload(setup: Setup): Repo['preload'] {
  async function preload(
    record: Struct,
    preloads: readonly Preload[],
    options?: PreloadOptions,
  ): Promise<Struct>;
  async function preload(
    records: readonly (Struct | null)[] | Struct | null,
    preloads: readonly Preload[],
    options?: PreloadOptions,
  ): Promise<readonly (Struct | null)[] | Struct | null>;
  async function preload(
    records: readonly (Struct | null)[] | Struct | null,
    preloads: readonly Preload[],
    options?: PreloadOptions,
  ) {
    const loaders = makeLoaders(setup.reader);
    if (records !== null && !isStruct(records)) {
      return preloadRecords(loaders, records, preloads, options);
    }
    const [loaded = null] = await preloadRecords(loaders, [records], preloads, options);
    return loaded;
  }
  return preload;
}

async function writeInTransaction(
  setup: Setup,
  changeset: Changeset,
  options: RepoOptions,
): Promise<Outcome> {
  if (!changeset.valid) return { ok: false, changeset };
  const idle = changeset.action === 'update' && !hasChanges(changeset) && !changeset.lock?.always;
  if (idle) return { ok: true, struct: changeset.data, plan: { operations: [] } };
  const { models, now } = setup;
  const { allowStale = false, staleErrorField } = options;
  const { staleErrorMessage = 'is stale' } = options;
  try {
    return await setup.transact(async (tx, oneByOne) => {
      const outcome = await writeChangeset(tx, changeset, {
        models,
        now: now(),
        oneByOne,
        allowStale,
      });
      if (!outcome.ok) throw new Rollback(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof Rollback) return error.outcome;
    if (
      error instanceof StaleEntryError &&
      staleErrorField !== undefined &&
      error.path.length === 0
    ) {
      return {
        ok: false,
        changeset: addError(changeset, staleErrorField, staleErrorMessage, {
          params: { stale: true },
        }),
      };
    }
    throw error;
  }
}
