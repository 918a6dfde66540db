import { LRUCache } from 'lru-cache';

/**
 * Keeps what was parsed of the documents that came last, by their text. Counted in characters: a
 * document with its values written into it is long, never comes again, and parsed takes a hundred
 * times the memory of its text.
 */
export function makeDocumentCache<Parsed extends object>(): LRUCache<string, Parsed> {
  return new LRUCache<string, Parsed>({
    maxSize: MOST_CHARACTERS,
    // The cache takes no size of 0, which an empty text has.
    sizeCalculation: (_parsed, text) => Math.max(text.length, 1),
  });
}

const MOST_CHARACTERS = 500_000;
