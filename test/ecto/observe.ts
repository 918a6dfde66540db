import type { Changeset } from '../../src/changeset/changeset.ts';
import { listErrors, messageOf } from '../../src/changeset/traverse-errors.ts';
import type { Models } from '../../src/model/model.ts';
import type { Struct } from '../../src/model/struct.ts';
import { isStruct, primaryKey } from '../../src/model/struct.ts';
import type { Value, Values } from '../../src/model/value.ts';
import type { Expectation, Rows } from './case.ts';

/*
 * What our side shows, in the form in which the cases say what Ecto did.
 */

type Action = NonNullable<Expectation['actions']>[number];
type Issue = NonNullable<Expectation['errors']>[number];

/** Every error of a changeset, each with its path and whole message. */
export function errorsOf(changeset: Changeset): readonly Issue[] {
  return listErrors(changeset).map((issue) => ({
    path: [...issue.path],
    message: messageOf(issue),
  }));
}

/**
 * A changeset flattened: itself, then its associations by name; in each what is replaced, then the
 * entries.
 */
export function actionsOf(
  changeset: Changeset,
  path: readonly (string | number)[] = [],
): readonly Action[] {
  const { data, action } = changeset;
  const assocs = Object.entries(changeset.assocs).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const own: Action = {
    path: [...path],
    action,
    model: data.model.name,
    id: plain(primaryKey(data)[0] ?? null),
    changes: { ...plainValues(changeset.changes), ...emptied(changeset) },
  };
  const below = assocs.flatMap(([name, { replaced, entries }]) => {
    const at = [...path, name];
    const many = isMany(changeset, name);
    const gone = many ? replaced : [];
    return [
      ...gone.flatMap((child) => actionsOf(child, at)),
      ...entries.flatMap((entry, index) => actionsOf(entry.changeset, many ? [...at, index] : at)),
    ];
  });
  return [own, ...below];
}

/** A to-one that becomes null and a to-many recorded as empty are changes in themselves. */
function emptied(changeset: Changeset): Values {
  const changes: { [name: string]: Value } = {};
  for (const [name, assoc] of Object.entries(changeset.assocs)) {
    if (assoc.entries.length > 0) continue;
    if (!isMany(changeset, name)) changes[name] = null;
    else if (assoc.replaced.length === 0) changes[name] = [];
  }
  return changes;
}

function isMany(changeset: Changeset, name: string): boolean {
  const association = changeset.data.model.associations.get(name);
  return association?.cardinality === 'many';
}

/** A record with its loaded associations, as the cases show a result. */
export function resultOf(result: Struct | null | readonly (Struct | null)[]): Value {
  if (result === null) return null;
  if (!isStruct(result)) return result.map(resultOf);
  const assocs = Object.entries(result.assocs).map(([name, loaded]) => [name, resultOf(loaded)]);
  return {
    __type__: result.model.name,
    __state__: result.state,
    ...plainValues(result.fields),
    ...Object.fromEntries(assocs),
  };
}

/** Tables with the columns that the case's schema has, without those that are empty. */
export function rowsOf(models: Models, snapshot: Rows): Rows {
  const tables: { [table: string]: readonly Values[] } = {};
  for (const { table, fields } of models.values()) {
    const names = [...fields.values()].map((field) => field.column);
    const rows = (snapshot[table] ?? []).map((row) =>
      Object.fromEntries(names.map((name) => [name, plain(row[name] ?? null)])),
    );
    if (rows.length > 0) tables[table] = rows;
  }
  return tables;
}

/** Values as the cases write them. */
export function plainValues(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]));
}

/** A value as the cases write it: bigints as numbers, times as Elixir shows a naive one. */
export function plain(value: Value): Value {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (value instanceof Date) return naiveTime(value);
  const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+$/.test(value);
  return isTime ? naiveTime(new Date(`${value}Z`)) : value;
}

function naiveTime(date: Date): string {
  return `~N[${date.toISOString().replace('T', ' ').replace('Z', '000')}]`;
}
