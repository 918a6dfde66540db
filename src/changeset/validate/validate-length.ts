import type { Value } from '../../model/value.ts';
import { addIssues, type AssocChange, type Changeset } from '../changeset.ts';
import type { Issue } from '../issue.ts';
import { remainingEntries } from '../walk.ts';
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
 * Validates the length of a changed text or list, or how many records a to-many association has
 * once it is cast or put: invalid ones count, and so do those that it refuses to lose. Of an
 * association of which only a part is known nothing is said. As Ecto.Changeset.validate_length/3.
 * @throws ChangesetError for a field that does not exist, for an association of one record, and
 * without any bound.
 */
export function validateLength<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  options: LengthOptions,
): Changeset<Name> {
  assertOption(changeset, name, 'validateLength', options, ['min', 'max', 'is']);
  const association = changeset.data.model.associations.get(name);
  if (association?.cardinality === 'many') {
    const count = countRecords(changeset.assocs[name]);
    const issues = count === null ? [] : lengthIssues(name, count, 'list', options);
    return addIssues(changeset, issues);
  }
  return validateChange(changeset, name, (value) => {
    const length = lengthOf(value, options);
    if (length === null) return [];
    const kind = Array.isArray(value) ? 'list' : options.count === 'bytes' ? 'binary' : 'string';
    return lengthIssues(name, length, kind, options);
  });
}

/** How many records a change leaves in its association; null if that is not known. */
function countRecords(change: AssocChange | undefined): number | null {
  if (!change || change.partial) return null;
  const { onReplace, replaced } = change;
  const kept = onReplace === 'markAsInvalid' ? replaced.length : 0;
  return remainingEntries(change).length + kept;
}

function lengthIssues(
  name: string,
  length: number,
  type: keyof typeof lengthMessages,
  options: LengthOptions,
): readonly Issue[] {
  const wrong = wrongLength(length, options);
  if (wrong === null) return [];
  const { kind, bound: count } = wrong;
  const message = options.message ?? lengthMessages[type][kind];
  return [issue(name, message, 'LENGTH', { count, kind, type, validation: 'length' })];
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

function lengthOf(value: Value, options: LengthOptions): number | null {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'string') return null;
  if (options.count === 'bytes') return countBytes(value);
  if (options.count === 'codepoints') return Array.from(value).length;
  if (isPlain(value)) return value.length;
  const { is = 0, min = 0, max = 0 } = options;
  return countGraphemes(value, Math.max(is, min, max));
}

/** The bytes of a text in UTF-8: browsers and Node have no name in common that counts them. */
function countBytes(text: string): number {
  let count = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return count;
}

let segmenter: Intl.Segmenter | undefined;

/** Made on first use: an old browser lacks it, and may never count. */
function segment(text: string): Intl.SegmentData[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return [...segmenter.segment(text)];
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
    const segments = segment(piece);
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
