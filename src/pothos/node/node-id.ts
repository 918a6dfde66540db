import type { Model } from '../../model/model.ts';
import type { Values } from '../../model/value.ts';
import { readOpaque, writeOpaque } from '../opaque-text.ts';
import { toJson } from '../result/json-value.ts';

/** What a nodeId names. */
export interface NamedRecord {
  readonly model: string;
  /** The values of the primary key as they were sent. */
  readonly key: readonly unknown[];
}

/** The id of a record that is unique over all types: its model and its primary key, as base64url. */
export function writeNodeId({ name, primaryKey }: Model, row: Values): string {
  const key = primaryKey.map((field) => toJson(row[field] ?? null));
  return writeOpaque([name, ...key]);
}

/** What a nodeId of at most so many bytes names; null for text that is none. */
export function readNodeId(nodeId: string, maxBytes: number): NamedRecord | null {
  if (Buffer.byteLength(nodeId) > maxBytes) return null;
  const [model, ...key] = readOpaque(nodeId) ?? [];
  return typeof model === 'string' ? { model, key } : null;
}
