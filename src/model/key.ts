import type { Association, BelongsTo, Model } from './model.ts';
import type { Struct } from './struct.ts';
import { primaryKey } from './struct.ts';
import { castNamed } from './types/cast-value.ts';
import type { Value, Values } from './value.ts';
import { keyText, valueText } from './value.ts';

/** The values of a key's fields, in the key's order. */
export type Key = readonly Value[];

/** The parts of a key as they were sent, each cast; undefined for one that is not of its type. */
export type SentKey = readonly (Value | undefined)[];

/** The named values; null if one is not there. */
export function pick(values: Values, names: readonly string[]): Values {
  return renameKey(values, names, names);
}

/** The values of the fields `from` as those of the fields `to`: a foreign key and what it points to. */
export function renameKey(values: Values, from: readonly string[], to: readonly string[]): Values {
  const key: { [field: string]: Value } = {};
  to.forEach((name, i) => {
    key[name] = values[from[i] ?? ''] ?? null;
  });
  return key;
}

/** The primary key of which these are the parts, as many as it has; else none of them is cast. */
export function castParts(model: Model, parts: readonly unknown[]): SentKey {
  const fits = parts.length === model.primaryKey.length;
  return model.primaryKey.map((name, i) => {
    const cast = castNamed(model, name, parts[i]);
    return fits && cast.ok ? cast.value : undefined;
  });
}

/** The primary key that params name. */
export function castKey(model: Model, params: { readonly [field: string]: unknown }): SentKey {
  return castParts(
    model,
    model.primaryKey.map((name) => params[name]),
  );
}

/** The primary key that an id names, which is written as `idText` writes it; nulls for no id. */
export function castId(model: Model, id: unknown): SentKey {
  const { length } = model.primaryKey;
  if (id === null || id === undefined) return castParts(model, Array.from({ length }));
  return castParts(model, length > 1 && typeof id === 'string' ? splitId(id) : [id]);
}

/** A primary key as the values of its fields; null unless every part is there. */
export function completeKey({ primaryKey }: Model, key: SentKey): Values | null {
  const values = primaryKey.flatMap((name, i) => {
    const value = key[i] ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  return values.length === primaryKey.length ? Object.fromEntries(values) : null;
}

/**
 * A key as clients write an id: its value, or its values with commas between, where a comma and a
 * backslash of a value have a backslash before them.
 */
export function idText(key: Key): string {
  const [only = '', ...others] = key.map(valueText);
  if (others.length === 0) return only;
  return [only, ...others].map((text) => text.replace(/[\\,]/g, '\\$&')).join(',');
}

function splitId(id: string): readonly string[] {
  const parts = [''];
  for (const [token] of id.matchAll(/\\[\\,]|[^]/gu)) {
    if (token === ',') parts.push('');
    else parts.push(`${parts.pop() ?? ''}${token.length > 1 ? token.slice(-1) : token}`);
  }
  return parts;
}

/** The primary key of a record as text, for lookups among records of one model. */
export function recordKey(record: Struct): string {
  return keyText(primaryKey(record));
}

/** Records by `recordKey`. */
export function byRecordKey(records: readonly Struct[]): Map<string, Struct> {
  return new Map(records.map((record) => [recordKey(record), record]));
}

/** A row as text, by its primary key, for lookups among rows of all models. */
export function rowKeyText({ name, primaryKey: fields }: Model, values: Values): string {
  return namedKeyText(name, fields, valuesOf(values, fields));
}

/** A row as text, by one of its keys. */
export function referenceText(model: string, key: Values): string {
  return namedKeyText(model, Object.keys(key), Object.values(key));
}

function namedKeyText(model: string, fields: readonly string[], key: Key): string {
  return `${model} ${fields.join(',')} ${keyText(key)}`;
}

function valuesOf(values: Values, names: readonly string[]): Key {
  return names.map((name) => values[name] ?? null);
}

/** A unique key, and its values as text (as `referenceText`). */
export interface UniqueKey {
  readonly fields: readonly string[];
  readonly text: string;
}

/** The unique keys of a row, or some of them, of which no value is null. */
export function uniqueKeyTexts(
  model: Model,
  values: Values,
  keys: readonly (readonly string[])[] = model.uniqueKeys,
): readonly UniqueKey[] {
  return keys.flatMap((fields) => {
    const text = completeText(model, fields, valuesOf(values, fields));
    return text === null ? [] : [{ fields, text }];
  });
}

/** The rows, as text, that the foreign keys of a row point to. */
export function foreignKeyTexts(model: Model, values: Values): readonly string[] {
  return foreignKeys(model).flatMap(({ related, ownerKey, relatedKey }) => {
    const text = completeText(related, relatedKey, valuesOf(values, ownerKey));
    return text === null ? [] : [text];
  });
}

/** The belongs_to of a model, each with its foreign key. */
export function foreignKeys(model: Model): readonly BelongsTo[] {
  const found = foundForeignKeys.get(model) ?? [...model.associations.values()].filter(isParent);
  foundForeignKeys.set(model, found);
  return found;
}

/** The belongs_to of whose foreign key a field is part; undefined where it is of none. */
export function parentOf(model: Model, field: string): BelongsTo | undefined {
  return foreignKeys(model).find(({ ownerKey }) => ownerKey.includes(field));
}

/** Asked of every record: looked up once for a model. */
const foundForeignKeys = new WeakMap<Model, readonly BelongsTo[]>();

function isParent(association: Association): association is BelongsTo {
  return association.kind === 'belongsTo';
}

function completeText({ name }: Model, fields: readonly string[], key: Key): string | null {
  return key.includes(null) ? null : namedKeyText(name, fields, key);
}
