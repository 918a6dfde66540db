import type { Params } from '../changeset/changeset.ts';
import type { Path } from '../changeset/issue.ts';
import { isParams } from '../changeset/cast.ts';
import type { Association, Model, OnReplace } from '../model/model.ts';
import {
  type Aggregate,
  type AssociationWrites,
  writableNames,
} from './aggregate.ts';

/** What a client sent for one record: its params and, of each association that it names, the tool. */
export interface RecordInput {
  readonly aggregate: Aggregate;
  readonly params: Params;
  /** The fields that may be cast here. */
  readonly fields: readonly string[];
  readonly tools: readonly Tool[];
}

interface ToolBase {
  readonly association: Association;
  /** Where the association is below its owner. */
  readonly at: Path;
}

/** What cast and put say of the list that is there. */
interface ListTerms {
  readonly onReplace: OnReplace;
  readonly scope: unknown;
  readonly expectedIds: readonly unknown[] | null;
}

/** cast_assoc. `items` is null where a to-one's entry is absent, empty where it is null. */
export interface CastTool extends ToolBase, ListTerms {
  readonly kind: 'cast';
  readonly items: readonly RecordInput[] | null;
  readonly itemAt: (index: number) => Path;
}

/** put_assoc. `refs` is null where a to-one's ref is absent, empty where it is null. */
export interface PutTool extends ToolBase, ListTerms {
  readonly kind: 'put';
  readonly refs: readonly Reference[] | null;
  readonly create: boolean;
  readonly related: Aggregate;
  readonly itemAt: (index: number) => Path;
}

/** build_assoc and insert. */
export interface BuildTool extends ToolBase {
  readonly kind: 'build';
  readonly items: readonly RecordInput[];
  readonly itemAt: (index: number) => Path;
}

/** null in place of a tool. */
export interface NullTool extends ToolBase {
  readonly kind: 'null';
}

/** What a client wants done with one association. */
export type Tool = CastTool | PutTool | BuildTool | NullTool;

/** A record named by one of its unique fields. */
export interface Reference {
  readonly field: string;
  readonly value: unknown;
}

/** What reading an input needs to know. */
export interface InputSetup {
  readonly aggregates: ReadonlyMap<string, Aggregate>;
  readonly models: ReadonlyMap<string, Model>;
}

/** Reads the input of a root record: every field and association of its aggregate. */
export function readRecordInput(
  setup: InputSetup,
  aggregate: Aggregate,
  params: Params,
): RecordInput {
  const names = writableNames(aggregate);
  return readRecord(setup, aggregate, params, aggregate.fields, names);
}

/** Reads the input of a record that is built through an association. */
export function readBuildInput(
  setup: InputSetup,
  owner: Aggregate,
  association: string,
  params: Params,
): RecordInput {
  const related = relatedAggregate(setup, owner, association);
  const build = owner.associations[association]?.build;
  const { fields = [], nested = [] } = build ?? {};
  return readRecord(setup, related, params, fields, nested);
}

/**
 * The association of an aggregate by name.
 * @throws Error where the models and the aggregates do not fit together.
 */
export function associationOf(
  setup: InputSetup,
  aggregate: Aggregate,
  name: string,
): Association {
  const found = setup.models.get(aggregate.model)?.associations.get(name);
  if (found) return found;
  throw new Error(`${aggregate.model} has no association "${name}"`);
}

/**
 * The aggregate at the other end of an association.
 * @throws Error where it is declared nowhere.
 */
export function relatedAggregate(
  setup: InputSetup,
  owner: Aggregate,
  name: string,
): Aggregate {
  const model = associationOf(setup, owner, name).related.name;
  const found = setup.aggregates.get(model);
  if (found) return found;
  throw new Error(`the aggregate of ${model} is not declared`);
}

function readRecord(
  setup: InputSetup,
  aggregate: Aggregate,
  params: Params,
  fields: readonly string[],
  nested: readonly string[],
): RecordInput {
  const tools = nested.flatMap((name) => {
    const declared = aggregate.associations[name];
    if (params[name] === undefined || !declared) return [];
    return [readTool(setup, aggregate, name, declared, params[name])];
  });
  return { aggregate, params, fields, tools };
}

function readTool(
  setup: InputSetup,
  owner: Aggregate,
  name: string,
  declared: AssociationWrites,
  input: unknown,
): Tool {
  const association = associationOf(setup, owner, name);
  const related = relatedAggregate(setup, owner, name);
  const base: ToolBase = { association, at: [name] };
  const tools = isParams(input) ? input : {};
  const { cast, put, build } = tools;
  const isOne = association.cardinality === 'one';
  if (isParams(cast)) {
    const { fields = [], nested = [] } = declared.cast ?? {};
    const entries = readItems(cast, isOne ? 'entry' : 'entries');
    const items = entries?.map((entry) =>
      readRecord(setup, related, entry, fields, nested),
    );
    const terms = readTerms(cast, declared.cast?.chosen);
    const itemAt = itemPath([name, 'cast', isOne ? 'entry' : 'entries'], isOne);
    return { ...base, ...terms, kind: 'cast', items: items ?? null, itemAt };
  }
  if (isParams(put)) {
    const refs = readItems(put, isOne ? 'ref' : 'refs')?.map(readReference);
    const terms = readTerms(put, declared.put?.chosen);
    const create = put['create'] === true;
    const itemAt = itemPath([name, 'put', isOne ? 'ref' : 'refs'], isOne);
    return {
      ...base,
      ...terms,
      kind: 'put',
      refs: refs ?? null,
      create,
      related,
      itemAt,
    };
  }
  if (build === undefined || build === null) return { ...base, kind: 'null' };
  const items = (Array.isArray(build) ? build : [build])
    .filter(isParams)
    .map((params) => readBuildInput(setup, owner, name, params));
  return {
    ...base,
    kind: 'build',
    items,
    itemAt: itemPath([name, 'build'], isOne),
  };
}

/** A list as it is; of a to-one none or one; null where it is absent. */
function readItems(input: Params, name: string): readonly Params[] | null {
  const given = input[name];
  if (given === undefined) return null;
  if (given === null) return [];
  return (Array.isArray(given) ? given : [given]).filter(isParams);
}

function readReference(ref: Params): Reference {
  const [entry] = Object.entries(ref);
  return { field: entry?.[0] ?? 'id', value: entry?.[1] };
}

function readTerms(input: Params, chosen: OnReplace | undefined): ListTerms {
  const { onReplace, scope, expectedIds } = input;
  return {
    onReplace: isOnReplace(onReplace) ? onReplace : (chosen ?? 'raise'),
    scope: scope ?? null,
    expectedIds: Array.isArray(expectedIds) ? expectedIds : null,
  };
}

const onReplaces: readonly string[] = [
  'raise',
  'markAsInvalid',
  'nilify',
  'update',
  'delete',
  'deleteIfExists',
];

function isOnReplace(value: unknown): value is OnReplace {
  return typeof value === 'string' && onReplaces.includes(value);
}

function itemPath(at: Path, isOne: boolean): (index: number) => Path {
  return (index) => (isOne ? at : [...at, index]);
}
