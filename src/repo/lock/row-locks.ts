import { rowKeyText } from '../../model/key.ts';
import type { Model } from '../../model/model.ts';
import type { Value, Values } from '../../model/value.ts';
import type { Delegates } from '../delegate.ts';
import { type Row, toRow } from '../row.ts';
import { hasKeys, keyColumns, quote } from '../sql.ts';

/**
 * How strongly a row is locked: `refer` against losing its keys, `update` against every other
 * writer, `delete` also against rows that would refer to it.
 */
export type LockStrength = 'refer' | 'update' | 'delete';

/** Rows of one model to be locked. */
export interface RowsToLock {
  readonly model: Model;
  readonly keys: readonly Values[];
  readonly strength: LockStrength;
}

/** The rows that one transaction has locked; it holds them until it ends. */
export interface Locks {
  /**
   * Locks rows, those that are held already left out.
   * @throws Outdated for a row that comes before one that is held: to wait for it could be to wait
   * for each other.
   */
  take(rows: readonly RowsToLock[]): Promise<void>;
  /** Locks values, such as those of a unique column, as texts. After all rows. */
  takeValues(texts: readonly string[]): Promise<void>;
  /** Whether all of the rows are held, and strongly enough. */
  holds(rows: readonly RowsToLock[]): boolean;
  /** A row that is held, as it was when it was locked; undefined where it is not there. */
  row(model: Model, key: Values): Row | undefined;
  /** What begins the transaction anew, to lock first what is held now and the given rows. */
  outdated(rows?: readonly RowsToLock[]): Outdated;
}

/**
 * Thrown to begin a transaction anew: what it has read is no longer so. `rows` is what it is to
 * lock first then.
 */
export class Outdated extends Error {
  override readonly name = 'Outdated';
  readonly rows: readonly RowsToLock[];

  constructor(rows: readonly RowsToLock[]) {
    super('what was read has changed meanwhile');
    this.rows = rows;
  }
}

/**
 * Makes the locks of a transaction. All transactions lock in one order, so that they never wait for
 * each other in a circle: model after model as `order` names them (owners first), and key after
 * key. Unless `strict`, nothing is ever Outdated: only what is taken at once is in order then.
 */
export function makeLocks(
  tx: Delegates,
  order: readonly string[],
  { strict }: { readonly strict: boolean },
): Locks {
  const held = new Map<string, Held>();
  let last: Place | undefined;
  const isHeld = ({ text, strength }: Place): boolean => {
    const place = held.get(text)?.place;
    return place !== undefined && isAsStrong(place.strength, strength);
  };
  const placesOf = placesIn(order);
  const outdated = (rows: readonly RowsToLock[] = []): Outdated => {
    const places = [...held.values()].map(({ place }) => place);
    return new Outdated([...places.map(toRows), ...rows]);
  };
  return {
    async take(rows) {
      const missing = placesOf(rows).filter((place) => !isHeld(place));
      const [first] = missing;
      if (!first) return;
      if (strict && last && comparePlaces(first, last) < 0) throw outdated(rows);
      for (const run of runsOf(missing)) {
        const found = await lockRun(tx, run);
        for (const place of run) {
          held.set(place.text, { place, row: found.get(place.text) });
        }
      }
      last = missing.at(-1);
    },
    async takeValues(texts) {
      const sorted = [...new Set(texts)].toSorted();
      if (sorted.length === 0) return;
      await tx.$executeRawUnsafe(
        'SELECT pg_advisory_xact_lock(hashtextextended(text, 0)) FROM unnest($1::text[]) AS text',
        sorted,
      );
    },
    holds: (rows) => placesOf(rows).every(isHeld),
    row: (model, key) => held.get(rowKeyText(model, key))?.row,
    outdated,
  };
}

/** A row in the order of locking. */
interface Place {
  readonly model: Model;
  readonly key: Values;
  readonly strength: LockStrength;
  readonly text: string;
  /** Of the model, among all. */
  readonly rank: number;
}

interface Held {
  readonly place: Place;
  readonly row: Row | undefined;
}

/** Each row once, with the strongest lock that is asked for, in the order of locking. */
function placesIn(order: readonly string[]) {
  const ranks = new Map(order.map((name, rank) => [name, rank]));
  return (rows: readonly RowsToLock[]): readonly Place[] => {
    const places = new Map<string, Place>();
    for (const { model, keys, strength } of rows) {
      const rank = ranks.get(model.name) ?? order.length;
      for (const key of keys) {
        const text = rowKeyText(model, key);
        const before = places.get(text);
        if (before && isAsStrong(before.strength, strength)) continue;
        places.set(text, { model, key, strength, text, rank });
      }
    }
    return [...places.values()].toSorted(comparePlaces);
  };
}

function toRows({ model, key, strength }: Place): RowsToLock {
  return { model, keys: [key], strength };
}

function isAsStrong(held: LockStrength, wanted: LockStrength): boolean {
  return strengths.indexOf(held) >= strengths.indexOf(wanted);
}

const strengths: readonly LockStrength[] = ['refer', 'update', 'delete'];

function comparePlaces(a: Place, b: Place): number {
  return (
    a.rank - b.rank || compare(a.model.table, b.model.table) || compareKeys(a.model, a.key, b.key)
  );
}

function compareKeys(model: Model, a: Values, b: Values): number {
  for (const name of model.primaryKey) {
    const order = compare(a[name] ?? null, b[name] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compare(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

// PostgreSQL takes 32,767 parameters in a statement.
const MAX_KEYS = 10_000;

/**
 * Rows that one statement can lock in their order: of one model, and equally strongly. Where rows
 * of a model are deleted, those that are updated are locked as strongly, or each change of strength
 * would cost a statement.
 */
function runsOf(places: readonly Place[]): readonly (readonly Place[])[] {
  const withDeletes = new Set(
    places.filter(({ strength }) => strength === 'delete').map(({ model }) => model),
  );
  const runs: Place[][] = [];
  for (const place of places) {
    const raised =
      place.strength === 'update' && withDeletes.has(place.model)
        ? { ...place, strength: 'delete' as const }
        : place;
    const run = runs.at(-1);
    const [first] = run ?? [];
    const fits = first?.model === raised.model && first.strength === raised.strength;
    if (run && fits && run.length < MAX_KEYS) run.push(raised);
    else runs.push([raised]);
  }
  return runs;
}

const clauses: { readonly [strength in LockStrength]: string } = {
  refer: 'FOR KEY SHARE',
  update: 'FOR NO KEY UPDATE',
  delete: 'FOR UPDATE',
};

async function lockRun(tx: Delegates, run: readonly Place[]): Promise<ReadonlyMap<string, Row>> {
  const [first] = run;
  if (!first) return new Map();
  const { model, strength } = first;
  const columns = [...model.fields.values()].map(
    ({ column, name }) => `${quote(column)} AS ${quote(name)}`,
  );
  const parameters: Value[] = [];
  const keys = run.map(({ key }) => key);
  const sql =
    `SELECT ${columns.join(', ')} FROM ${quote(model.table)}` +
    ` WHERE ${hasKeys(model, keys, parameters)}` +
    ` ORDER BY ${keyColumns(model).join(', ')} ${clauses[strength]}`;
  const rows = await tx.$queryRawUnsafe(sql, ...parameters);
  const found: readonly Row[] = Array.isArray(rows) ? rows : [];
  return new Map(found.map((row) => [rowKeyText(model, row), toRow(model, row)]));
}
