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
  readonly id: string | null;
}

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
    return { path: version.path, type: data.model.name, id: idOf(data) };
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
    if (tool.kind !== 'build' && differs(tool)) {
      const { at, kind } = tool.tool;
      const { struct } = gathered;
      return {
        path: [...root, ...at, kind, 'expectedIds'],
        type: struct.model.name,
        id: idOf(struct),
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

function differs({ tool, current }: Extract<GatheredTool, { kind: 'cast' | 'put' }>): boolean {
  const { expectedIds, association } = tool;
  if (expectedIds === null) return false;
  const { related } = association;
  const [name = 'id'] = related.primaryKey;
  const read = expectedIds.map((id) => castNamed(related, name, id));
  if (!read.every((cast) => cast.ok)) return false;
  const expected = new Set(read.map((cast) => keyText([cast.value])));
  const there = new Set(current.map((item) => keyText(primaryKey(item))));
  return expected.size !== there.size || [...expected].some((id) => !there.has(id));
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
    return { path: root, type: data.model.name, id: String(id) };
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
