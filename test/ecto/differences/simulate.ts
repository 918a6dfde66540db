import type { Join, Model } from '../../../src/model/model.ts';
import type { Value, Values } from '../../../src/model/value.ts';
import type { Expectation, Rows } from '../case.ts';
import { plain } from '../observe.ts';
import { type Action, type Step, stepsOf } from './action-steps.ts';
import type { Facts } from './difference.ts';

/** What a write ends with. */
export interface Written {
  readonly writes: NonNullable<Expectation['writes']>;
  readonly rows: Rows;
}

/**
 * The rows and writes if everything that was recorded of a changeset were written; null for what is
 * not told by that: new records given as structs, parents, columns that a write makes.
 */
export function simulate(facts: Facts): Written | null {
  const { recorded, expected, models, before } = facts;
  const { puts = [] } = recorded.operation;
  const { lock, timestamps } = recorded.associations;
  const steps = stepsOf(facts);
  const [root] = expected.actions ?? [];
  const model = models.get(root?.model ?? '');
  const isTold =
    puts.length === 0 &&
    !lock &&
    !timestamps &&
    steps.every(({ association }) => association.kind !== 'belongsTo');
  if (!root || !model || !isTold) return null;
  const desk: Desk = { rows: { ...before }, writes: [], ids: new Map() };
  writeRecord(desk, model, root, {});
  for (const step of steps) writeStep(desk, step);
  const rows = Object.entries(desk.rows).filter(([, list]) => list.length > 0);
  return { rows: Object.fromEntries(rows), writes: desk.writes };
}

/** The tables while they are written. */
interface Desk {
  readonly rows: { [table: string]: Rows[string] };
  readonly writes: [string, string][];
  /** The keys of the records, by what was recorded of them. */
  readonly ids: Map<Action, Value>;
}

/** Far above every id of a case. */
export const firstNewId = 1_000_000;

function writeStep(desk: Desk, { owner, association, entry }: Step): void {
  const { related, rules } = association;
  const ownerId = desk.ids.get(owner) ?? null;
  const gone = entry.action === 'replace' || entry.action === 'delete';
  if (association.kind === 'manyToMany' && association.join) {
    if (!gone) writeRecord(desk, related, entry, {});
    const farId = gone ? entry.id : (desk.ids.get(entry) ?? null);
    writeLink(desk, association.join, [ownerId, farId], gone);
  } else if (association.kind === 'hasOne' || association.kind === 'hasMany') {
    const [key = ''] = association.relatedKey;
    const kept = entry.action === 'replace' && rules.onReplace === 'nilify';
    if (gone && !kept) removeRow(desk, related, entry);
    else writeRecord(desk, related, entry, { [key]: kept ? null : ownerId });
  }
}

function writeRecord(desk: Desk, model: Model, action: Action, linked: Values): void {
  const own = Object.entries(action.changes).filter(([name]) => model.fields.has(name));
  const changes: Values = { ...Object.fromEntries(own), ...linked };
  const { table } = model;
  const rows = desk.rows[table] ?? [];
  if (action.id === null) {
    const id = changes['id'] ?? firstNewId + desk.ids.size;
    desk.ids.set(action, id);
    desk.rows[table] = [...rows, newRow(model, { ...changes, id })];
    desk.writes.push(['INSERT', table]);
    return;
  }
  desk.ids.set(action, action.id);
  const stored = rows.find((row) => row['id'] === action.id);
  const changed = Object.entries(changes).some(([name, value]) => stored?.[name] !== value);
  if (!stored || !changed) return;
  const after = { ...stored, ...changes };
  desk.rows[table] = rows.map((row) => (row === stored ? after : row));
  desk.writes.push(['UPDATE', table]);
}

function removeRow(desk: Desk, { table }: Model, { id }: Action): void {
  desk.rows[table] = (desk.rows[table] ?? []).filter((row) => row['id'] !== id);
  desk.writes.push(['DELETE', table]);
}

function writeLink(
  desk: Desk,
  { model, ownerKey, relatedKey }: Join,
  [owner, related]: readonly [Value, Value],
  gone: boolean,
): void {
  const row: Values = {
    [ownerKey[0] ?? '']: owner,
    [relatedKey[0] ?? '']: related,
  };
  const rows = desk.rows[model.table] ?? [];
  const others = rows.filter((other) =>
    Object.entries(row).some(([name, value]) => other[name] !== value),
  );
  const there = others.length < rows.length;
  if (there !== gone) return;
  desk.rows[model.table] = gone ? others : [...rows, row];
  desk.writes.push([gone ? 'DELETE' : 'INSERT', model.table]);
}

/** A new row: what is not given is at its default. */
export function newRow(model: Model, values: Values): Values {
  const defaults = [...model.fields.values()].map((field) => [field.name, plain(field.default)]);
  return { ...Object.fromEntries(defaults), ...values };
}
