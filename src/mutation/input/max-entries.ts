import type { Path } from '../../changeset/issue.ts';
import type { RecordInput } from './input.ts';

/** A list of a request that is longer than the service takes. */
export interface ExceededLimit {
  readonly path: Path;
  readonly limit: number;
  readonly actual: number;
}

/** The first list of entries, references or new records that is longer than the limit. */
export function findExceededLimit(
  input: RecordInput,
  limit: number,
  root: Path,
): ExceededLimit | null {
  for (const tool of input.tools) {
    if (tool.kind === 'null') continue;
    const items = tool.kind === 'put' ? tool.refs : tool.items;
    const actual = items?.length ?? 0;
    const list = tool.itemAt(0).slice(0, -1);
    if (actual > limit) return { path: [...root, ...list], limit, actual };
    if (tool.kind === 'put') continue;
    for (const [index, item] of (tool.items ?? []).entries()) {
      const at = [...root, ...tool.itemAt(index)];
      const below = findExceededLimit(item, limit, at);
      if (below) return below;
    }
  }
  return null;
}
