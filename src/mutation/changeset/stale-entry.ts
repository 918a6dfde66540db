import type { Changeset } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { findStale } from '../../changeset/optimistic-lock.ts';
import type { Struct } from '../../model/struct.ts';
import { primaryKey } from '../../model/struct.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import { idText, keyText } from '../../model/value.ts';
import type { Gathered, GatheredTool } from '../load/load-input.ts';

/** A row that is not as the client believes: where the request says so, and which row it is. */
export interface StaleEntry {
  readonly path: Path;
  readonly type: string;
  readonly recordId: string | null;
  readonly difference: Difference;
}

/**
 * What is not as the client believes: the row has another version, it is gone or elsewhere, or one
 * of its lists holds other ids: `missing` are expected and not there, `added` there and not expected.
 */
export type Difference =
  | { readonly kind: 'changed' | 'vanished' }
  | {
      readonly kind: 'list';
      readonly association: string;
      readonly missing: readonly string[];
      readonly added: readonly string[];
    };

/**
 * The first stale row of a request: of another version, in a list with other ids, or no longer
 * there.
 */
export function findStaleEntry(
  gathered: Gathered,
  changeset: Changeset,
  root: Path,
): StaleEntry | null {
  const [version] = findStale(changeset, root);
  if (version) {
    const { data } = version.changeset;
    const difference = { kind: 'changed' } as const;
    return { path: version.path, type: data.model.name, recordId: idOf(data), difference };
  }
  return findOtherIds(gathered, root) ?? findVanished(changeset, root);
}

/** The id of a record as clients write it; null for a record that is not stored. */
function idOf(record: Struct): string | null {
  const key = primaryKey(record);
  return key.includes(null) ? null : idText(key);
}

/** A list whose ids are not the ones that the client expects. */
function findOtherIds(gathered: Gathered, root: Path): StaleEntry | null {
  for (const tool of gathered.tools) {
    if (tool.kind === 'null') continue;
    const difference = tool.kind === 'build' ? null : findDifference(tool);
    if (difference && tool.kind !== 'build') {
      const { at, kind } = tool.tool;
      const { struct } = gathered;
      return {
        path: [...root, ...at, kind, 'expectedIds'],
        type: struct.model.name,
        recordId: idOf(struct),
        difference,
      };
    }
    if (tool.kind === 'put') continue;
    for (const [index, child] of tool.children.entries()) {
      const below = findOtherIds(child, [...root, ...tool.tool.itemAt(index)]);
      if (below) return below;
    }
  }
  return null;
}

function findDifference({
  tool,
  current,
}: Extract<GatheredTool, { kind: 'cast' | 'put' }>): Difference | null {
  const { expectedIds, association } = tool;
  if (expectedIds === null) return null;
  const { related, name: list } = association;
  const [name = 'id'] = related.primaryKey;
  const expected = new Map<string, string>();
  for (const id of expectedIds) {
    const cast = castNamed(related, name, id);
    // That it is no id is an issue of its own.
    if (!cast.ok) return null;
    expected.set(keyText([cast.value]), idText([cast.value]));
  }
  const there = new Map(current.map(primaryKey).map((key) => [keyText(key), idText(key)] as const));
  const without = (ids: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>) =>
    [...ids].flatMap(([text, id]) => (others.has(text) ? [] : [id]));
  const missing = without(expected, there);
  const added = without(there, expected);
  if (missing.length === 0 && added.length === 0) return null;
  return { kind: 'list', association: list, missing, added };
}

/**
 * An entry whose id is not there, though it carries a version: it was there when the client read
 * it. Not of a new record, which never had any.
 */
function findVanished(changeset: Changeset, root: Path): StaleEntry | null {
  const { data } = changeset;
  const { lockVersion, id } = changeset.params;
  const vanished = changeset.errors.some((error) => error.code === 'NOT_IN_ASSOCIATION');
  if (vanished && typeof lockVersion === 'number') {
    const difference = { kind: 'vanished' } as const;
    return { path: root, type: data.model.name, recordId: String(id), difference };
  }
  if (data.state === 'built' && !vanished) return null;
  for (const assoc of Object.values(changeset.assocs)) {
    for (const entry of assoc.entries) {
      const below = findVanished(entry.changeset, [...root, ...entry.at]);
      if (below) return below;
    }
  }
  return null;
}
