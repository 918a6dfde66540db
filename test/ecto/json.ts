import type { Value } from '../../src/model/value.ts';

const LITERALS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Reads JSON as Elixir reads it: an integer of any size keeps its digits (a
 * bigint), and a whole number written as a float (`11.0`) comes back as
 * `{ $float: '11.0' }`, since to JavaScript it would be the integer 11.
 */
export function parseJson(text: string): Value {
  const marked = text.replace(LITERALS, (literal) => {
    if (literal.startsWith('"')) return literal;
    const number = Number(literal);
    if (!Number.isInteger(number)) return literal;
    if (/[.eE]/.test(literal)) return `{"$float":"${literal}"}`;
    return Number.isSafeInteger(number) ? literal : `{"$integer":"${literal}"}`;
  });
  return JSON.parse(marked, (_key, value: Value) =>
    isObject(value) && typeof value['$integer'] === 'string' ? BigInt(value['$integer']) : value,
  );
}

/** Whether a whole number written as a float lies in a value. */
export function holdsFloat(value: unknown): boolean {
  if (!isObject(value)) return false;
  return '$float' in value || Object.values(value).some(holdsFloat);
}

/** JSON in which the order of keys tells nothing. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return String(item);
    if (!isObject(item) || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** A value as text: of an object or a list its JSON. */
export function textOf(value: Value): string {
  return typeof value === 'object' ? canonical(value) : String(value);
}

/** Whether a value has entries: an object or a list. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

/** Whether a value that may be a list is one. */
export function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
