import type { Association, Model } from './model.ts';
import type { Value, Values } from './value.ts';

/**
 * A record: the values of its fields, the associations that are loaded, and whether it is stored
 * (as an Ecto struct with its `__meta__.state`). An association that is not among `assocs` is not
 * loaded.
 */
export interface Struct {
  readonly kind: 'struct';
  readonly model: Model;
  readonly state: 'built' | 'loaded' | 'deleted';
  readonly fields: Values;
  readonly assocs: Assocs;
}

/** A loaded association: one record or none, or a list. */
export type Loaded = Struct | null | readonly Struct[];

/** Loaded associations by name. */
export type Assocs = { readonly [association: string]: Loaded };

/** A new record, not stored: every field at its default, then `fields`. */
export function buildStruct(model: Model, fields: Values = {}): Struct {
  const all: { [field: string]: Value } = {};
  for (const { name, default: value } of model.fields.values())
    all[name] = fields[name] === undefined ? value : fields[name];
  return { kind: 'struct', model, state: 'built', fields: all, assocs: {} };
}

/** A record that was read from the database. */
export function loadStruct(model: Model, fields: Values, assocs: Assocs = {}): Struct {
  return { kind: 'struct', model, state: 'loaded', fields, assocs };
}

/** The same record with an association loaded. */
export function withAssoc(struct: Struct, association: string, loaded: Loaded): Struct {
  return { ...struct, assocs: { ...struct.assocs, [association]: loaded } };
}

/** The same record with other field values. */
export function withFields(struct: Struct, fields: Values): Struct {
  return { ...struct, fields: { ...struct.fields, ...fields } };
}

/** The values of the primary key, in its order. */
export function primaryKey(struct: Struct): readonly Value[] {
  return struct.model.primaryKey.map((name) => struct.fields[name] ?? null);
}

/** What an association holds, as a list: of a to-one none or one. */
export function listOf<T>(held: T | null | readonly T[]): readonly T[] {
  if (held === null) return [];
  return isMany(held) ? held : [held];
}

/** A list as what an association holds: of a to-one its first item, or null. */
export function oneOrMany<T>(
  { cardinality }: Association,
  list: readonly T[],
): T | null | readonly T[] {
  return cardinality === 'many' ? list : (list[0] ?? null);
}

/** Whether something is a record. */
export function isStruct(value: unknown): value is Struct {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'struct';
}

function isMany<T>(held: T | readonly T[]): held is readonly T[] {
  return Array.isArray(held);
}
