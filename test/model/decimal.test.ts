import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareDecimals,
  countWhole,
  readDecimal,
  withPlaces,
} from '../../src/model/types/decimal.ts';
import { useCore } from '../support/core.ts';

const database = useCore();

/** Decimal text of every form: signs, idle zeros, exponents. */
const decimals = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.stringMatching(/^\d{1,25}$/),
    fc.stringMatching(/^(\.\d{0,25})?$/),
    fc.stringMatching(/^(e[+-]?\d{1,2})?$/),
  )
  .map((parts) => parts.join(''));

test('readDecimal gives the text that PostgreSQL gives, and compareDecimals its order', async () => {
  const texts = fc.sample(decimals, { numRuns: 500, seed: 7 });
  const rows = await database.sql<{ text: string; next: number }>(
    `SELECT trim_scale(n)::text AS text, sign(lead(n, 1, 0) OVER (ORDER BY i) - n)::int AS next
       FROM unnest($1::numeric[]) WITH ORDINALITY AS t (n, i) ORDER BY i`,
    [texts],
  );
  const read = texts.map((text) => readDecimal(text) ?? 'refused');
  expect(read).toEqual(rows.map((row) => row.text));
  const compared = read.map((text, i) => compareDecimals(read[i + 1] ?? '0', text));
  expect(compared).toEqual(rows.map((row) => row.next));
});

test('withPlaces rounds as a column of PostgreSQL does, half away from zero', async () => {
  const numbers = fc.tuple(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.nat(8), fc.nat(6));
  const cases = fc.sample(numbers, { numRuns: 500, seed: 7 }).map(([digits, point, places]) => ({
    text: readDecimal(`${digits}e-${point}`) ?? 'refused',
    places,
  }));
  const rows = await database.sql<{ text: string }>(
    `SELECT round(n, places)::text AS text
       FROM unnest($1::numeric[], $2::int[]) WITH ORDINALITY AS t (n, places, i) ORDER BY i`,
    [cases.map(({ text }) => text), cases.map(({ places }) => places)],
  );
  const rounded = cases.map(({ text, places }) => withPlaces(text, places));
  expect(rounded).toEqual(rows.map((row) => row.text));
});

test.each([
  ['0', 0],
  ['-0.5', 0],
  ['-120.5', 3],
])('countWhole finds in %s so many digits before the point: %d', (text, digits) => {
  expect(countWhole(text)).toBe(digits);
});

test.each(['', '.', '-', 'e1', '1e', '1 ', 'NaN', '1e131073', '1e-99999999'])(
  'readDecimal refuses %j',
  (text) => {
    expect(readDecimal(text)).toBeNull();
  },
);
