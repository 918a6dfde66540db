import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberRows } from '../../src/plan/draft/numbers.ts';
import { holds } from '../support/holds.ts';

const int = { least: -(2n ** 31n), most: 2n ** 31n - 1n };
const most = Number(int.most);

type Numbers = readonly (number | null)[];

/** The numbers of rows that hold the given ones, null of a new one, and beside them rows that go. */
function numbersOf(held: Numbers, gone: readonly number[] = [], limits = int): readonly number[] {
  const rows = held.map((own) => (own === null ? null : BigInt(own)));
  const taken = new Set([...rows, ...gone.map(BigInt)].filter((own) => own !== null));
  return numberRows(rows, limits, taken).map(Number);
}

test.each<[string, Numbers, readonly number[]]>([
  ['no rows', [], []],
  ['new rows are numbered from 1', [null, null, null], [1, 2, 3]],
  ['what is in order stays, with its gaps', [2, 3, 9], [2, 3, 9]],
  ['a new row goes after the last', [1, 2, null], [1, 2, 3]],
  ['a new row goes into a gap', [1, null, 5], [1, 2, 5]],
  ['where there is no gap, what is fewer moves away', [1, null, 2, 3], [-1, 0, 2, 3]],
  ['new rows go before the first while there is room', [null, null, 5], [1, 2, 5]],
  ['below 1 where that saves a move', [null, 1, 2], [0, 1, 2]],
  ['a list from 0 stays one from 0', [0, null, 3], [0, 1, 3]],
  ['of two that change places one moves', [2, 1], [2, 3]],
  ['the last becomes the first', [4, 1, 2, 3], [0, 1, 2, 3]],
  ['the first becomes the last', [2, 3, 4, 1], [2, 3, 4, 5]],
  ['rows between two that stay may exchange', [1, 2, 3, 5, 4, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]],
  ['a gap takes the row that moves into it', [10, 40, 20, 30, 50], [10, 11, 20, 30, 50]],
  ['of equal numbers one stays', [3, 3, 3], [1, 2, 3]],
  ['negative numbers stay', [-5, -4, null], [-5, -4, -3]],
  ['after the greatest number there is no place: what stands before moves', [most, null], [1, 2]],
  ['as many stay as leave room', [1, most - 1, null, null], [1, 2, 3, 4]],
])('%s: %j', (_title, held, numbers) => {
  expect(numbersOf(held)).toEqual(numbers);
});

test('a number of a row that goes is taken only where there is no other', () => {
  expect(numbersOf([1, null, 4], [2])).toEqual([1, 3, 4]);
  expect(numbersOf([1, null, 3], [2])).toEqual([1, 2, 3]);
  expect(numbersOf([1, null], [2, 3])).toEqual([1, 4]);
});

test('the numbers ascend within the limits, and as many rows as can be keep theirs', async () => {
  const limits = { least: -2n, most: 9n };
  const own = fc.option(fc.integer({ min: -2, max: 9 }), { freq: 3 });
  await holds(
    fc.record({
      held: fc.array(own, { maxLength: 7 }),
      gone: fc.array(fc.integer({ min: -2, max: 9 }), { maxLength: 3 }),
    }),
    ({ held, gone }) => {
      const numbers = numbersOf(held, gone, limits);
      expect(numbers).toHaveLength(held.length);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      expect(numbers.every((number) => number >= -2 && number <= 9)).toBe(true);
      const kept = numbers.filter((number, i) => number === held[i]);
      expect(kept).toHaveLength(mostKept(held, -2, 9));
    },
    { numRuns: 500 },
  );
});

/** The most rows that keep their number in any ascending numbering within the limits. */
function mostKept([own, ...rest]: Numbers, least: number, greatest: number): number {
  if (own === undefined) return 0;
  const counts = [];
  for (let number = least; number <= greatest - rest.length; number += 1) {
    counts.push((number === own ? 1 : 0) + mostKept(rest, number + 1, greatest));
  }
  return Math.max(...counts);
}
