import { Lexer, Source, TokenKind } from 'graphql';
import { type DocumentLimits, TooComplexError } from './document-limits.ts';

/** A name that is longer is refused: errors repeat names, in paths too. */
export const MAX_NAME = 200;

/**
 * Looks at a document's tokens before it is parsed: the parser goes as deep as the brackets do.
 * What is no token is left to the parser, which says where.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX for a text that holds more than it may.
 */
export function scanDocument(
  text: string,
  { maxTokens, maxNesting, maxDirectives, maxSpreads }: ScanLimits,
): void {
  let tokens = countCommentLines(text, maxTokens);
  if (tokens > maxTokens) throw new TooComplexError('tokens', maxTokens);
  let nesting = 0;
  let directives = 0;
  let spreads = 0;
  for (const { kind, start, end } of tokensOf(text)) {
    tokens += 1;
    if (tokens > maxTokens) throw new TooComplexError('tokens', maxTokens);
    if (OPENING.has(kind)) nesting += 1;
    if (CLOSING.has(kind)) nesting -= 1;
    if (nesting > maxNesting) {
      throw new TooComplexError('levels of brackets', maxNesting);
    }
    if (kind === TokenKind.AT) directives += 1;
    if (directives > maxDirectives) {
      throw new TooComplexError('directives', maxDirectives);
    }
    // Validation compares each with each.
    if (kind === TokenKind.SPREAD) spreads += 1;
    if (spreads > maxSpreads) throw new TooComplexError('spreads of fragments', maxSpreads);
    if (kind === TokenKind.NAME && end - start > MAX_NAME) {
      throw new TooComplexError('characters in a name', MAX_NAME);
    }
  }
}

type ScanLimits = Pick<DocumentLimits, 'maxTokens' | 'maxNesting' | 'maxDirectives' | 'maxSpreads'>;

const OPENING: ReadonlySet<TokenKind> = new Set([
  TokenKind.PAREN_L,
  TokenKind.BRACKET_L,
  TokenKind.BRACE_L,
]);
const CLOSING: ReadonlySet<TokenKind> = new Set([
  TokenKind.PAREN_R,
  TokenKind.BRACKET_R,
  TokenKind.BRACE_R,
]);

/** The tokens up to the first mistake. */
function* tokensOf(text: string) {
  const lexer = new Lexer(new Source(text));
  for (;;) {
    try {
      lexer.advance();
    } catch {
      return;
    }
    if (lexer.token.kind === TokenKind.EOF) return;
    yield lexer.token;
  }
}

/**
 * The lines with a `#`, as far as they matter: no more comments are there, and the lexer makes
 * tokens of them by itself, all in a row at once.
 */
function countCommentLines(text: string, most: number): number {
  let lines = 0;
  const lineEnd = /[\n\r]/g;
  for (let at = text.indexOf('#'); at >= 0; at = text.indexOf('#', at)) {
    lines += 1;
    lineEnd.lastIndex = at;
    if (lines > most || !lineEnd.test(text)) break;
    at = lineEnd.lastIndex;
  }
  return lines;
}
