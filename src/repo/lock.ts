import type { Model } from '../model/model.ts';
import type { Value, Values } from '../model/value.ts';
import { keyText } from '../model/value.ts';
import type { Delegates } from './delegates.ts';
import type { Row } from './row.ts';

/** How strongly a row is locked: against every other writer, or also against rows that would refer to it. */
export type LockStrength = 'update' | 'delete';

/** Rows of one model to be locked. */
export interface RowsToLock {
  readonly model: Model;
  readonly keys: readonly Values[];
  readonly strength: LockStrength;
}

// PostgreSQL takes 32,767 parameters in a statement.
const MAX_KEYS = 10_000;

/**
 * Locks rows until the transaction ends, model after model in the order of what they refer to (owners first) and key
 * after key, so that two writers never wait for each other. Gives the rows that are there, by `keyText` of their key.
 */
export async function lockRows(
  tx: Delegates,
  rows: readonly RowsToLock[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, Row>>> {
  const found = new Map<string, Map<string, Row>>();
  for (const { model, keys, strength } of inLockOrder(rows)) {
    const there = found.get(model.name) ?? new Map<string, Row>();
    found.set(model.name, there);
    for (let start = 0; start < keys.length; start += MAX_KEYS) {
      const chunk = keys.slice(start, start + MAX_KEYS);
      for (const row of await lockChunk(tx, model, chunk, strength)) {
        there.set(
          keyText(model.primaryKey.map((name) => row[name] ?? null)),
          row,
        );
      }
    }
  }
  return found;
}

/** One entry for each model, its keys once and in order; the strongest lock that is asked for. */
function inLockOrder(rows: readonly RowsToLock[]): readonly RowsToLock[] {
  const models = new Map<
    string,
    { model: Model; keys: Map<string, Values>; strength: LockStrength }
  >();
  for (const { model, keys, strength } of rows) {
    const entry = models.get(model.name) ?? {
      model,
      keys: new Map<string, Values>(),
      strength,
    };
    for (const key of keys)
      entry.keys.set(
        keyText(model.primaryKey.map((name) => key[name] ?? null)),
        key,
      );
    models.set(
      model.name,
      strength === 'delete' ? { ...entry, strength } : entry,
    );
  }
  return [...models.values()]
    .filter((entry) => entry.keys.size > 0)
    .toSorted(
      (a, b) =>
        depth(a.model) - depth(b.model) ||
        compare(a.model.table, b.model.table),
    )
    .map(({ model, keys, strength }) => ({
      model,
      strength,
      keys: [...keys.values()].toSorted((a, b) => compareKeys(model, a, b)),
    }));
}

/** How many foreign keys lie above a model: what refers to nothing is locked first. */
function depth(model: Model, seen: ReadonlySet<Model> = new Set()): number {
  const parents = [...model.associations.values()].filter(
    (item) => item.kind === 'belongsTo' && !seen.has(item.related),
  );
  const below = new Set([...seen, model]);
  return parents.reduce(
    (most, item) =>
      Math.max(
        most,
        item.related === model ? 0 : 1 + depth(item.related, below),
      ),
    0,
  );
}

function compare(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareKeys(model: Model, a: Values, b: Values): number {
  for (const name of model.primaryKey) {
    const order = compare(a[name] ?? null, b[name] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

async function lockChunk(
  tx: Delegates,
  model: Model,
  keys: readonly Values[],
  strength: LockStrength,
): Promise<readonly Row[]> {
  const columns = [...model.fields.values()];
  const primary = model.primaryKey.map((name) =>
    quote(model.fields.get(name)?.column ?? name),
  );
  const parameters: Value[] = [];
  const tuples = keys.map((key) => {
    const parts = model.primaryKey.map(
      (name) => `$${parameters.push(key[name] ?? null)}${cast(model, name)}`,
    );
    return parts.length === 1 ? parts[0] : `(${parts.join(', ')})`;
  });
  const left = primary.length === 1 ? primary[0] : `(${primary.join(', ')})`;
  const sql =
    `SELECT ${columns.map((field) => `${quote(field.column)} AS ${quote(field.name)}`).join(', ')} FROM ${quote(model.table)}` +
    ` WHERE ${left} IN (${tuples.join(', ')}) ORDER BY ${primary.join(', ')}` +
    ` FOR ${strength === 'delete' ? 'UPDATE' : 'NO KEY UPDATE'}`;
  const rows = await tx.$queryRawUnsafe(sql, ...parameters);
  return Array.isArray(rows) ? rows : [];
}

/** Text is sent for these types: PostgreSQL must be told what it is. */
function cast(model: Model, name: string): string {
  const field = model.fields.get(name);
  return field?.nativeType === 'Uuid' ? '::uuid' : '';
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
