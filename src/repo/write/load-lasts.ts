import { type OrderedList, toNumber } from '../../model/position.ts';
import type { Lasts, OpenList } from '../../plan/draft/planner.ts';
import type { Delegates } from '../delegate.ts';
import { greatestByKey } from '../read/batch-queries.ts';

/**
 * Reads the last number of ordered lists, whose owners are locked: one statement for each
 * association.
 */
export async function loadLasts(tx: Delegates, open: readonly OpenList[]): Promise<Lasts> {
  const lasts = new Map<string, bigint>();
  const lists = new Map<OrderedList, OpenList[]>();
  for (const item of open) {
    const known = lists.get(item.list);
    if (known) known.push(item);
    else lists.set(item.list, [item]);
  }
  for (const [{ related: model, relatedKey: fields, rules }, items] of lists) {
    const query = { model, fields, field: rules.position };
    const keys = items.map(({ key }) => Object.values(key));
    const found = await greatestByKey(tx, query, keys);
    items.forEach(({ text }, i) => lasts.set(text, toNumber(found[i]) ?? 0n));
  }
  return lasts;
}
