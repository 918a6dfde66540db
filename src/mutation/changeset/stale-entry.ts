import type { Changeset } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { findStale } from '../../changeset/optimistic-lock.ts';
import { castKey, recordKey } from '../../model/key.ts';
import { primaryKey, type Struct } from '../../model/struct.ts';
import { idText, keyText } from '../../model/value.ts';
import { expectedIdsPath, itemPath } from '../input/input.ts';
import { childrenOf, type LoadedInput, type LoadedTool } from '../load/load-input.ts';

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
export function findStaleEntry(loaded: LoadedInput, changeset: Changeset): StaleEntry | null {
  const [version] = findStale(changeset);
  if (version) return staleEntry(version.path, version.changeset.data);
  return findOtherIds(loaded, []) ?? findVanished(changeset, []);
}

/** A record as a stale entry; its id is null where it is not stored. */
function staleEntry(path: Path, record: Struct): StaleEntry {
  const key = primaryKey(record);
  return { path, type: record.model.name, id: key.includes(null) ? null : idText(key) };
}

/** A list whose ids are not the ones that the client expects. */
function findOtherIds({ struct, tools }: LoadedInput, at: Path): StaleEntry | null {
  for (const tool of tools) {
    if (hasOtherIds(tool)) return staleEntry([...at, ...expectedIdsPath(tool)], struct);
    for (const [index, child] of childrenOf(tool).entries()) {
      const below = findOtherIds(child, [...at, ...itemPath(tool, index)]);
      if (below) return below;
    }
  }
  return null;
}

function hasOtherIds(tool: LoadedTool): boolean {
  if (tool.kind === 'build' || tool.kind === 'null' || tool.expectedIds === null) return false;
  const { related } = tool.association;
  const [name = 'id'] = related.primaryKey;
  const ids = tool.expectedIds.map((id) => castKey(related, { [name]: id }));
  if (ids.some((key) => key.includes(undefined))) return false;
  const expected = new Set(ids.map((key) => keyText(key.map((part) => part ?? null))));
  const current = new Set(tool.current.map(recordKey));
  return expected.size !== current.size || [...expected].some((id) => !current.has(id));
}

/**
 * An entry whose id is not there, though it carries a version: it was there when the client read
 * it. Not of a new record, which never had any.
 */
function findVanished(changeset: Changeset, path: Path): StaleEntry | null {
  const { data } = changeset;
  const { lockVersion, id } = changeset.params;
  const vanished = changeset.errors.some((error) => error.code === 'NOT_IN_ASSOCIATION');
  if (vanished && typeof lockVersion === 'number') {
    return { path, type: data.model.name, id: String(id) };
  }
  if (data.state === 'built' && !vanished) return null;
  for (const { entries } of Object.values(changeset.assocs)) {
    for (const entry of entries) {
      const below = findVanished(entry.changeset, [...path, ...entry.at]);
      if (below) return below;
    }
  }
  return null;
}
