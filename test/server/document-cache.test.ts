import { expect, test } from 'vitest';
import { makeDocumentCache } from '../../src/server/http/document-cache.ts';

const document = (length: number, name: string) => name.padEnd(length, ' ');

test('what was parsed is kept for the next time', () => {
  const cache = makeDocumentCache();
  const parsed = {};
  cache.set('{ posts { totalCount } }', parsed);
  expect(cache.get('{ posts { totalCount } }')).toBe(parsed);
});

test('documents of 500,000 characters are kept together, the last ones', () => {
  const cache = makeDocumentCache();
  const texts = Array.from({ length: 20 }, (_, index) => document(100_000, `{ a${index} }`));
  for (const text of texts) cache.set(text, {});
  expect(texts.filter((text) => cache.has(text))).toEqual(texts.slice(-5));
});

test('one that is longer is not kept, and takes no place of another', () => {
  const cache = makeDocumentCache();
  cache.set('{ a }', {});
  const long = document(500_001, '{ b }');
  cache.set(long, {});
  expect([cache.has('{ a }'), cache.has(long)]).toEqual([true, false]);
});

test('an empty text is kept as any other', () => {
  const cache = makeDocumentCache();
  cache.set('', {});
  expect(cache.has('')).toBe(true);
});
