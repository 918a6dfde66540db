import { randomUUID } from 'node:crypto';
import type { Delegates } from '../delegate.ts';
import { execute } from '../sql.ts';

/** What is sent over a channel. */
export interface Message {
  readonly topics: readonly string[];
  /** JSON. */
  readonly data: unknown;
}

/**
 * Sends a message to all who listen once the transaction is committed: one statement. PostgreSQL
 * delivers in the order of COMMIT, and what one transaction sends without anything in between.
 */
export async function sendMessage(tx: Delegates, channel: string, message: Message): Promise<void> {
  const parts = toParts(randomUUID(), message);
  const sql = 'SELECT pg_notify($1, part) FROM unnest($2::text[]) AS part';
  await execute(tx, { sql, parameters: [channel, parts] });
}

// PostgreSQL takes less than 8,000 bytes at once; the head of a part is shorter than the rest.
const MOST_BYTES = 7_900;

/**
 * A message as texts that PostgreSQL takes, each headed by the message's id, which of them it is, and
 * how many there are. Two that are equal would be sent once.
 */
export function toParts(id: string, message: Message): readonly string[] {
  const text = toAscii(JSON.stringify(message));
  const count = Math.max(1, Math.ceil(text.length / MOST_BYTES));
  return Array.from({ length: count }, (_, i) => {
    const piece = text.slice(i * MOST_BYTES, (i + 1) * MOST_BYTES);
    return `${id} ${i} ${count} ${piece}`;
  });
}

/** JSON of which each character is one byte, so that it can be cut anywhere. */
function toAscii(json: string): string {
  return json.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Puts parts together as they come; calls `onMessage` with each message that is whole. */
export function makeAssembler(
  onMessage: (id: string, message: Message) => void,
): (part: string) => void {
  let pieces: string[] = [];
  return (part) => {
    const [, id = '', index, count, piece = ''] = PART.exec(part) ?? [];
    if (index === '0') pieces = [];
    if (id === '' || pieces.length !== Number(index)) return;
    pieces.push(piece);
    if (pieces.length < Number(count)) return;
    // What this channel carries is what `sendMessage` wrote.
    onMessage(id, JSON.parse(pieces.join('')) as Message);
    pieces = [];
  };
}

const PART = /^(\S+) (\d+) (\d+) ([^]*)$/;
