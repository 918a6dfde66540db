import type { Association } from '../../model/model.ts';
import { toNumber } from '../../model/position.ts';
import { listOf, type Struct } from '../../model/struct.ts';
import type { AssocChange } from '../changeset.ts';
import { remainingEntries } from '../walk.ts';

/**
 * Whether the records of a list that a change keeps are in the order in which they are read: by
 * their position, those without one last, and by their key. Always, if the list has no position.
 */
export function isInOrder(
  { name, rules: { position } }: Association,
  owner: Struct,
  change: AssocChange,
): boolean {
  if (position === null) return true;
  const kept = remainingEntries(change).flatMap(({ current }) => current ?? []);
  const listed = new Set(kept);
  // Loaded, they are in the order of their keys where their positions are equal.
  const read = listOf(owner.assocs[name] ?? null)
    .filter((record) => listed.has(record))
    .toSorted((a, b) => compare(toNumber(a.fields[position]), toNumber(b.fields[position])));
  return read.every((record, i) => record === kept[i]);
}

function compare(a: bigint | null, b: bigint | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null || a < b ? -1 : 1;
}
