/**
 * A text that is the same for equal arguments, whatever the order of their keys, and differs for
 * different ones: 1, 1n and "1" are three.
 */
export function stableText(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Date) return `@${value.getTime()}`;
  if (value instanceof Uint8Array) {
    return `#${Buffer.from(value).toString('base64')}`;
  }
  if (Array.isArray(value)) return `[${value.map(stableText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${JSON.stringify(key)}:${stableText(item)}`);
    return `{${entries.join(',')}}`;
  }
  return String(JSON.stringify(value));
}
