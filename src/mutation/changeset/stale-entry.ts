import { type Changeset, entriesOf } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { findStale } from '../../changeset/optimistic-lock.ts';
import { getModel } from '../../model/datamodel/read-models.ts';
import { castId, idText, type Key, type SentKey } from '../../model/key.ts';
import type { Models } from '../../model/model.ts';
import { primaryKey, type Struct } from '../../model/struct.ts';
import { keyText } from '../../model/value.ts';
import type { StaleEntryError } from '../../repo/errors/errors.ts';
import { expectedIdsPath, itemPaths } from '../input/input.ts';
import { childrenOf, type LoadedInput, type LoadedTool } from '../load/load-input.ts';

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
 * Or an ordered list holds the same ids in another order, that of `ids`.
 */
export type Difference =
  | { readonly kind: 'changed' | 'vanished' }
  | {
      readonly kind: 'list';
      readonly association: string;
      readonly missing: readonly string[];
      readonly added: readonly string[];
    }
  | {
      readonly kind: 'order';
      readonly association: string;
      readonly ids: readonly string[];
    };

/**
 * The first stale row of a request: of another version, in a list with other ids or in another
 * order, or no longer there.
 */
export function findStaleEntry(loaded: LoadedInput, changeset: Changeset): StaleEntry | null {
  const [version] = findStale(changeset);
  if (version) {
    const { path, changeset: stale } = version;
    return staleEntry(versionPath(path), stale.data, { kind: 'changed' });
  }
  return findOtherIds(loaded, []) ?? findVanished(changeset);
}

/** The path of a version as the client sent it. */
function versionPath(path: Path): Path {
  return [...path.slice(0, -1), 'lockVersion'];
}

/** A record as a stale entry; its id is null where it is not stored. */
function staleEntry(path: Path, record: Struct, difference: Difference): StaleEntry {
  const key = primaryKey(record);
  const recordId = key.includes(null) ? null : idText(key);
  return { path, type: record.model.name, recordId, difference };
}

/** A list whose ids, or the order of which, are not what the client expects. */
function findOtherIds({ struct, tools }: LoadedInput, at: Path): StaleEntry | null {
  for (const tool of tools) {
    const difference = findDifference(tool);
    if (difference) return staleEntry([...at, ...expectedIdsPath(tool)], struct, difference);
    const pathOf = itemPaths(tool, at);
    for (const [index, child] of childrenOf(tool).entries()) {
      if (child.tools.length === 0) continue;
      const below = findOtherIds(child, pathOf(index));
      if (below) return below;
    }
  }
  return null;
}

function findDifference(tool: LoadedTool): Difference | null {
  if (tool.kind === 'build' || tool.kind === 'null' || tool.expectedIds === null) return null;
  const { related, name: association, rules } = tool.association;
  const sent = tool.expectedIds.map((id) => castId(related, id));
  // That one is no id is an issue of its own.
  if (!sent.every(isKey)) return null;
  const expected = idsByKey(sent);
  const current = idsByKey(tool.current.map(primaryKey));
  const missing = idsWithout(expected, current);
  const added = idsWithout(current, expected);
  if (missing.length > 0 || added.length > 0) {
    return { kind: 'list', association, missing, added };
  }
  const isMoved =
    rules.position !== null && [...expected.keys()].join() !== [...current.keys()].join();
  return isMoved ? { kind: 'order', association, ids: [...current.values()] } : null;
}

function isKey(key: SentKey): key is Key {
  return !key.includes(undefined);
}

function idsByKey(keys: readonly Key[]): ReadonlyMap<string, string> {
  return new Map(keys.map((key) => [keyText(key), idText(key)]));
}

function idsWithout(
  ids: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, string>,
): readonly string[] {
  return [...ids].flatMap(([text, id]) => (others.has(text) ? [] : [id]));
}

/**
 * An entry whose id is not there, though it carries a version: it was there when the client read
 * it. Not of a new record, which never had any.
 */
function findVanished(owner: Changeset, isNew = owner.data.state === 'built'): StaleEntry | null {
  for (const { at, changeset } of entriesOf(owner)) {
    const { params, data, errors } = changeset;
    const { lockVersion, id } = params;
    const isUnknown = !isNew && errors.some(({ code }) => code === 'NOT_IN_ASSOCIATION');
    if (isUnknown && typeof lockVersion === 'number') {
      const difference = { kind: 'vanished' } as const;
      return { path: at, type: data.model.name, recordId: String(id), difference };
    }
    const found = findVanished(changeset, data.state === 'built' && !isUnknown);
    if (found) return { ...found, path: [...at, ...found.path] };
  }
  return null;
}

/** A row that has changed since it was loaded, as a stale entry. */
export function toStaleEntry({ model, key, path }: StaleEntryError, models: Models): StaleEntry {
  const { version } = getModel(models, model);
  const row = { type: model, recordId: idText(Object.values(key)) };
  return version !== null && path.at(-1) === version
    ? { path: versionPath(path), ...row, difference: { kind: 'changed' } }
    : { path, ...row, difference: { kind: 'vanished' } };
}
