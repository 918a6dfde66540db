import type { Key } from '../../model/key.ts';
import type { Association, DirectAssociation, Model } from '../../model/model.ts';
import { keyText, type Values } from '../../model/value.ts';
import type { Batch } from './batch.ts';
import {
  associationBatch,
  countBatch,
  limitedBatch,
  type ListArgs,
  outsideBatch,
  pageBatch,
  recordBatch,
} from './batches.ts';
import type { Delegates } from '../delegate.ts';
import { type Asked, batchOf, loaderOf, makePools, type Pool } from './loader-pools.ts';
import { assertDirect, ownerKey, subjectOf, uniqueKeys } from './owner-keys.ts';
import { retryOnConnectionLoss } from '../errors/backoff.ts';
import { makeQueue } from '../give-way.ts';
import type { Locks } from '../lock/row-locks.ts';
import { type ListQuery, type Page, type PageQuery, readPage } from './page.ts';
import { type BoundedRead, makeRowBudget, type ReadBound, type RowBudget } from './row-budget.ts';
import type { Columns, Row } from '../row.ts';

/**
 * Reads that are asked one by one and run together: what is asked in one turn costs one statement
 * for each association and set of arguments. What was read is remembered until `clear`. Rows have
 * the columns that are asked for, all unless some are named, and may have more.
 */
export interface Loaders {
  /** The row of a unique key, or null. */
  record(model: Model, key: Values, columns?: Columns): Promise<Row | null>;
  /**
   * The associated row or null, or the associated rows in order. An owner whose key is null has
   * none, which costs no statement.
   * @throws Error for a `through` association, and for an owner that lacks the key.
   */
  association(
    association: Association,
    owner: Row,
    args?: ListArgs,
    columns?: Columns,
  ): Promise<Row | null | readonly Row[]>;
  /**
   * Begins to read what is associated with an owner, of which at least the key is known: who asks for
   * it then is given that.
   */
  readAhead(association: DirectAssociation, owner: Row, args: ListArgs): void;
  /**
   * What is associated with each of several owners, `limit` rows at most over all of them: those of
   * the owner with the lowest key first. One statement, which is not remembered.
   * @throws Error as `association` does.
   */
  limited(
    association: Association,
    owners: readonly Row[],
    limit: number,
    args?: ListArgs,
  ): Promise<readonly (Row | null | readonly Row[])[]>;
  /**
   * A page of the associated rows, of a list whose model is the related one.
   * @throws Error as `association` does.
   */
  page(association: Association, owner: Row, query: PageQuery, columns?: Columns): Promise<Page>;
  /**
   * Whether rows are associated before the start of the part that `list` means, or after its end.
   * @throws Error as `association` does.
   */
  hasRowsOutside(
    association: Association,
    owner: Row,
    list: ListQuery,
    side: 'start' | 'end',
  ): Promise<boolean>;
  /**
   * How many rows are associated, of those that meet a condition.
   * @throws Error as `association` does.
   */
  count(association: Association, owner: Row, where?: object): Promise<number>;
  /** A page of a list that is no association's; not remembered. */
  rootPage(query: PageQuery, columns?: Columns): Promise<Page>;
  /** Forgets what was read and what is being read: to be called after every write. */
  clear(): void;
}

/** How loaders read. */
export interface LoaderOptions {
  /** Whether they retry if the connection was lost; only outside of transactions. */
  readonly retryOnConnectionLoss?: boolean;
  /** Once aborted, they read no more and fail with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** What the rows are taken from, those handed out a second time too. Default no limit. */
  readonly budget?: RowBudget;
  /** Where rows are locked that are asked for so. */
  readonly locks?: Locks;
}

/** Makes the loaders of one request, or of one transaction: `client` is what they read with. */
export function makeLoaders(client: Delegates, options: LoaderOptions = {}): Loaders {
  const { budget = makeRowBudget(Number.POSITIVE_INFINITY), signal } = options;
  const attempt = options.retryOnConnectionLoss ? retryOnConnectionLoss : readOnce;
  const queue = makeQueue();
  let pools = makePools();

  function read<Result>(subject: string, bound: ReadBound, run: BoundedRead<Result>) {
    return budget.read(subject, bound, (limit) => {
      signal?.throwIfAborted();
      return attempt(() => run(limit));
    });
  }

  function readBatch<Result>(
    subject: string,
    batch: Batch<Result>,
    keys: readonly Key[],
    columns: Columns = null,
  ): Promise<readonly Result[]> {
    const bound = { most: batch.most(keys.length), heedsLimit: batch.heedsLimit };
    return read(subject, bound, async (limit) => {
      if (batch.countFirst && Number.isFinite(limit)) {
        const rows = await batch.countFirst(client, keys);
        if (rows > limit) return { result: [], rows };
      }
      const result = await batch.read(client, keys, { limit, columns });
      return { result, rows: result.reduce((sum, item) => sum + batch.rowsOf(item), 0) };
    });
  }

  async function load<Result>(
    pool: Pool<Result>,
    association: Association,
    owner: Row,
    asked: Asked<Result>,
    columns: Columns = null,
  ): Promise<Result | null> {
    const direct = assertDirect(association);
    const key = ownerKey(direct, owner);
    if (key === null) return null;
    const batch = batchOf(pool, direct, asked);
    return batch && loadKey(pool, subjectOf(direct), batch, key, columns);
  }

  function begin<Result>(
    pool: Pool<Result>,
    subject: string,
    batch: Batch<Result>,
    key: Key,
    columns: Columns,
  ) {
    const loader = loaderOf(pool, batch, columns, queue.end, (keys, wanted) =>
      readBatch(subject, batch, keys, wanted),
    );
    return loader.load(key);
  }

  async function loadKey<Result>(
    pool: Pool<Result>,
    subject: string,
    batch: Batch<Result>,
    key: Key,
    columns: Columns,
  ): Promise<Result> {
    try {
      const loaded = await begin(pool, subject, batch, key, columns);
      // The first who asks is who it was read for.
      const count = loaded.isHandedOut ? batch.rowsOf(loaded.result) : 0;
      loaded.isHandedOut = true;
      await budget.handOut(subject, count);
      await queue.turn(batch.rowsOf(loaded.result));
      return loaded.result;
    } catch (error) {
      await queue.turn(1);
      throw error;
    }
  }

  return {
    async record(model, key, columns = null) {
      const values = Object.values(key);
      if (values.includes(null)) return null;
      const batch = recordBatch(model, Object.keys(key));
      const found = await loadKey(pools.rows, model.name, batch, values, columns);
      return found[0] ?? null;
    },

    async association(association, owner, args = wholeList, columns = null) {
      const batch = (direct: DirectAssociation) => associationBatch(direct, args, options.locks);
      const found = (await load(pools.rows, association, owner, { args, batch }, columns)) ?? [];
      return association.cardinality === 'one' ? (found[0] ?? null) : found;
    },

    readAhead(direct, owner, args) {
      const key = ownerKey(direct, owner);
      const batch = associationBatch(direct, args, options.locks);
      if (key === null || batch === null) return;
      // Who asks for it hears of the error.
      begin(pools.rows, subjectOf(direct), batch, key, null).catch(() => {});
    },

    async limited(association, owners, limit, args = {}) {
      const direct = assertDirect(association);
      const keys = owners.map((owner) => ownerKey(direct, owner));
      const asked = uniqueKeys(keys);
      const batch = limitedBatch(direct, args, limit);
      const found = asked.length === 0 ? [] : await readBatch(subjectOf(direct), batch, asked);
      const byKey = new Map(asked.map((key, i) => [keyText(key), found[i] ?? []]));
      return keys.map((key) => {
        const read = (key && byKey.get(keyText(key))) ?? [];
        return direct.cardinality === 'one' ? (read[0] ?? null) : read;
      });
    },

    async page(association, owner, query, columns) {
      const batch = (direct: DirectAssociation) => pageBatch(direct, query);
      const page = await load(pools.pages, association, owner, { args: query, batch }, columns);
      return page ?? { rows: [], hasMore: false };
    },

    async hasRowsOutside(association, owner, list, side) {
      const batch = (direct: DirectAssociation) => outsideBatch(direct, list, side);
      const found = await load(pools[side], association, owner, { args: list, batch });
      return found ?? false;
    },

    async count(association, owner, where = {}) {
      const batch = (direct: DirectAssociation) => countBatch(direct, where);
      const count = await load(pools.counts, association, owner, { args: where, batch });
      return count ?? 0;
    },

    rootPage: (query, columns) =>
      read(query.list.model.name, { most: query.size, heedsLimit: false }, async () => {
        const result = await readPage(client, query.list, query, columns);
        return { result, rows: result.rows.length };
      }),

    // New loaders, not emptied ones: what an old one is still reading reaches only those who asked
    // before.
    clear() {
      pools = makePools();
    },
  };
}

function readOnce<T>(read: () => Promise<T>): Promise<T> {
  return read();
}

const wholeList: ListArgs = {};
