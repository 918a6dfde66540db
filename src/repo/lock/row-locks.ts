import { pick, rowKeyText } from '../../model/key.ts';
import type { Model } from '../../model/model.ts';
import type { Value, Values } from '../../model/value.ts';
import type { Delegates } from '../delegate.ts';
import { LockedError } from '../errors/database-fault.ts';
import type { Row } from '../row.ts';
import { hasKeys, keyColumns, query, queryRows, rowColumns, tableOf } from '../sql.ts';
import type { ValueLocks } from './value-locks.ts';

/**
 * How strongly a row is locked, in PostgreSQL's words: against losing its keys, against every other
 * writer, and also against rows that would refer to it.
 */
export type LockStrength = (typeof strengths)[number];

const strengths = ['KEY SHARE', 'NO KEY UPDATE', 'UPDATE'] as const;

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
   * @throws StaleReadError for a row that comes before one that is held: to wait for it could be a
   * deadlock; LockedError for one that another holds, unless the transaction may wait.
   */
  take(rows: readonly RowsToLock[]): Promise<void>;
  /** Locks rows if nobody else holds one of them, in any order: who does not wait is in no circle. */
  tryTake(rows: readonly RowsToLock[]): Promise<boolean>;
  /** Adds rows that a read has locked: see `lockRowsByKey`. */
  add(model: Model, strength: LockStrength, rows: readonly Row[]): void;
  /**
   * Whether rows that may be written are locked as they are read, if they are free. Who waits for
   * rows locks them in order, once all are known.
   */
  readonly locksReads: boolean;
  /** The locks of values, such as those of a unique column, as texts: to be taken after all rows. */
  values(texts: readonly string[]): ValueLocks;
  /** Whether all of the rows are held, and strongly enough. */
  holds(rows: readonly RowsToLock[]): boolean;
  /** A row that is held, as it was when it was locked; undefined if it is not there. */
  row(model: Model, key: Values): Row | undefined;
  /** The error that retries the transaction with what is held now and these rows locked first. */
  staleRead(rows?: readonly RowsToLock[]): StaleReadError;
}

/**
 * Thrown to retry a transaction: what it has read has changed since. `rows` are to be locked first
 * then.
 */
export class StaleReadError extends Error {
  override readonly name = 'StaleReadError';
  readonly rows: readonly RowsToLock[];

  constructor(rows: readonly RowsToLock[]) {
    super('what was read has changed meanwhile');
    this.rows = rows;
  }
}

/** How a transaction locks. */
export interface LockOptions {
  /** Whether rows are only taken in the order of all locks; else only those taken at once are. */
  readonly strict: boolean;
  /** Whether it waits for what others hold. Default true. */
  readonly waits?: boolean;
}

/**
 * Makes the locks of a transaction. All transactions lock in one order, so that they never wait for
 * each other in a circle: model after model as `order` names them (owners first), and key after
 * key.
 */
export function makeLocks(
  tx: Delegates,
  order: readonly string[],
  { strict, waits = true }: LockOptions,
): Locks {
  const held = new Map<string, HeldLock>();
  let last: RowLock | undefined;
  const isHeld = ({ text, strength }: RowLock): boolean => isAsStrong(held.get(text), strength);
  const positions = new Map(order.map((name, position) => [name, position]));
  const positionOf = ({ name }: Model) => positions.get(name) ?? order.length;
  const locksOf = locksIn(positionOf);
  const missingOf = (rows: readonly RowsToLock[]) => locksOf(rows).filter((lock) => !isHeld(lock));
  const hold = (lock: HeldLock) => {
    held.set(lock.text, lock);
    if (!last || compareLocks(lock, last) > 0) last = lock;
  };
  /** False once a row is not free, which only matters to who does not wait. */
  const lockAll = async (missing: readonly RowLock[], mayWait: boolean): Promise<boolean> => {
    for (const run of runsOf(missing)) {
      const found = await lockRun(tx, run, mayWait);
      if (!found) return false;
      for (const lock of run) hold({ ...lock, row: found.get(lock.text) });
    }
    return true;
  };
  const staleRead = (rows: readonly RowsToLock[] = []): StaleReadError =>
    new StaleReadError([...[...held.values()].map(toRows), ...rows]);
  return {
    async take(rows) {
      const missing = missingOf(rows);
      const [first] = missing;
      const isLate = first && last && compareLocks(first, last) < 0;
      if (strict && waits && isLate) throw staleRead(rows);
      if (!(await lockAll(missing, waits))) throw new LockedError();
    },
    tryTake: (rows) => lockAll(missingOf(rows), false),
    add(model, strength, rows) {
      const position = positionOf(model);
      for (const row of rows) {
        const text = rowKeyText(model, row);
        const key = pick(row, model.primaryKey);
        const lock = { model, key, strength, text, position, row };
        if (!isHeld(lock)) hold(lock);
      }
    },
    locksReads: !strict || !waits,
    values: (texts) => ({ texts: [...new Set(texts)].toSorted(), waits }),
    holds: (rows) => locksOf(rows).every(isHeld),
    row: (model, key) => held.get(rowKeyText(model, key))?.row,
    staleRead,
  };
}

/** A row to be locked; `position` is its model's in the order of locking. */
interface RowLock {
  readonly model: Model;
  readonly key: Values;
  readonly strength: LockStrength;
  readonly text: string;
  readonly position: number;
}

interface HeldLock extends RowLock {
  readonly row: Row | undefined;
}

/** Each row once, with the strongest lock that is asked for, in the order of locking. */
function locksIn(positionOf: (model: Model) => number) {
  return (rows: readonly RowsToLock[]): readonly RowLock[] => {
    const locks = new Map<string, RowLock>();
    for (const { model, keys, strength } of rows) {
      const position = positionOf(model);
      for (const key of keys) {
        const text = rowKeyText(model, key);
        if (isAsStrong(locks.get(text), strength)) continue;
        locks.set(text, { model, key, strength, text, position });
      }
    }
    return [...locks.values()].toSorted(compareLocks);
  };
}

function toRows({ model, key, strength }: RowLock): RowsToLock {
  return { model, keys: [key], strength };
}

function isAsStrong(lock: RowLock | undefined, strength: LockStrength): boolean {
  return lock !== undefined && strengths.indexOf(lock.strength) >= strengths.indexOf(strength);
}

function compareLocks(a: RowLock, b: RowLock): number {
  const byModel = a.position - b.position || compare(a.model.table, b.model.table);
  return byModel || compareKeys(a.model, a.key, b.key);
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
 * Rows that one statement can lock in their order: of one model, and equally strongly. If a row of
 * a model is locked FOR UPDATE, so are those that would be locked FOR NO KEY UPDATE, or each change
 * of strength would cost a statement.
 */
function runsOf(locks: readonly RowLock[]): readonly (readonly RowLock[])[] {
  const updated = new Set(
    locks.filter(({ strength }) => strength === 'UPDATE').map(({ model }) => model),
  );
  const runs: RowLock[][] = [];
  for (const lock of locks) {
    const raises = lock.strength === 'NO KEY UPDATE' && updated.has(lock.model);
    const raised = raises ? { ...lock, strength: 'UPDATE' as const } : lock;
    const run = runs.at(-1);
    const [first] = run ?? [];
    const fits = first?.model === raised.model && first.strength === raised.strength;
    if (run && fits && run.length < MAX_KEYS) run.push(raised);
    else runs.push([raised]);
  }
  return runs;
}

/** The rows of a run, locked; null if one is not free and it may not wait. */
async function lockRun(
  tx: Delegates,
  run: readonly RowLock[],
  waits: boolean,
): Promise<ReadonlyMap<string, Row> | null> {
  const [first] = run;
  if (!first) return new Map();
  const { model, strength } = first;
  const parameters: Value[] = [];
  const keys = run.map(({ key }) => key);
  const among = `FROM ${tableOf(model)} WHERE ${hasKeys(model, keys, parameters)}`;
  const sql =
    `SELECT ${rowColumns(model)} ${among}` +
    ` ORDER BY ${keyColumns(model).join(', ')} FOR ${strength}`;
  const rows = await queryRows(tx, model, { sql: waits ? sql : `${sql} SKIP LOCKED`, parameters });
  // One that is skipped is there, one that is not there is not waited for.
  const isSkipped =
    !waits &&
    rows.length < run.length &&
    rows.length < (await query(tx, { sql: `SELECT ${among}`, parameters })).length;
  if (isSkipped) return null;
  return new Map(rows.map((row) => [rowKeyText(model, row), row]));
}
