import { TooComplexError } from './document-limits.ts';

/**
 * Looks at how deep and wide a JSON text goes before it is parsed: of millions of brackets or
 * values the parser takes seconds and much memory. What is no JSON is left to the parser.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX for a text that holds more than it may.
 */
export function scanJson(text: string, { maxNesting, maxValues }: JsonLimits): void {
  let nesting = 0;
  // All but the outermost one: each follows a comma or a bracket.
  let values = 0;
  let isOpened = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character <= SPACE) continue;
    if (character === QUOTE) at = endOfString(text, at);
    const opens = character === LIST_OPEN || character === OBJECT_OPEN;
    const closes = character === LIST_CLOSE || character === OBJECT_CLOSE;
    if (opens) nesting += 1;
    if (closes) nesting -= 1;
    if (opens || character === COMMA) values += 1;
    // It was empty.
    if (closes && isOpened) values -= 1;
    isOpened = opens;
    if (nesting > maxNesting) throw new TooComplexError('levels of JSON', maxNesting);
    // One more may be taken back.
    if (values > maxValues + 1 || (values > maxValues && !opens)) {
      throw new TooComplexError('values of JSON', maxValues);
    }
  }
}

/** The most that a JSON text may hold. */
export type JsonLimits = {
  /** Lists and objects within each other. */
  readonly maxNesting: number;
  /** Values, the outermost one left out. */
  readonly maxValues: number;
};

const SPACE = 32;
const COMMA = 44;
const QUOTE = 34;
const BACKSLASH = 92;
const LIST_OPEN = 91;
const LIST_CLOSE = 93;
const OBJECT_OPEN = 123;
const OBJECT_CLOSE = 125;

/** Where the string ends that begins at `at`. */
function endOfString(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next += 1) {
    const character = text.charCodeAt(next);
    if (character === QUOTE) return next;
    if (character === BACKSLASH) next += 1;
  }
  return text.length;
}
