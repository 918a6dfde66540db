import { isList, type Value } from '../../model/value.ts';

/**
 * A value as JSON, the way the API gives it: ids and big numbers as text, moments as ISO 8601,
 * bytes as base64.
 */
export function toJson(value: Value): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (isList(value)) return value.map(toJson);
  const entries = Object.entries(value).map(([key, item]) => [key, toJson(item)]);
  return Object.fromEntries(entries);
}
