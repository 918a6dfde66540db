import type { Value } from '../../model/value.ts';
import type { Changeset } from '../changeset.ts';
import { assertOption, issue, validateChange, type ValidateOptions } from './validate.ts';

/**
 * The bounds of a length, and what is counted of a text: graphemes (what a reader calls a
 * character) unless given.
 */
export interface LengthOptions extends ValidateOptions {
  readonly min?: number;
  readonly max?: number;
  readonly is?: number;
  readonly count?: 'graphemes' | 'codepoints' | 'bytes';
}

/**
 * Validates the length of a changed text or list. As Ecto.Changeset.validate_length/3.
 * @throws ChangesetError for a field that does not exist, and without any bound.
 */
export function validateLength(
  changeset: Changeset,
  name: string,
  options: LengthOptions,
): Changeset {
  assertOption(changeset, name, 'validateLength', options, ['min', 'max', 'is']);
  return validateChange(changeset, name, (value) => {
    const length = lengthOf(value, options);
    if (length === null) return [];
    const wrong = wrongLength(length, options);
    if (wrong === null) return [];
    const kind = Array.isArray(value) ? 'list' : options.count === 'bytes' ? 'binary' : 'string';
    const message = options.message ?? lengthMessages[kind][wrong.kind];
    return [
      issue(name, message, 'LENGTH', {
        count: wrong.bound,
        kind: wrong.kind,
        type: kind,
        validation: 'length',
      }),
    ];
  });
}

const lengthMessages = {
  string: {
    is: 'should be %{count} character(s)',
    min: 'should be at least %{count} character(s)',
    max: 'should be at most %{count} character(s)',
  },
  binary: {
    is: 'should be %{count} byte(s)',
    min: 'should be at least %{count} byte(s)',
    max: 'should be at most %{count} byte(s)',
  },
  list: {
    is: 'should have %{count} item(s)',
    min: 'should have at least %{count} item(s)',
    max: 'should have at most %{count} item(s)',
  },
} as const;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function lengthOf(value: Value, options: LengthOptions): number | null {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'string') return null;
  if (options.count === 'bytes') return new TextEncoder().encode(value).length;
  if (options.count === 'codepoints') return Array.from(value).length;
  if (isPlain(value)) return value.length;
  const { is = 0, min = 0, max = 0 } = options;
  return countGraphemes(value, Math.max(is, min, max));
}

/**
 * Counts graphemes piece by piece: a step of the segmenter takes as long as the text it was given
 * is long, so a long text as one piece would take hours. A piece ends at a grapheme's end; its last
 * one may go on, and begins the next piece. Beyond `enough` it matters no more how many there are.
 */
function countGraphemes(text: string, enough: number): number {
  let count = 0;
  let start = 0;
  let size = PIECE;
  for (;;) {
    const end = start + size;
    const piece = text.slice(start, isCut(text, end) ? end + 1 : end);
    const segments = [...graphemes.segment(piece)];
    if (start + piece.length >= text.length) return count + segments.length;
    const open = segments.at(-1)?.index ?? 0;
    size = open === 0 ? size * 2 : PIECE;
    count += open === 0 ? 0 : segments.length - 1;
    if (count > enough) return count;
    start += open;
  }
}

/** Code units of a piece. */
const PIECE = 256;

/** Whether a place lies within a surrogate pair. */
function isCut(text: string, place: number): boolean {
  return /^[\ud800-\udbff]$/.test(text.charAt(place - 1));
}

/** Text of printable ASCII has one grapheme for each code unit; segmenting is many times slower. */
function isPlain(text: string): boolean {
  return /^[\u0020-\u007e]*$/.test(text);
}

function wrongLength(
  length: number,
  options: LengthOptions,
): { kind: 'is' | 'min' | 'max'; bound: number } | null {
  const { is, min, max } = options;
  if (is !== undefined && length !== is) return { kind: 'is', bound: is };
  if (min !== undefined && length < min) return { kind: 'min', bound: min };
  if (max !== undefined && length > max) return { kind: 'max', bound: max };
  return null;
}
