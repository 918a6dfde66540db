import { buildAssoc } from '../../changeset/assoc/assoc.ts';
import { pairParams } from '../../changeset/assoc/cast-items.ts';
import type { Pair, Pairs } from '../../changeset/assoc/pair-items.ts';
import { buildRelated } from '../../changeset/assoc/put-items.ts';
import { cast } from '../../changeset/cast.ts';
import type { Changeset } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { castId, completeKey, recordKey, referenceText } from '../../model/key.ts';
import type { Model } from '../../model/model.ts';
import { buildStruct, loadStruct, oneOrMany, type Struct, withAssoc } from '../../model/struct.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import { keyText, type Values } from '../../model/value.ts';
import { rootShape, unchanged, validated } from '../../domain/aggregate.ts';
import { requireValues } from '../../domain/require-values.ts';
import { type Loading, ownerLock, readBeside, readCurrent, readElsewhere } from './read-records.ts';
import { readReferenced } from './renames.ts';
import { neededAt } from '../../repo/read/row-budget.ts';
import {
  type BuildTool,
  type CastTool,
  itemPaths,
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

/** The records that a cast or a put is about. */
interface LoadedList {
  readonly current: readonly Struct[];
  /** Records that it names and that are linked already, though outside the scope. */
  readonly beside: readonly Struct[];
}

/** A cast, each entry paired with its record. */
export interface LoadedCast extends Omit<CastTool, 'items'>, LoadedList {
  readonly pairs: Pairs<LoadedInput> | null;
}

/** A put, with the records that it refers to. */
export interface LoadedPut extends Omit<PutTool, 'refs'>, LoadedList {
  readonly refs: readonly LoadedRef[] | null;
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
  readonly code: 'INVALID' | 'UNKNOWN_REF' | 'DUPLICATE_ENTRY' | 'CONFLICTING_INPUT';
  readonly message: string;
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

/** How many records a loaded input is of: its own, all that are listed below it, and what is there. */
export function countLoaded({ tools }: LoadedInput): number {
  return tools.reduce((sum, tool) => {
    const held = 'current' in tool ? tool.current.length : 0;
    const listed = tool.kind === 'put' ? (tool.refs?.length ?? 0) : 0;
    return childrenOf(tool).reduce(
      (below, child) => below + countLoaded(child),
      sum + held + listed,
    );
  }, 1);
}

/** The stored records that a tool may take in from elsewhere. */
export function takenIn(tool: LoadedTool): readonly Struct[] {
  if (tool.kind === 'cast')
    return (tool.pairs?.pairs ?? []).flatMap(({ related }) => related ?? []);
  return tool.kind === 'put' ? storedRefs(tool.refs) : [];
}

function storedRefs(refs: LoadedPut['refs']): readonly Struct[] {
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
      const pathOf = itemPaths(tool, at);
      const items = tool.items.map((item, index) => loadInput(loading, built, item, pathOf(index)));
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
  const { association, onUnknown } = tool;
  const current = await readCurrent(loading, record, tool);
  if (items === null) return { ...tool, pairs: null, current, beside: [] };
  const elsewhere =
    onUnknown === 'relate' ? await readElsewhere(loading, association, items, current) : [];
  const beside = await readBeside(loading, record, tool, { named: elsewhere, current });
  const options = { ...tool, elsewhere };
  const { pairs, left } = pairParams(association, items, [...current, ...beside], options);
  const owners = pairs.flatMap(({ item, current: stored, related }) =>
    item.tools.length > 0 ? (stored ?? related ?? []) : [],
  );
  await loading.locks.tryTake(owners.map((owner) => ownerLock(owner)));
  const structOf = ({ current: stored, related }: Pair<RecordInput>) =>
    stored ?? related ?? buildRelated(association);
  const pathOf = itemPaths(tool, at);
  // Most have nothing below them to be loaded.
  const loads = pairs.flatMap((pair, index) => {
    const { item } = pair;
    if (item.tools.length === 0) return [];
    const load = loadInput(loading, structOf(pair), item, pathOf(index));
    return [load.then((below) => [item, below] as const)];
  });
  const loaded = new Map(await Promise.all(loads));
  const entries = pairs.map((pair) => {
    const { item } = pair;
    return { ...pair, item: loaded.get(item) ?? { ...item, struct: structOf(pair), tools: [] } };
  });
  return { ...tool, pairs: { pairs: entries, left }, current, beside };
}

async function loadPut(loading: Loading, record: Struct, tool: PutTool): Promise<LoadedPut> {
  const [current, refs] = await Promise.all([
    readCurrent(loading, record, tool),
    tool.refs && Promise.all(tool.refs.map((ref) => loadRef(loading, tool, ref))),
  ]);
  const beside = await readBeside(loading, record, tool, { named: storedRefs(refs), current });
  return { ...tool, refs, current, beside };
}

/** The record with the association of a tool loaded. */
export function withLoaded(record: Struct, tool: LoadedTool): Struct {
  if (tool.kind === 'build' || tool.kind === 'null' || record.state === 'built') return record;
  const held = [...tool.current, ...tool.beside];
  return withAssoc(record, tool.association.name, oneOrMany(tool.association, held));
}

async function loadRef(
  { created, context, ...reading }: Loading,
  { association: { related: model }, related, create }: PutTool,
  ref: Reference,
): Promise<LoadedRef> {
  const key = castReference(model, ref);
  if (key === null) return { kind: 'refused', code: 'INVALID', message: 'is invalid' };
  const row = await readReferenced(reading, model, key);
  if (row !== null) {
    const struct = loadStruct(model, row);
    return {
      kind: 'record',
      changeset: unchanged(related, struct, context),
      text: recordKey(struct),
    };
  }
  if (!create || ref.field === 'id') {
    return { kind: 'refused', code: 'UNKNOWN_REF', message: 'does not exist' };
  }
  const name = referenceText(model.name, key);
  // What another entry makes is no second record, and has no key yet to be linked by.
  if (reading.renames.get(name) === null) {
    const message = 'is made in another place of this request';
    return { kind: 'refused', code: 'CONFLICTING_INPUT', message };
  }
  const changeset =
    created.get(name) ??
    requireValues(validated(related, cast(buildStruct(model), key, Object.keys(key)), context), {
      ...rootShape(related),
      tools: [],
    });
  created.set(name, changeset);
  // Two blank names are each missing, not one name twice.
  const text = changeset.valid ? `new ${keyText(Object.values(changeset.changes))}` : null;
  return { kind: 'record', changeset, text };
}

/** The unique key that a reference names; null for what is not of its type. */
function castReference(model: Model, { field, value }: Reference): Values | null {
  if (field === 'id') return completeKey(model, castId(model, value));
  const cast = castNamed(model, field, value);
  return cast.ok ? { [field]: cast.value } : null;
}
