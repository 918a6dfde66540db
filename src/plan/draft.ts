import type { Association, Model } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import { primaryKey } from '../model/struct.ts';
import type { Value, Values } from '../model/value.ts';
import { keyText } from '../model/value.ts';
import type { Changeset } from '../changeset/changeset.ts';
import type { Operation, Row } from './operation.ts';

/** When an operation runs, other things being equal; see the order of a plan in order.ts. */
export type Rank =
  'root' | 'removal' | 'update' | 'insert' | 'link' | 'last' | 'unchanged';

/** An operation while the plan is being made, with what ordering and conflicts need to know of it. */
export interface Draft {
  readonly operation: Operation;
  readonly model: Model;
  readonly rank: Rank;
  /** The row as text, where the row is stored already. */
  readonly rowText: string | null;
  /** Whether the operation says where the row belongs: a row may be claimed once. */
  readonly claims: boolean;
  /** The row (as text) whose removal brings this one along. */
  readonly cascadeOf: string | null;
  readonly association: Association | null;
}

/** The rows that go with a record when it is deleted: by association, those there are. */
export type Cascades = ReadonlyMap<
  string,
  { readonly [association: string]: readonly Struct[] }
>;

/** A stored row as text, for lookups. */
export function rowText(model: Model, values: Values): string {
  return `${model.name} ${keyText(model.primaryKey.map((name) => values[name] ?? null))}`;
}

/** The record as text, for lookups. */
export function recordText(record: Struct): string {
  return `${record.model.name} ${keyText(primaryKey(record))}`;
}

/** The row of a stored record. */
export function storedRow(record: Struct): Row {
  return { key: pick(record.fields, record.model.primaryKey) };
}

/** The named values. */
export function pick(values: Values, names: readonly string[]): Values {
  const picked: { [name: string]: Value } = {};
  for (const name of names) picked[name] = values[name] ?? null;
  return picked;
}

/** The values of a changeset's record after its changes. */
export function valuesAfter(changeset: Changeset): Values {
  return { ...changeset.data.fields, ...changeset.changes };
}
