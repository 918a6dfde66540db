import DataLoader from 'dataloader';
import type { Key } from '../../model/key.ts';
import type { Association, Model } from '../../model/model.ts';
import { keyText, type Value } from '../../model/value.ts';
import {
  associationBatch,
  type Batch,
  countBatch,
  limitedBatch,
  type ListArgs,
  recordBatch,
} from './batches.ts';
import type { Delegates } from '../delegate.ts';
import { retryOnConnectionLoss } from '../errors/backoff.ts';
import type { Row } from '../row.ts';

/**
 * Reads that are asked one by one and run together: what is asked in one turn costs one statement
 * for each association and set of arguments. What was read is remembered until `clear`.
 */
export interface Loaders {
  /** The row whose unique field has the value, or null. */
  record(model: Model, field: string, key: Value): Promise<Row | null>;
  /**
   * The associated row or null, or the associated rows in order. An owner whose key is null has
   * none, which costs no statement.
   * @throws Error for a `through` association, and for an owner that lacks the key.
   */
  association(
    association: Association,
    owner: Row,
    args?: ListArgs,
  ): Promise<Row | null | readonly Row[]>;
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
   * How many rows are associated, of those that meet a condition.
   * @throws Error as `association` does.
   */
  count(association: Association, owner: Row, where?: object): Promise<number>;
  /** Forgets what was read and what is being read: to be called after every write. */
  clear(): void;
}

type Pool<Result> = Map<string, DataLoader<Key, Result, string>>;

/** How loaders read. */
export interface LoaderOptions {
  /** Whether they retry if the connection was lost; only outside of transactions. */
  readonly retryOnConnectionLoss?: boolean;
  /** Once aborted, they read no more and fail with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes the loaders of one request, or of one transaction: `client` is what they read with. */
export function makeLoaders(client: Delegates, options: LoaderOptions = {}): Loaders {
  const run = options.retryOnConnectionLoss ? retryOnConnectionLoss : readOnce;
  const load = <Result>(pool: Pool<Result>, batch: Batch<Result>, key: Key) =>
    loaderOf(pool, batch, async (keys) => {
      options.signal?.throwIfAborted();
      return run(() => batch.read(client, keys));
    }).load(key);
  let rows: Pool<readonly Row[]> = new Map();
  let counts: Pool<number> = new Map();
  return {
    async record(model, field, key) {
      if (key === null) return null;
      const found = await load(rows, recordBatch(model, field), [key]);
      return found[0] ?? null;
    },

    async association(association, owner, args = {}) {
      const direct = assertDirect(association);
      const key = ownerKey(direct, owner);
      const isOne = direct.cardinality === 'one';
      if (key === null) return isOne ? null : [];
      const batch = associationBatch(direct, args);
      const found = await load(rows, batch, key);
      return isOne ? (found[0] ?? null) : found;
    },

    async limited(association, owners, limit, args = {}) {
      const direct = assertDirect(association);
      const keys = owners.map((owner) => ownerKey(direct, owner));
      const asked = uniqueKeys(keys);
      const batch = limitedBatch(direct, args, limit);
      const found = asked.length === 0 ? [] : await run(() => batch.read(client, asked));
      const byKey = new Map(asked.map((key, i) => [keyText(key), found[i] ?? []]));
      return keys.map((key) => {
        const read = (key && byKey.get(keyText(key))) ?? [];
        return direct.cardinality === 'one' ? (read[0] ?? null) : read;
      });
    },

    async count(association, owner, where) {
      const direct = assertDirect(association);
      const key = ownerKey(direct, owner);
      if (key === null) return 0;
      return load(counts, countBatch(direct, where), key);
    },

    // New loaders, not emptied ones: what an old one is still reading reaches only those who asked
    // before.
    clear() {
      rows = new Map();
      counts = new Map();
    },
  };
}

// PostgreSQL takes 32,767 parameters in a statement. The rest is left for the conditions that come
// with the keys.
const MAX_KEY_PARAMETERS = 20_000;

function loaderOf<Result>(
  pool: Pool<Result>,
  batch: Batch<Result>,
  read: (keys: readonly Key[]) => Promise<readonly Result[]>,
): DataLoader<Key, Result, string> {
  const known = pool.get(batch.text);
  if (known) return known;
  const loader = new DataLoader<Key, Result, string>(read, {
    cacheKeyFn: keyText,
    maxBatchSize: Math.floor(MAX_KEY_PARAMETERS / batch.width),
  });
  pool.set(batch.text, loader);
  return loader;
}

function uniqueKeys(keys: readonly (Key | null)[]): readonly Key[] {
  const byText = new Map<string, Key>();
  for (const key of keys) if (key) byText.set(keyText(key), key);
  return [...byText.values()];
}

function readOnce<T>(read: () => Promise<T>): Promise<T> {
  return read();
}

type Direct = Exclude<Association, { readonly kind: 'through' }>;

function assertDirect(association: Association): Direct {
  if (association.kind !== 'through') return association;
  const { owner, name, path } = association;
  throw new Error(
    `cannot load "${name}" of ${owner.name}: it goes through other associations. Load ${path.join(', then ')}.`,
  );
}

/** The values that lead from the owner to its associated rows; null when one of them is null. */
function ownerKey(association: Direct, row: Row): Key | null {
  const values = association.ownerKey.map((field) => {
    const value = row[field];
    if (value !== undefined) return value;
    throw new Error(
      `cannot load "${association.name}" of ${association.owner.name}: the row lacks "${field}". Read it whole.`,
    );
  });
  return values.includes(null) ? null : values;
}
