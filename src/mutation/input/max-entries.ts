import type { Path } from '../../changeset/issue.ts';
import { expectedIdsPath, itemPath, listPath, type RecordInput } from './input.ts';

/** How long the lists of a request may be. */
export interface EntryLimits {
  /** The most items of one list: entries, references, new records or expected ids. */
  readonly maxEntries: number;
  /** The most entries, references and new records of a whole mutation. */
  readonly maxTotalEntries: number;
}

/** A list of a request that is longer than the service takes; the path of the root for all lists. */
export interface ExceededLimit {
  readonly path: Path;
  readonly limit: number;
  readonly actual: number;
}

/** The first list that is longer than the limit of one, or all of them if they are together. */
export function findExceededLimit(input: RecordInput, limits: EntryLimits): ExceededLimit | null {
  const lists = listsOf(input, []);
  const long = lists.find(({ actual }) => actual > limits.maxEntries);
  if (long) return { path: long.path, limit: limits.maxEntries, actual: long.actual };
  const total = lists.reduce((sum, { entries, actual }) => sum + (entries ? actual : 0), 0);
  if (total <= limits.maxTotalEntries) return null;
  return { path: [], limit: limits.maxTotalEntries, actual: total };
}

interface List {
  readonly path: Path;
  readonly actual: number;
  /** Whether its items are entries, references or new records. */
  readonly entries: boolean;
}

/** Every list of an input, an outer one before those within its entries. */
function listsOf(input: RecordInput, at: Path): readonly List[] {
  return input.tools.flatMap((tool) => {
    if (tool.kind === 'null') return [];
    const items = (tool.kind === 'put' ? tool.refs : tool.items) ?? [];
    const ids = (tool.kind === 'build' ? null : tool.expectedIds) ?? [];
    const below = tool.kind === 'put' ? [] : (tool.items ?? []);
    const idsPath = [...at, ...expectedIdsPath(tool)];
    return [
      { path: [...at, ...listPath(tool)], actual: items.length, entries: true },
      { path: idsPath, actual: ids.length, entries: false },
      ...below.flatMap((item, index) => listsOf(item, [...at, ...itemPath(tool, index)])),
    ];
  });
}
