import type { Model } from '../../src/model/model.ts';
import type { Value, Values } from '../../src/model/value.ts';
import type { Rows } from './case.ts';
import { canonical, isObject } from './json.ts';
import { wholeSchema } from './models.ts';

/*
 * Compares what holds ids of new rows, which are the same up to renaming: one new id of Ecto's is
 * one new id of ours, in every place of its table. What is compared goes on with `next`, and
 * another pairing is tried where that fails.
 */

/** Pairs of new ids, in both directions. */
export type Renaming = ReadonlyMap<string, Value>;

/** Compares the rest, under the pairs found so far. */
export type Next = (renaming: Renaming) => boolean;

/**
 * What a comparison is made under: what is a new row's id, and which lists came in an order that
 * was asked for.
 */
export interface Comparison {
  readonly isNew: (id: Value) => boolean;
  readonly isOrdered: (assoc: string) => boolean;
}

/** Compares tables row by row, in any order. */
export function matchRows(
  comparison: Comparison,
  theirs: Rows,
  ours: Rows,
  renaming: Renaming,
  next: Next,
): boolean {
  const tables = Object.keys(theirs);
  if (tables.length !== Object.keys(ours).length) return false;
  return matchEach(
    tables,
    (table, found, then) =>
      matchSets(
        theirs[table] ?? [],
        ours[table] ?? [],
        (a, b, now, rest) => matchFields(comparison, modelOfTable(table), a, b, now, rest),
        found,
        then,
      ),
    renaming,
    next,
  );
}

/** Compares results: records with their associations, lists of them, or none. */
export function matchResult(
  comparison: Comparison,
  theirs: Value,
  ours: Value,
  renaming: Renaming,
  next: Next,
): boolean {
  if (isList(theirs) || isList(ours)) {
    if (!isList(theirs) || !isList(ours)) return false;
    return matchLists(comparison, theirs, ours, renaming, next);
  }
  if (!isRecord(theirs) || !isRecord(ours)) {
    return canonical(theirs) === canonical(ours) && next(renaming);
  }
  const type = theirs['__type__'];
  const model = typeof type === 'string' ? wholeSchema.get(type) : undefined;
  if (!model) return canonical(theirs) === canonical(ours) && next(renaming);
  return matchFields(comparison, model, theirs, ours, renaming, next);
}

type Match<T> = (a: T, b: T, renaming: Renaming, next: Next) => boolean;

function matchFields(
  comparison: Comparison,
  model: Model,
  theirs: Values,
  ours: Values,
  renaming: Renaming,
  next: Next,
): boolean {
  const names = Object.keys(theirs);
  const all = new Set([...names, ...Object.keys(ours)]);
  if (all.size !== names.length || names.length !== Object.keys(ours).length) {
    return false;
  }
  return matchEach(
    names,
    (name, found, then) => {
      const a = theirs[name] ?? null;
      const b = ours[name] ?? null;
      const table = tableOfKey(model, name);
      if (table !== null && comparison.isNew(a) && comparison.isNew(b)) {
        return pair(table, a, b, found, then);
      }
      if (isList(a) && isList(b) && !comparison.isOrdered(name)) {
        const match: Match<Value> = (x, y, now, rest) => matchResult(comparison, x, y, now, rest);
        return matchSets(a, b, match, found, then);
      }
      return matchResult(comparison, a, b, found, then);
    },
    renaming,
    next,
  );
}

function matchLists(
  comparison: Comparison,
  theirs: readonly Value[],
  ours: readonly Value[],
  renaming: Renaming,
  next: Next,
): boolean {
  if (theirs.length !== ours.length) return false;
  return matchEach(
    [...theirs.keys()],
    (i, found, then) => matchResult(comparison, theirs[i] ?? null, ours[i] ?? null, found, then),
    renaming,
    next,
  );
}

function matchEach<T>(
  [first, ...rest]: readonly T[],
  match: (item: T, renaming: Renaming, next: Next) => boolean,
  renaming: Renaming,
  next: Next,
): boolean {
  if (first === undefined) return next(renaming);
  return match(first, renaming, (found) => matchEach(rest, match, found, next));
}

function matchSets<T>(
  [first, ...rest]: readonly T[],
  ours: readonly T[],
  match: Match<T>,
  renaming: Renaming,
  next: Next,
): boolean {
  if (first === undefined) return ours.length === 0 && next(renaming);
  return ours.some((candidate, i) =>
    match(first, candidate, renaming, (found) =>
      matchSets(rest, ours.toSpliced(i, 1), match, found, next),
    ),
  );
}

function pair(table: string, theirs: Value, ours: Value, renaming: Renaming, next: Next): boolean {
  const there = `${table} ${canonical(theirs)} is`;
  const here = `${table} ${canonical(ours)} was`;
  const known = renaming.get(there);
  if (known === undefined && !renaming.has(here)) {
    return next(new Map([...renaming, [there, ours], [here, theirs]]));
  }
  return known === ours && renaming.get(here) === theirs && next(renaming);
}

/** The table that a column's values are ids of, or null. */
function tableOfKey(model: Model, name: string): string | null {
  for (const association of model.associations.values()) {
    const [key] = 'ownerKey' in association ? association.ownerKey : [];
    if (association.kind === 'belongsTo' && key === name) {
      return association.related.table;
    }
  }
  return model.primaryKey.length === 1 && model.primaryKey[0] === name ? model.table : null;
}

function modelOfTable(table: string): Model {
  for (const model of wholeSchema.values()) {
    if (model.table === table) return model;
  }
  throw new Error(`there is no table ${table}`);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isRecord(value: Value): value is Values {
  return isObject(value) && !isList(value);
}
