import DataLoader from 'dataloader';
import type { Key } from '../../model/key.ts';
import type { Association, DirectAssociation } from '../../model/model.ts';
import { keyText } from '../../model/value.ts';
import type { Batch } from './batch.ts';
import type { Page } from './page.ts';
import type { Columns, Row } from '../row.ts';

/** What a loader has read. */
interface Loaded<Result> {
  readonly result: Result;
  /** Whether somebody has been given it. */
  isHandedOut: boolean;
}

/** The loader of a batch. */
interface PoolLoader<Result> {
  readonly loader: DataLoader<Key, Loaded<Result>, string>;
  /** What has been asked for; may grow until the first keys are read. */
  columns: Columns;
  isRead: boolean;
}

/** What reads one kind of result. */
export interface Pool<Result> {
  /** The loaders, by the text of their batches. */
  readonly loaders: Map<string, PoolLoader<Result>>;
  /** The batches, by what was asked: that may be long, and many owners ask the same. */
  readonly batches: WeakMap<Association, WeakMap<object, Batch<Result> | null>>;
}

/** What is asked of an association, and the batch that reads it; null where none need be read. */
export interface Asked<Result> {
  readonly args: object;
  readonly batch: (association: DirectAssociation) => Batch<Result> | null;
}

/** The pools of a request, by what they read. */
interface Pools {
  readonly rows: Pool<readonly Row[]>;
  readonly pages: Pool<Page>;
  /** Whether there are rows before a part of a list, and after it. */
  readonly start: Pool<boolean>;
  readonly end: Pool<boolean>;
  readonly counts: Pool<number>;
}

/** Makes pools that have read nothing. */
export function makePools(): Pools {
  return {
    rows: makePool(),
    pages: makePool(),
    start: makePool(),
    end: makePool(),
    counts: makePool(),
  };
}

function makePool<Result>(): Pool<Result> {
  return { loaders: new Map(), batches: new WeakMap() };
}

/** The batch of what is asked: made once for the same association and arguments. */
export function batchOf<Result>(
  { batches }: Pool<Result>,
  association: DirectAssociation,
  { args, batch }: Asked<Result>,
): Batch<Result> | null {
  const byArgs = batches.get(association) ?? new WeakMap<object, Batch<Result> | null>();
  batches.set(association, byArgs);
  const known = byArgs.get(args);
  if (known !== undefined) return known;
  const made = batch(association);
  byArgs.set(args, made);
  return made;
}

// PostgreSQL takes 32,767 parameters in a statement. The rest is left for the conditions that come
// with the keys.
const MAX_KEY_PARAMETERS = 20_000;

/**
 * The loader of a batch that reads at least the columns: the one in the pool, or a new one where that
 * has read fewer. `read` is how it reads, once all have asked who are to go on before: `allAsked`.
 */
export function loaderOf<Result>(
  { loaders }: Pool<Result>,
  batch: Batch<Result>,
  columns: Columns,
  allAsked: () => Promise<void>,
  read: (keys: readonly Key[], columns: Columns) => Promise<readonly Result[]>,
): DataLoader<Key, Loaded<Result>, string> {
  const known = loaders.get(batch.text);
  const all = known ? union(known.columns, columns) : columns;
  if (known && (!known.isRead || all?.length === known.columns?.length)) {
    known.columns = all;
    return known.loader;
  }
  const loader = new DataLoader<Key, Loaded<Result>, string>(
    async (keys) => {
      made.isRead = true;
      made.columns = union(made.columns, batch.keyColumns ?? []);
      return (await read(keys, made.columns)).map((result) => ({ result, isHandedOut: false }));
    },
    {
      cacheKeyFn: keyText,
      maxBatchSize: Math.floor(MAX_KEY_PARAMETERS / batch.width),
      batchScheduleFn: (run) => void allAsked().then(() => process.nextTick(run)),
    },
  );
  const made: PoolLoader<Result> = { loader, columns: all, isRead: false };
  loaders.set(batch.text, made);
  return loader;
}

/** Of one columns object, which many owners share, there is nothing to find out. */
function union(known: Columns, more: Columns): Columns {
  if (known === more || !known || !more) return known && more;
  const missing = more.filter((name) => !known.includes(name));
  return missing.length > 0 ? [...known, ...missing] : known;
}
