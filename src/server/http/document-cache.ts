import { LRUCache } from 'lru-cache';

/**
 * Keeps what was parsed of the documents that came last, by their text. Counted in characters: a
 * document with its values written into it is long, never comes again, and parsed takes a hundred
 * times the memory of its text.
 */
export function makeDocumentCache<Parsed extends object>(): LRUCache<string, Parsed> {
  return new LRUCache<string, Parsed>({
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (_parsed, text) => text.length,
  });
}

const MOST_CHARACTERS = 500_000;
