import { randomInt, randomUUID } from 'node:crypto';
import type { Field } from '../../model/model.ts';

/**
 * A key as Prisma's client makes it, by the function of the field's default: uuid, cuid, ulid or
 * nanoid. Prisma makes it while it writes, which is too late for a plan. Null for another default.
 */
export function makeClientKey({ generated, defaultCall }: Field): string | null {
  if (generated === 'uuid') return randomUUID();
  const [, name = '', size = ''] = /^(\w+)\((\d*)\)$/.exec(defaultCall ?? '') ?? [];
  const now = Date.now();
  switch (name) {
    case 'uuid':
      return randomUUID().replace(/^.{8}-.{4}-4/, uuidTime(now));
    case 'cuid':
      return size === '2'
        ? `${randomText(LETTERS, 1)}${randomText(BASE_36, 23)}`
        : `c${now.toString(36)}${randomText(BASE_36, 16)}`;
    case 'ulid':
      return `${ulidTime(now)}${randomText(CROCKFORD, 16)}`;
    case 'nanoid':
      return randomText(URL_SAFE, Number(size || '21'));
    default:
      return null;
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const BASE_36 = `0123456789${LETTERS}`;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const URL_SAFE = `${BASE_36}${LETTERS.toUpperCase()}_-`;

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** The first 48 bits of a UUID of version 7, and its version. */
function uuidTime(now: number): string {
  return now
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})(.{4})$/, '$1-$2-7');
}

/** The first ten characters of a ULID. */
function ulidTime(now: number): string {
  return now
    .toString(32)
    .padStart(10, '0')
    .replace(/./g, (digit) => CROCKFORD[Number.parseInt(digit, 32)] ?? digit);
}
