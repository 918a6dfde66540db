import type { Changeset } from '../changeset/changeset.ts';
import { change } from '../changeset/changeset.ts';
import type { Model, Models } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import { isStruct } from '../model/struct.ts';
import type { Value } from '../model/value.ts';
import { assertSameSchema } from './assert-same-schema.ts';
import type { Delegates } from './delegate.ts';
import { InvalidChangesetError } from './errors/errors.ts';
import { allRecords, getRecord } from './get.ts';
import { joinTransaction } from './transaction/nested-transaction.ts';
import { makeLoaders } from './read/loaders.ts';
import { assertChangeset, assertNotDeleted, withAction } from './assert-arguments.ts';
import type { Preload, PreloadOptions } from './read/preload.ts';
import { preloadRecords } from './read/preload.ts';
import { beginsTransactions, runTransaction } from './transaction/transaction.ts';
import { makeTurns, type Turns } from './transaction/turns.ts';
import type { WriteWay } from './write/write-way.ts';
import type { Outcome } from './write/write-changeset.ts';
import {
  type RepoOptions,
  writeInTransaction,
  type WriteSetup,
} from './write/write-in-transaction.ts';

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
   * As `insert`, and gives the record. @throws InvalidChangesetError if it is refused; as Ecto's
   * `insert!`.
   */
  insertOrThrow(record: Struct | Changeset, options?: RepoOptions): Promise<Struct>;
  /**
   * As `update`, and gives the record. @throws InvalidChangesetError if it is refused; as Ecto's
   * `update!`.
   */
  updateOrThrow(changeset: Changeset, options?: RepoOptions): Promise<Struct>;
  /**
   * As `delete`, and gives the record. @throws InvalidChangesetError if it is refused; as Ecto's
   * `delete!`.
   */
  deleteOrThrow(record: Struct | Changeset, options?: RepoOptions): Promise<Struct>;
  /**
   * As `insertOrUpdate`, and gives the record. @throws InvalidChangesetError if it is refused; as Ecto's
   * `insert_or_update!`.
   */
  insertOrUpdateOrThrow(changeset: Changeset, options?: RepoOptions): Promise<Struct>;
  /**
   * Runs several writes that are committed together, or not at all if one throws or is refused. On
   * a conflict with another transaction, a lock of one or a lost connection everything is run again.
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
  /** How rows are written. Default nested. */
  readonly writeWay?: WriteWay;
  /**
   * Writes that wait for the locks of others have a turn here: half as many as there are
   * connections leave room for who need not wait. Repos of one pool share them. Default five turns
   * of its own.
   */
  readonly lockTurns?: Turns;
}

/**
 * Makes a repo over a Prisma client, for the models of its schema; or over a transaction that you
 * have opened, of which its writes are a part: see `runTransaction`.
 */
export function makeRepo(client: Delegates, models: Models, settings: RepoSettings = {}): Repo {
  assertSameSchema(client, models);
  const { now = () => new Date(), writeWay = 'nested', lockTurns = makeTurns() } = settings;
  return repoOver({
    models,
    now,
    writeWay,
    reader: client,
    inTransaction: !beginsTransactions(client),
    transact: (run) => runTransaction(client, run, { lockTurns }),
  });
}

interface Setup extends WriteSetup {
  readonly reader: Delegates;
  readonly inTransaction: boolean;
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
    insertOrThrow: async (...write) => structOf(await repo.insert(...write)),
    updateOrThrow: async (...write) => structOf(await repo.update(...write)),
    deleteOrThrow: async (...write) => structOf(await repo.delete(...write)),
    insertOrUpdateOrThrow: async (...write) => structOf(await repo.insertOrUpdate(...write)),
    transaction(run) {
      return setup.transact(({ tx, oneByOne, waits }) =>
        joinTransaction({ tx, oneByOne, waits }, (transact) =>
          run(repoOver({ ...setup, reader: tx, inTransaction: true, transact })),
        ),
      );
    },
    preload: makePreload(setup),
    get: (model, id) => getRecord(setup.reader, model, id),
    all: (model) => allRecords(setup.reader, model),
  };
  return repo;
}

function structOf(outcome: Outcome): Struct {
  if (outcome.ok) return outcome.struct;
  throw new InvalidChangesetError(outcome.changeset);
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
    const inParallel = !setup.inTransaction && (options?.inParallel ?? true);
    if (records !== null && !isStruct(records)) {
      return preloadRecords(loaders, records, preloads, { ...options, inParallel });
    }
    const one = [records];
    const [loaded = null] = await preloadRecords(loaders, one, preloads, {
      ...options,
      inParallel,
    });
    return loaded;
  }
  return preload;
}
