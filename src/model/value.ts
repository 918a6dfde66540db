/**
 * A value of a field: what a column of any scalar type of Prisma holds. Decimals are kept as
 * decimal text.
 */
export type Value =
  | null
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Fields by name. */
export type Values = { readonly [field: string]: Value };

/** Whether two values of one field are the same to the database. */
export function equalValues(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a === null || b === null || a === undefined || b === undefined) return false;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof Date || b instanceof Date) {
    return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
  }
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return false;
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
  }
  if (isList(a) || isList(b)) {
    return (
      isList(a) &&
      isList(b) &&
      a.length === b.length &&
      a.every((item, i) => equalValues(item, b[i]))
    );
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && equalValues(a[key], b[key]))
  );
}

/**
 * Whether something is text of nothing but white space (as Unicode has it, and Elixir's
 * `String.trim/1`).
 */
export function isBlankText(value: unknown): boolean {
  return typeof value === 'string' && /^\p{White_Space}*$/u.test(value);
}

/** Text that is the same exactly for equal key values, so that rows can be looked up by key. */
export function keyText(values: readonly Value[]): string {
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? partText(only)
    : values.map(partText).join('|');
}

function partText(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value}:${valueText(value)}`;
}

/** A value as text, for messages and lookups. */
export function valueText(value: Value): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Whether a value is a list. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
