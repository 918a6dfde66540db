import type { Association } from '../../model/model.ts';
import type { Struct } from '../../model/struct.ts';
import {
  buildStruct,
  listOf,
  loadStruct,
  primaryKey,
  oneOrMany,
  withAssoc,
} from '../../model/struct.ts';
import { castNamed } from '../../model/types/cast-value.ts';
import { type Value, keyText } from '../../model/value.ts';
import { buildAssoc } from '../../changeset/assoc/assoc.ts';
import { cast as castFields } from '../../changeset/cast.ts';
import type { Changeset } from '../../changeset/changeset.ts';
import type { Loaders } from '../../repo/read/loaders.ts';
import { readReferenced, type Renames } from './renames.ts';
import type {
  BuildTool,
  CastTool,
  NullTool,
  PutTool,
  RecordInput,
  Reference,
} from '../input/input.ts';

/** An input together with the records it is about: everything a changeset is made of. */
export interface Gathered {
  readonly input: RecordInput;
  /** The record, with the associations that its tools change loaded. */
  readonly struct: Struct;
  readonly tools: readonly GatheredTool[];
}

/** A tool together with what is there now, and what it refers to. */
export type GatheredTool =
  | {
      readonly kind: 'cast';
      readonly tool: CastTool;
      readonly current: readonly Struct[];
      readonly children: readonly Gathered[];
    }
  | {
      readonly kind: 'put';
      readonly tool: PutTool;
      readonly current: readonly Struct[];
      /** Referenced records that are there too, though outside the scope: they stay as they are. */
      readonly beside: readonly Struct[];
      readonly refs: readonly ResolvedRef[];
    }
  | {
      readonly kind: 'build';
      readonly tool: BuildTool;
      readonly children: readonly Gathered[];
    }
  | { readonly kind: 'null'; readonly tool: NullTool };

/** A reference looked up: the record, or why there is none. */
export type ResolvedRef =
  | { readonly kind: 'found'; readonly struct: Struct }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'new'; readonly changeset: Changeset }
  | { readonly kind: 'malformed' };

/** What reads, and what was read. */
export interface Reading {
  readonly loaders: Loaders;
  readonly renames: Renames;
  /** The records that references create, by model and name: one, however many lists name it. */
  readonly created: Map<string, Changeset>;
}

/** Reads what an input is about, level by level: one statement for each association and level. */
export async function gather(
  reading: Reading,
  record: Struct,
  input: RecordInput,
): Promise<Gathered> {
  const tools = await Promise.all(
    input.tools.map((tool): Promise<GatheredTool> => {
      switch (tool.kind) {
        case 'cast':
          return gatherCast(reading, record, tool);
        case 'put':
          return gatherPut(reading, record, tool);
        case 'build':
          return gatherBuild(reading, record, tool);
        case 'null':
          return Promise.resolve({ kind: 'null', tool });
        default:
          return tool satisfies never;
      }
    }),
  );
  return { input, struct: tools.reduce(withLoaded, record), tools };
}

async function gatherCast(reading: Reading, record: Struct, tool: CastTool): Promise<GatheredTool> {
  const { association } = tool;
  const current = await readCurrent(reading, record, association, tool.scope);
  const rest = new Map(current.map((item) => [keyText(primaryKey(item)), item]));
  const updates = association.cardinality === 'one' && tool.onReplace === 'update';
  const children = await Promise.all(
    (tool.items ?? []).map((item) => {
      const text = keyText(readKey(association, item));
      const found = rest.get(text) ?? (updates ? current[0] : undefined);
      rest.delete(text);
      const child = found ?? buildStruct(association.related);
      return gather(reading, child, item);
    }),
  );
  return { kind: 'cast', tool, current, children };
}

async function gatherPut(reading: Reading, record: Struct, tool: PutTool): Promise<GatheredTool> {
  const { association } = tool;
  const [inScope, refs] = await Promise.all([
    readCurrent(reading, record, association, tool.scope),
    Promise.all((tool.refs ?? []).map((ref) => resolve(reading, tool, ref))),
  ]);
  const beside =
    tool.scope === null ? [] : await readBeside(reading, record, association, inScope, refs);
  return { kind: 'put', tool, current: inScope, beside, refs };
}

async function readBeside(
  reading: Reading,
  record: Struct,
  association: Association,
  inScope: readonly Struct[],
  refs: readonly ResolvedRef[],
): Promise<readonly Struct[]> {
  const text = (struct: Struct) => keyText(primaryKey(struct));
  const named = new Set(refs.flatMap((ref) => (ref.kind === 'found' ? [text(ref.struct)] : [])));
  const counted = new Set(inScope.map(text));
  const all = await readCurrent(reading, record, association, null);
  return all.filter((item) => named.has(text(item)) && !counted.has(text(item)));
}

async function gatherBuild(
  reading: Reading,
  record: Struct,
  tool: BuildTool,
): Promise<GatheredTool> {
  const children = await Promise.all(
    tool.items.map((item) => gather(reading, buildAssoc(record, tool.association.name), item)),
  );
  return { kind: 'build', tool, children };
}

/**
 * The record with what a tool read: of a cast, children as they were gathered, with their own
 * associations loaded.
 */
function withLoaded(record: Struct, gathered: GatheredTool): Struct {
  if (gathered.kind !== 'cast' && gathered.kind !== 'put') return record;
  if (record.state === 'built') return record;
  const { association } = gathered.tool;
  const children = gathered.kind === 'cast' ? gathered.children : [];
  const whole = new Map(children.map(({ struct }) => [keyText(primaryKey(struct)), struct]));
  const beside = gathered.kind === 'put' ? gathered.beside : [];
  const list = [...gathered.current, ...beside].map(
    (item) => whole.get(keyText(primaryKey(item))) ?? item,
  );
  return withAssoc(record, association.name, oneOrMany(association, list));
}

/** The records that count as there: those in the scope. */
async function readCurrent(
  { loaders }: Reading,
  record: Struct,
  association: Association,
  scope: object | null,
): Promise<readonly Struct[]> {
  if (record.state === 'built') return [];
  const where = scope === null ? {} : { where: scope };
  const found = await loaders.association(association, record.fields, where);
  return listOf(found).map((row) => loadStruct(association.related, row));
}

async function resolve(reading: Reading, tool: PutTool, ref: Reference): Promise<ResolvedRef> {
  const { related } = tool.association;
  const cast = castNamed(related, ref.field, ref.value);
  if (!cast.ok) return { kind: 'malformed' };
  const row = await readReferenced(reading, related, ref.field, cast.value);
  if (row !== null) return { kind: 'found', struct: loadStruct(related, row) };
  if (!tool.create || related.primaryKey.includes(ref.field)) {
    return { kind: 'unknown' };
  }
  const text = `${related.name} ${ref.field} ${keyText([cast.value])}`;
  const made = reading.created.get(text) ?? createRecord(tool, ref);
  reading.created.set(text, made);
  return { kind: 'new', changeset: made };
}

function createRecord({ association, related }: PutTool, ref: Reference) {
  const params = { [ref.field]: ref.value };
  const record = buildStruct(association.related);
  return related.validate(castFields(record, params, [ref.field]));
}

function readKey(association: Association, item: RecordInput): readonly Value[] {
  return association.related.primaryKey.map((name) => {
    const cast = castNamed(association.related, name, item.params[name]);
    return cast.ok ? cast.value : null;
  });
}
