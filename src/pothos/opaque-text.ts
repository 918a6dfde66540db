/*
 * What a client is handed to send back unread, cursors and nodeIds: a list of values as JSON, in
 * base64url.
 */

/** The text of a list of values that JSON can hold. */
export function writeOpaque(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The list of values that a text holds; null for text that holds none. */
export function readOpaque(text: string): readonly unknown[] | null {
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(values) ? values : null;
  } catch {
    return null;
  }
}
