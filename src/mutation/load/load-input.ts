import { buildAssoc } from '../../changeset/assoc/assoc.ts';
import { pairParams } from '../../changeset/assoc/cast-items.ts';
import type { Pairs } from '../../changeset/assoc/match.ts';
import { buildRelated } from '../../changeset/assoc/put-items.ts';
import { cast } from '../../changeset/cast.ts';
import type { Changeset } from '../../changeset/changeset.ts';
import { recordKey } from '../../model/key.ts';
import type { Association } from '../../model/model.ts';
import {
  buildStruct,
  listOf,
  loadStruct,
  oneOrMany,
  type Struct,
  withAssoc,
} from '../../model/struct.ts';
import type { Path } from '../../changeset/issue.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import { keyText } from '../../model/value.ts';
import type { Loaders } from '../../repo/read/loaders.ts';
import { neededAt } from '../../repo/read/row-budget.ts';
import { unchanged } from '../aggregate.ts';
import { readReferenced, type Renames } from './renames.ts';
import {
  type BuildTool,
  type CastTool,
  itemPath,
  type NullTool,
  type PutTool,
  type RecordInput,
  type Reference,
  type Tool,
} from '../input/input.ts';

/** An input together with the records it is about: everything a changeset is made of. */
export interface LoadedInput extends Omit<RecordInput, 'tools'> {
  /** The record, with the associations that its tools change loaded. */
  readonly struct: Struct;
  readonly tools: readonly LoadedTool[];
}

/** A cast, each entry paired with its record. */
export interface LoadedCast extends Omit<CastTool, 'items'> {
  readonly pairs: Pairs<LoadedInput> | null;
  readonly current: readonly Struct[];
}

/** A put, with the records that it refers to. */
export interface LoadedPut extends Omit<PutTool, 'refs'> {
  readonly refs: readonly LoadedRef[] | null;
  readonly current: readonly Struct[];
  /** Referenced records of the association that are outside the scope: they stay as they are. */
  readonly beside: readonly Struct[];
}

/** A build, with the new records. */
export interface LoadedBuild extends Omit<BuildTool, 'items'> {
  readonly items: readonly LoadedInput[];
}

/** A tool together with what it changes; `current` are the records that count as current. */
export type LoadedTool = LoadedCast | LoadedPut | LoadedBuild | NullTool;

/** A reference looked up: the record, stored or new, or why there is none. */
export type LoadedRef =
  | {
      readonly kind: 'record';
      readonly changeset: Changeset;
      /** The same of two references to one record; null of a new one that is invalid. */
      readonly text: string | null;
    }
  | RefusedRef;

/** Why a reference cannot be put. */
export interface RefusedRef {
  readonly kind: 'refused';
  readonly code: 'INVALID' | 'UNKNOWN_REF' | 'DUPLICATE_ENTRY';
  readonly message: string;
}

/** What an input is loaded with. */
export interface Loading {
  readonly loaders: Loaders;
  readonly renames: Renames;
  /** The records that references create, by model and name: one, however many lists name it. */
  readonly created: Map<string, Changeset>;
}

/**
 * Loads what an input is about, level by level: one statement for each association and level; `at`
 * is where the record is, below the root record.
 * @throws TooManyRowsError, at an association.
 */
export async function loadInput(
  loading: Loading,
  record: Struct,
  input: RecordInput,
  at: Path = [],
): Promise<LoadedInput> {
  const loads = input.tools.map((tool) =>
    neededAt([...at, tool.association.name], loadTool(loading, record, tool, at)),
  );
  const tools = await Promise.all(loads);
  return { ...input, struct: tools.reduce(withLoaded, record), tools };
}

/** The entries of a tool that are records themselves. */
export function childrenOf(tool: LoadedTool): readonly LoadedInput[] {
  if (tool.kind === 'cast') return (tool.pairs?.pairs ?? []).map(({ item }) => item);
  return tool.kind === 'build' ? tool.items : [];
}

/** The stored records that a put refers to. */
export function storedRefs({ refs }: Pick<LoadedPut, 'refs'>): readonly Struct[] {
  return (refs ?? []).flatMap((ref) =>
    ref.kind === 'record' && ref.changeset.data.state === 'loaded' ? [ref.changeset.data] : [],
  );
}

async function loadTool(
  loading: Loading,
  record: Struct,
  tool: Tool,
  at: Path,
): Promise<LoadedTool> {
  switch (tool.kind) {
    case 'cast':
      return loadCast(loading, record, tool, at);
    case 'put':
      return loadPut(loading, record, tool);
    case 'build': {
      const built = buildAssoc(record, tool.association.name);
      const items = tool.items.map((item, index) =>
        loadInput(loading, built, item, [...at, ...itemPath(tool, index)]),
      );
      return { ...tool, items: await Promise.all(items) };
    }
    case 'null':
      return tool;
    default:
      return tool satisfies never;
  }
}

async function loadCast(
  loading: Loading,
  record: Struct,
  { items, ...tool }: CastTool,
  at: Path,
): Promise<LoadedCast> {
  const { association, scope } = tool;
  const current = await readCurrent(loading, record, association, scope);
  if (items === null) return { ...tool, pairs: null, current };
  const { pairs, left } = pairParams(association, items, current, tool);
  const loaded = pairs.map(async (pair, index) => {
    const child = pair.current ?? buildRelated(association);
    const path = [...at, ...itemPath(tool, index)];
    return { ...pair, item: await loadInput(loading, child, pair.item, path) };
  });
  return { ...tool, pairs: { pairs: await Promise.all(loaded), left }, current };
}

async function loadPut(loading: Loading, record: Struct, tool: PutTool): Promise<LoadedPut> {
  const { association, scope } = tool;
  const [current, refs] = await Promise.all([
    readCurrent(loading, record, association, scope),
    tool.refs && Promise.all(tool.refs.map((ref) => loadRef(loading, tool, ref))),
  ]);
  const all = scope === null ? [] : await readCurrent(loading, record, association, null);
  const inScope = new Set(current.map(recordKey));
  const named = new Set(storedRefs({ refs }).map(recordKey));
  const beside = all.filter((item) => named.has(recordKey(item)) && !inScope.has(recordKey(item)));
  return { ...tool, refs, current, beside };
}

/** The record with the association of a tool loaded. */
function withLoaded(record: Struct, tool: LoadedTool): Struct {
  if (tool.kind === 'build' || tool.kind === 'null' || record.state === 'built') return record;
  const held = tool.kind === 'put' ? [...tool.current, ...tool.beside] : tool.current;
  return withAssoc(record, tool.association.name, oneOrMany(tool.association, held));
}

/** The records that count as current: those in the scope. */
async function readCurrent(
  { loaders }: Loading,
  record: Struct,
  association: Association,
  scope: object | null,
): Promise<readonly Struct[]> {
  if (record.state === 'built') return [];
  const where = scope === null ? {} : { where: scope };
  const found = await loaders.association(association, record.fields, where);
  return listOf(found).map((row) => loadStruct(association.related, row));
}

async function loadRef(
  { created, ...reading }: Loading,
  { association: { related: model }, related, create }: PutTool,
  { field, value }: Reference,
): Promise<LoadedRef> {
  const key = castNamed(model, field, value);
  if (!key.ok) return { kind: 'refused', code: 'INVALID', message: 'is invalid' };
  const row = await readReferenced(reading, model, field, key.value);
  if (row !== null) {
    const struct = loadStruct(model, row);
    return { kind: 'record', changeset: unchanged(related, struct), text: recordKey(struct) };
  }
  if (!create || model.primaryKey.includes(field)) {
    return { kind: 'refused', code: 'UNKNOWN_REF', message: 'does not exist' };
  }
  const name = `${model.name} ${field} ${keyText([key.value])}`;
  const changeset =
    created.get(name) ?? related.validate(cast(buildStruct(model), { [field]: value }, [field]));
  created.set(name, changeset);
  // Two blank names are each missing, not one name twice.
  const text = changeset.valid ? `new ${keyText(Object.values(changeset.changes))}` : null;
  return { kind: 'record', changeset, text };
}
