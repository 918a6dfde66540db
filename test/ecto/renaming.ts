import { createHash } from 'node:crypto';
import type { Model } from '../../src/model/model.ts';
import type { Value, Values } from '../../src/model/value.ts';
import type { Rows } from './case.ts';
import { canonical, isObject } from './json.ts';
import { wholeSchema } from './models.ts';

/*
 * Ids of new rows are the same up to renaming: each gets a name made of what its row holds and of
 * the rows that refer to it, so that two outcomes are the same if they are the same in these names.
 */

/** What is a new row's id, and which lists came in an order that was asked for. */
export interface Comparison {
  readonly isNew: (id: Value) => boolean;
  readonly isOrdered: (assoc: string) => boolean;
}

/** Names of new rows, by table and id. */
export type Names = ReadonlyMap<string, string>;

/** The names of the new rows of tables. */
export function namesOf(comparison: Comparison, rows: Rows): Names {
  let names: Names = new Map();
  // Each round looks one reference farther; no case goes deeper.
  for (let round = 0; round < 4; round += 1) {
    names = namesFrom(comparison, rows, names);
  }
  return names;
}

/** The rows of a table in canonical form: new ids by their names, in an order of their own. */
export function canonicalRows(
  comparison: Comparison,
  table: string,
  rows: readonly Values[],
  names: Names,
): string {
  const model = modelOfTable(table);
  const named = rows.map((row) => canonical(withNames(comparison, model, row, names)));
  return canonical(named.toSorted());
}

/** Results in canonical form: records with their associations, lists of them, or none. */
export function canonicalResult(comparison: Comparison, result: Value, names: Names): string {
  if (isList(result)) {
    return canonical(result.map((item) => canonicalResult(comparison, item, names)));
  }
  const type = isRecord(result) ? result['__type__'] : undefined;
  const model = typeof type === 'string' ? wholeSchema.get(type) : undefined;
  if (!isRecord(result) || !model) return canonical(result);
  const fields = Object.entries(withNames(comparison, model, result, names));
  return canonical(
    Object.fromEntries(
      fields.map(([name, value]) => {
        if (!isList(value)) {
          return [name, canonicalResult(comparison, value, names)];
        }
        const list = value.map((item) => canonicalResult(comparison, item, names));
        return [name, comparison.isOrdered(name) ? list : list.toSorted()];
      }),
    ),
  );
}

/** One more round: a row's name from its values and from the rows that refer to it. */
function namesFrom(comparison: Comparison, rows: Rows, names: Names): Names {
  const referring = new Map<string, string[]>();
  for (const [table, list] of Object.entries(rows)) {
    const model = modelOfTable(table);
    for (const row of list) {
      const named = canonical(withNames(comparison, model, row, names));
      for (const [column, value] of Object.entries(row)) {
        const target = tableOfKey(model, column);
        if (target === null || !comparison.isNew(value)) continue;
        const key = `${target} ${canonical(value)}`;
        const known = referring.get(key) ?? [];
        referring.set(key, [...known, `${table}.${column} ${named}`]);
      }
    }
  }
  return new Map([...referring].map(([key, all]) => [key, digest(all.toSorted())]));
}

/** Short, since a name holds those of the round before. */
function digest(all: readonly string[]): string {
  return createHash('sha256').update(canonical(all)).digest('base64');
}

function withNames({ isNew }: Comparison, model: Model, row: Values, names: Names): Values {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const table = tableOfKey(model, column);
      if (table === null || !isNew(value)) return [column, value];
      const name = names.get(`${table} ${canonical(value)}`);
      return [column, `new ${name ?? ''}`];
    }),
  );
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
