import type { Association, OnReplace } from '../../model/model.ts';
import type { Struct } from '../../model/struct.ts';
import { byRecordKey, type SentKey } from '../../model/key.ts';
import { keyText } from '../../model/value.ts';

/** An item of a cast or a put, its key, and the record that it matches. */
export interface Pair<Item> {
  readonly item: Item;
  /** Undefined parts match no record. */
  readonly key: SentKey;
  /** The key as text; null where a part of it is undefined. */
  readonly text: string | null;
  readonly current: Struct | null;
  /** Where it matches no current record: the record of elsewhere that it is to relate. */
  readonly related: Struct | null;
}

/** The items of a cast or a put, each with its record, and the current records without an item. */
export interface Pairs<Item> {
  readonly pairs: readonly Pair<Item>[];
  readonly left: readonly Struct[];
}

/**
 * What items are paired with: the current records, those of elsewhere that may be related, and the
 * onReplace that holds.
 */
export interface Candidates {
  readonly association: Association;
  readonly current: readonly Struct[];
  readonly elsewhere?: readonly Struct[];
  readonly onReplace: OnReplace;
}

/**
 * Pairs each item with the current record of its key, every record once; under onReplace `update`
 * a to-one's, whatever its key, after `assertUpdatable`.
 */
export function pairItems<Item>(
  { association, current, elsewhere = [], onReplace }: Candidates,
  items: readonly Item[],
  readKey: (item: Item) => SentKey,
  assertUpdatable?: (item: Item) => void,
): Pairs<Item> {
  const rest = byRecordKey(current);
  const others = byRecordKey(elsewhere);
  const updates = association.cardinality === 'one' && onReplace === 'update';
  const pairs = items.map((item): Pair<Item> => {
    const key = readKey(item);
    const text = key.every((part) => part !== undefined) ? keyText(key) : null;
    const found = takeRecord(rest, text);
    if (found) return { item, key, text, current: found, related: null };
    const [only] = rest.values();
    if (!updates || !only) {
      return { item, key, text, current: null, related: takeRecord(others, text) };
    }
    assertUpdatable?.(item);
    rest.clear();
    return { item, key, text, current: only, related: null };
  });
  return { pairs, left: [...rest.values()] };
}

/** Takes the record of a key out of those left, if it is there. */
function takeRecord(records: Map<string, Struct>, text: string | null): Struct | null {
  if (text === null) return null;
  const found = records.get(text) ?? null;
  records.delete(text);
  return found;
}
