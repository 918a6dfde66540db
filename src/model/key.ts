import type { BelongsTo, Model } from './model.ts';
import type { Struct } from './struct.ts';
import { primaryKey } from './struct.ts';
import { castNamed } from './types/cast-value.ts';
import type { Value, Values } from './value.ts';
import { keyText } from './value.ts';

/** The values of a key's fields, in the key's order. */
export type Key = readonly Value[];

/** The named values; null if one is not there. */
export function pick(values: Values, names: readonly string[]): Values {
  return renameKey(values, names, names);
}

/** The values of the fields `from` as those of the fields `to`: a foreign key and what it points to. */
export function renameKey(values: Values, from: readonly string[], to: readonly string[]): Values {
  return Object.fromEntries(to.map((name, i) => [name, values[from[i] ?? ''] ?? null]));
}

/** The primary key that params name, each part cast; undefined for a part that is not of its type. */
export function castKey(
  model: Model,
  params: { readonly [field: string]: unknown },
): readonly (Value | undefined)[] {
  return model.primaryKey.map((name) => {
    const cast = castNamed(model, name, params[name]);
    return cast.ok ? cast.value : undefined;
  });
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
  return referenceText(name, pick(values, fields));
}

/** A row as text, by one of its keys. */
export function referenceText(model: string, key: Values): string {
  return `${model} ${Object.keys(key).join(',')} ${keyText(Object.values(key))}`;
}

/** A unique key, and its values as text (as `referenceText`). */
export interface UniqueKey {
  readonly fields: readonly string[];
  readonly text: string;
}

/** The unique keys of a row of which no value is null. */
export function uniqueKeyTexts(model: Model, values: Values): readonly UniqueKey[] {
  return model.uniqueKeys.flatMap((fields) => {
    const text = completeText(model, pick(values, fields));
    return text === null ? [] : [{ fields, text }];
  });
}

/** The rows, as text, that the foreign keys of a row point to. */
export function foreignKeyTexts(model: Model, values: Values): readonly string[] {
  return foreignKeys(model).flatMap(({ related, ownerKey, relatedKey }) => {
    const text = completeText(related, renameKey(values, ownerKey, relatedKey));
    return text === null ? [] : [text];
  });
}

/** The belongs_to of a model, each with its foreign key. */
export function foreignKeys({ associations }: Model): readonly BelongsTo[] {
  return [...associations.values()].filter((association) => association.kind === 'belongsTo');
}

function completeText({ name }: Model, key: Values): string | null {
  return Object.values(key).includes(null) ? null : referenceText(name, key);
}
