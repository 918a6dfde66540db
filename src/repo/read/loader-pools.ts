import DataLoader from 'dataloader';
import { keyText } from '../../model/value.ts';
import type { Batch } from './batch.ts';
import type { Key } from './batch-queries.ts';
import type { Page } from './page.ts';
import type { Row } from '../row.ts';

/** What a loader has read. */
interface Loaded<Result> {
  readonly result: Result;
  /** Whether somebody has been given it. */
  isHandedOut: boolean;
}

/** The loaders of one kind of result, by the text of their batches. */
export type Pool<Result> = Map<string, DataLoader<Key, Loaded<Result>, string>>;

/** The loaders of a request, by what they read. */
interface Pools {
  readonly rows: Pool<readonly Row[]>;
  readonly pages: Pool<Page>;
  readonly flags: Pool<boolean>;
  readonly counts: Pool<number>;
}

/** Makes pools without a loader in them. */
export function makePools(): Pools {
  return { rows: new Map(), pages: new Map(), flags: new Map(), counts: new Map() };
}

// PostgreSQL takes 32,767 parameters in a statement. The rest is left for the conditions that come
// with the keys.
const MAX_KEY_PARAMETERS = 20_000;

/** The loader of a batch: the one in the pool, or a new one; `read` is how it reads. */
export function loaderOf<Result>(
  pool: Pool<Result>,
  batch: Batch<Result>,
  read: (keys: readonly Key[]) => Promise<readonly Result[]>,
): DataLoader<Key, Loaded<Result>, string> {
  const known = pool.get(batch.text);
  if (known) return known;
  const loader = new DataLoader<Key, Loaded<Result>, string>(
    async (keys) => (await read(keys)).map((result) => ({ result, isHandedOut: false })),
    { cacheKeyFn: keyText, maxBatchSize: Math.floor(MAX_KEY_PARAMETERS / batch.width) },
  );
  pool.set(batch.text, loader);
  return loader;
}
