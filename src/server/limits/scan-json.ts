import { tooComplex } from './document-limits.ts';

/**
 * Looks at how deep a JSON text goes before it is parsed: of millions of brackets the parser takes
 * seconds and much memory. What is no JSON is left to the parser.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX for a text with more than `most` lists and objects within
 * each other.
 */
export function scanJson(text: string, most: number): void {
  let nesting = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case LIST_OPEN:
      case OBJECT_OPEN:
        nesting += 1;
        if (nesting > most) throw tooComplex('levels of JSON', most);
        break;
      case LIST_CLOSE:
      case OBJECT_CLOSE:
        nesting -= 1;
        break;
    }
  }
}

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
