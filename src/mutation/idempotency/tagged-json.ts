/**
 * JSON text that keeps what JSON alone does not: bigints, dates and bytes, each as an object with
 * one key that begins with a dollar sign; a key of the value's own that begins with one gets a
 * second.
 */
export function toTaggedJson(value: unknown): string {
  return JSON.stringify(tag(value));
}

/** What `toTaggedJson` was given. */
export function readTaggedJson(text: string): unknown {
  return untag(JSON.parse(text));
}

/** A value as JSON has it; see `toTaggedJson`. */
export function tag(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Uint8Array) {
    return { $bytes: Buffer.from(value).toString('base64') };
  }
  if (Array.isArray(value)) return value.map(tag);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.startsWith('$') ? `$${key}` : key, tag(item)]),
  );
}

/** The value that `tag` was given. */
export function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[key, text] = ['', null]] = entries;
  if (key === '$bigint') return BigInt(String(text));
  if (key === '$date') return new Date(String(text));
  if (key === '$bytes') {
    return new Uint8Array(Buffer.from(String(text), 'base64'));
  }
  return Object.fromEntries(
    entries.map(([name, item]) => [name.replace(/^\$\$/, '$'), untag(item)]),
  );
}
