import type { Limits } from '../../model/position.ts';

/**
 * Ascending numbers for the rows of a list in its order. `held` are the numbers that they have, null
 * of a row without one. As many rows as can be keep theirs: whole numbers must be left between two of
 * them for the rows that stand there. New numbers are, where there are any, not `taken` by another
 * row; one below 1, or below those there are, is given only where it saves another row its move.
 */
export function numberRows(
  held: readonly (bigint | null)[],
  { least, most }: Limits,
  taken: ReadonlySet<bigint>,
): readonly bigint[] {
  const lowest = held.reduce<bigint>((low, own) => (own !== null && own < low ? own : low), 1n);
  const usual = longestKept(held, lowest, most);
  const any = longestKept(held, least, most);
  const isLow = any.length > usual.length;
  const numbers: bigint[] = [];
  for (const index of [...(isLow ? any : usual), held.length]) {
    const count = index - numbers.length;
    const above = held[index] ?? most + 1n;
    const below = numbers.at(-1);
    if (below === undefined && isLow) {
      numbers.push(...pick(count, { from: above - 1n, to: least - 1n }, taken));
    } else {
      numbers.push(...pick(count, { from: (below ?? lowest - 1n) + 1n, to: above }, taken));
    }
    if (index < held.length) numbers.push(above);
  }
  return numbers;
}

/**
 * The rows, by their index, of the longest part of a list that can keep its numbers. Less its index,
 * the number of a row is what those before it must not exceed: so the part is the longest that does
 * not descend.
 */
function longestKept(
  held: readonly (bigint | null)[],
  least: bigint,
  most: bigint,
): readonly number[] {
  const highest = most - BigInt(held.length - 1);
  /** Of the parts of each length, the one with the lowest end. */
  const ends: { readonly rest: bigint; readonly part: Part }[] = [];
  held.forEach((own, index) => {
    const rest = own === null ? null : own - BigInt(index);
    if (rest === null || rest < least || rest > highest) return;
    const length = lengthUpTo(ends, rest);
    ends[length] = { rest, part: { index, before: ends[length - 1]?.part ?? null } };
  });
  const kept: number[] = [];
  for (let part = ends.at(-1)?.part ?? null; part !== null; part = part.before) {
    kept.push(part.index);
  }
  return kept.toReversed();
}

/** The end of a part, and the part before it. */
interface Part {
  readonly index: number;
  readonly before: Part | null;
}

/** How many of the ascending ends are not greater than a number. */
function lengthUpTo(ends: readonly { readonly rest: bigint }[], rest: bigint): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const end = ends[middle];
    if (end && end.rest <= rest) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first numbers of a range, the end left out, ascending: those that are free before the others. */
function pick(
  count: number,
  { from, to }: { readonly from: bigint; readonly to: bigint },
  taken: ReadonlySet<bigint>,
): readonly bigint[] {
  const step = from <= to ? 1n : -1n;
  const free: bigint[] = [];
  const others: bigint[] = [];
  for (let number = from; number !== to && free.length < count; number += step) {
    if (taken.has(number)) others.push(number);
    else free.push(number);
  }
  const picked = [...free, ...others.slice(0, count - free.length)];
  return picked.toSorted((a, b) => (a < b ? -1 : 1));
}
