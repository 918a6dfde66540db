import type { Action, AssocChange, Changeset, Entry } from '../../src/changeset/changeset.ts';
import { change } from '../../src/changeset/changeset.ts';
import type { Association, Has, ManyToMany, Model, Models } from '../../src/model/model.ts';
import { listOf, primaryKey } from '../../src/model/struct.ts';
import type { Value, Values } from '../../src/model/value.ts';
import type { Rows } from './case.ts';
import { changesOf } from './changesets.ts';
import { canonical } from './json.ts';
import { plain, plainValues } from './observe.ts';

/*
 * The rows that a changeset asks for, and what they break: neither the order of the writes nor the
 * database has a part in it. Where Ecto is refused only because of its order, these rows decide
 * what is right.
 */

/** What a changeset asks for. */
export interface Asked {
  readonly rows: Rows;
  /**
   * The constraints that the rows break, by their names; `column NAME` for a null, `stale` for a
   * row that is gone, `no key` for a record to be updated or deleted that has none, `two keys` for
   * a belongs_to beside another foreign key, `new owner` for what is deleted of an owner that is
   * inserted.
   */
  readonly broken: ReadonlySet<string>;
}

/** The rows after a repo function has done what a changeset says. */
export function askedRows(
  root: Changeset,
  verb: 'insert' | 'update' | 'delete',
  models: Models,
  before: Rows,
): Asked {
  const desk: Desk = { rows: { ...before }, removed: [], broken: new Set() };
  if (verb === 'delete') desk.removed.push(root);
  else writeRecord(desk, root, verb, {});
  for (const changeset of desk.removed) removeRow(desk, changeset);
  for (const model of models.values()) checkTable(desk, model);
  const filled = Object.entries(desk.rows).filter(([, list]) => list.length);
  return { rows: Object.fromEntries(filled), broken: desk.broken };
}

interface Desk {
  readonly rows: { [table: string]: readonly Values[] };
  readonly removed: Changeset[];
  readonly broken: Set<string>;
}

/** Far above every id of a case. */
const firstNewId = 1_000_000;

/** Writes a record, the parents before it and the children after it; gives its id. */
function writeRecord(desk: Desk, changeset: Changeset, verb: Action, link: Values): Value {
  const { changes } = changeset;
  const all: Changed[] = verb === 'insert' ? [...heldBy(changeset)] : [];
  for (const { association, change: changed } of changesOf(changeset)) {
    all.push({ association, ...changed });
  }
  const parents = all.map((changed) => parentKey(desk, changed));
  const set = { ...(verb === 'insert' && changeset.data.fields), ...changes };
  for (const [key, parent] of parents.flatMap((keys) => Object.entries(keys))) {
    const other = plain(set[key] ?? null);
    const isSet = key in changes || other !== null;
    if (isSet && other !== parent) desk.broken.add('two keys');
  }
  const isDeleted = ({ association: { kind }, entries }: Changed) =>
    kind !== 'belongsTo' && entries.some((entry) => verbOf(entry.changeset) === 'delete');
  if (verb === 'insert' && all.some(isDeleted)) desk.broken.add('new owner');
  const own = { ...plainValues(changes), ...Object.assign({}, ...parents) };
  const id = writeRow(desk, changeset, verb, { ...link, ...own });
  for (const changed of all) writeChildren(desk, changed, id);
  return id ?? idOf(changeset);
}

/** The change of an association, or what a new record holds of it. */
interface Changed extends Pick<AssocChange, 'replaced' | 'onReplace'> {
  readonly association: Association;
  readonly entries: readonly Pick<Entry, 'changeset' | 'current'>[];
}

function heldBy({ data, assocs }: Changeset): readonly Changed[] {
  if (data.state !== 'built') return [];
  return Object.entries(data.assocs).flatMap(([name, held]) => {
    const association = data.model.associations.get(name);
    const entries = listOf(held).map((record) => ({
      changeset: change(record),
      current: null,
    }));
    if (!association || assocs[name] || entries.length === 0) return [];
    return [{ association, entries, replaced: [], onReplace: 'raise' }];
  });
}

/** A record that was never stored is not there to be replaced. */
function isStored({ data }: Changeset): boolean {
  return data.state !== 'built';
}

function verbOf({ action, data }: Changeset): Action {
  return action ?? (data.state === 'built' ? 'insert' : 'update');
}

function parentKey(desk: Desk, changed: Changed): Values {
  const { association, entries, replaced, onReplace } = changed;
  if (association.kind !== 'belongsTo') return {};
  if (onReplace.startsWith('delete')) {
    desk.removed.push(...replaced.filter(isStored));
  }
  const [key = ''] = association.ownerKey;
  const parent = entries[0]?.changeset;
  if (!parent) return { [key]: null };
  const verb = verbOf(parent);
  if (verb === 'delete') desk.removed.push(parent);
  const gone = verb === 'delete' || verb === 'replace';
  return { [key]: gone ? null : writeRecord(desk, parent, verb, {}) };
}

function writeChildren(desk: Desk, changed: Changed, owner: Value): void {
  const { association } = changed;
  if (association.kind === 'manyToMany') {
    writeLinks(desk, association, changed, owner);
  } else if (association.kind === 'hasOne' || association.kind === 'hasMany') {
    writeOwned(desk, association, changed, owner);
  }
}

function writeOwned(
  desk: Desk,
  { relatedKey: [key = ''] }: Has,
  { entries, replaced, onReplace }: Changed,
  owner: Value,
): void {
  for (const child of replaced.filter(isStored)) {
    if (onReplace.startsWith('delete')) desk.removed.push(child);
    else writeRow(desk, child, 'update', { [key]: null });
  }
  for (const { changeset: child } of entries) {
    const verb = verbOf(child);
    const stays = plain(child.data.fields[key] ?? null) === owner;
    if (verb === 'delete') desk.removed.push(child);
    else writeRecord(desk, child, verb, stays && verb === 'update' ? {} : { [key]: owner });
  }
}

function writeLinks(
  desk: Desk,
  { join }: ManyToMany,
  { entries, replaced }: Changed,
  owner: Value,
): void {
  const { table } = join?.model ?? { table: '' };
  const [ownerKey = ''] = join?.ownerKey ?? [];
  const [relatedKey = ''] = join?.relatedKey ?? [];
  const link = (id: Value) => ({ [ownerKey]: owner, [relatedKey]: id });
  const rowsNow = () => desk.rows[table] ?? [];
  const unlink = (child: Changeset) => {
    const gone = canonical(link(idOf(child)));
    desk.rows[table] = rowsNow().filter((row) => canonical(row) !== gone);
  };
  for (const child of replaced) unlink(child);
  for (const { changeset: child, current } of entries) {
    const verb = verbOf(child);
    if (verb === 'delete') {
      if (idOf(child) === null) desk.broken.add('no key');
      unlink(child);
      continue;
    }
    const id = writeRecord(desk, child, verb, {});
    if (current === null) desk.rows[table] = [...rowsNow(), link(id)];
  }
}

/** Inserts a row, or changes one that is there; gives its id. */
function writeRow(desk: Desk, changeset: Changeset, verb: Action, values: Values): Value {
  const { data } = changeset;
  const { table } = data.model;
  const rows = desk.rows[table] ?? [];
  const stored = idOf(changeset);
  if (verb === 'insert') {
    const row = { ...plainValues(data.fields), ...values };
    const id = row['id'] ?? firstNewId + Object.values(desk.rows).flat().length;
    desk.rows[table] = [...rows, { ...row, id }];
    return id;
  }
  const id = values['id'] ?? stored;
  const idle = Object.entries(values).every(
    ([name, value]) => plain(data.fields[name] ?? null) === value,
  );
  if (idle) return id;
  assertRow(desk, data.model, stored);
  desk.rows[table] = rows.map((row) => (row['id'] === stored ? { ...row, ...values } : row));
  return id;
}

/** Removes a row, and with it what onDelete says. */
function removeRow(desk: Desk, changeset: Changeset): void {
  const { model } = changeset.data;
  const id = idOf(changeset);
  assertRow(desk, model, id);
  const rows = desk.rows[model.table] ?? [];
  desk.rows[model.table] = rows.filter((row) => row['id'] !== id);
  for (const association of model.associations.values()) {
    const { kind, rules } = association;
    if (rules.onDelete === 'nothing' || kind === 'belongsTo') continue;
    if (kind === 'through') continue;
    const { table } =
      kind === 'manyToMany' ? (association.join?.model ?? model) : association.related;
    const [key = ''] =
      kind === 'manyToMany' ? (association.join?.ownerKey ?? []) : association.relatedKey;
    desk.rows[table] = (desk.rows[table] ?? []).flatMap((row) => {
      if (row[key] !== id) return [row];
      return rules.onDelete === 'nilifyAll' ? [{ ...row, [key]: null }] : [];
    });
  }
}

function assertRow(desk: Desk, { table }: Model, id: Value): void {
  const isThere = (desk.rows[table] ?? []).some((row) => row['id'] === id);
  if (!isThere) desk.broken.add(id === null ? 'no key' : 'stale');
}

function idOf({ data }: Changeset): Value {
  return plain(primaryKey(data)[0] ?? null);
}

/** Notes what the rows of a table break. */
function checkTable(desk: Desk, model: Model): void {
  const rows = desk.rows[model.table] ?? [];
  for (const { name, isNullable } of model.fields.values()) {
    if (!isNullable && rows.some((row) => (row[name] ?? null) === null)) {
      desk.broken.add(`column ${name}`);
    }
  }
  for (const { name, isBroken } of constraintsOf(model)) {
    if (isBroken(desk.rows)) desk.broken.add(name);
  }
}

/** A unique or foreign key of a table. */
interface KeyConstraint {
  readonly name: string;
  /** The tables whose rows it concerns. */
  readonly tables: readonly string[];
  readonly isBroken: (rows: Rows) => boolean;
}

/** The unique and foreign keys of a model's table, under the names that the database knows. */
export function constraintsOf(model: Model): readonly KeyConstraint[] {
  const { table, primaryKey: own, uniqueKeys, associations } = model;
  const unique = uniqueKeys.map((key) => {
    const isPrimary = key.join() === own.join() && key.length === 1;
    return {
      name: `${table}_${isPrimary ? 'pkey' : `${key.join('_')}_index`}`,
      tables: [table],
      isBroken: (rows: Rows) => {
        const keyed = (rows[table] ?? [])
          .map((row) => key.map((field) => row[field] ?? null))
          .filter((values) => !values.includes(null))
          .map(canonical);
        return new Set(keyed).size < keyed.length;
      },
    };
  });
  const foreign = [...associations.values()].flatMap((association) => {
    if (association.kind !== 'belongsTo') return [];
    const [key = ''] = association.ownerKey;
    const parent = association.related.table;
    const isBroken = (rows: Rows) => {
      const ids = new Set([null, ...(rows[parent] ?? []).map((row) => row['id'])]);
      return (rows[table] ?? []).some((row) => !ids.has(row[key] ?? null));
    };
    return [{ name: `${table}_${key}_fkey`, tables: [table, parent], isBroken }];
  });
  return [...unique, ...foreign];
}
