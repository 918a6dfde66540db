import type { Params } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { isParams } from '../../changeset/cast.ts';
import type { Association, Model, OnReplace } from '../../model/model.ts';
import { onReplaces } from '../../model/model.ts';
import { type Aggregate, type AssociationWrites, writableNames } from '../domain.ts';
import type {
  BuildTool,
  CastTool,
  ListTerms,
  NullTool,
  PutTool,
  RecordInput,
  Reference,
  Tool,
} from './input.ts';

/** What reading an input needs to know. */
export interface InputSetup {
  readonly aggregates: ReadonlyMap<string, Aggregate>;
  readonly models: ReadonlyMap<string, Model>;
  /**
   * A scope as a condition in Prisma's words; `at` is where it was sent.
   * @throws an error for the client, for a scope that is none.
   */
  readonly toWhere: (association: Association, scope: unknown, at: Path) => object;
}

/** What was sent, and where. */
export interface Sent {
  readonly params: Params;
  readonly at: Path;
}

/**
 * Reads the input of a root record: every field and association of its aggregate.
 * @throws what `toWhere` throws.
 */
export function readRecordInput(setup: InputSetup, aggregate: Aggregate, sent: Sent): RecordInput {
  const { fields } = aggregate;
  const nested = writableNames(aggregate);
  return readRecord(setup, aggregate, sent, { fields, nested });
}

/**
 * Reads the input of a record that is built through an association.
 * @throws what `toWhere` throws.
 */
export function readBuildInput(
  setup: InputSetup,
  owner: Aggregate,
  association: string,
  sent: Sent,
): RecordInput {
  const related = relatedAggregate(setup, owner, association);
  const build = owner.associations[association]?.build ?? {};
  return readRecord(setup, related, sent, build);
}

/**
 * The association of an aggregate by name.
 * @throws Error where the models and the aggregates do not fit together.
 */
function associationOf(setup: InputSetup, aggregate: Aggregate, name: string): Association {
  const found = setup.models.get(aggregate.model)?.associations.get(name);
  if (found) return found;
  throw new Error(`${aggregate.model} has no association "${name}"`);
}

/**
 * The aggregate at the other end of an association.
 * @throws Error where it is declared nowhere.
 */
function relatedAggregate(setup: InputSetup, owner: Aggregate, name: string): Aggregate {
  const model = associationOf(setup, owner, name).related.name;
  const found = setup.aggregates.get(model);
  if (found) return found;
  throw new Error(`the aggregate of ${model} is not declared`);
}

/** The fields that a record takes here, and the associations that it carries. */
interface Taken {
  readonly fields?: readonly string[];
  readonly nested?: readonly string[];
}

function readRecord(
  setup: InputSetup,
  aggregate: Aggregate,
  { params, at }: Sent,
  { fields = [], nested = [] }: Taken,
): RecordInput {
  const tools = nested.flatMap((name) => {
    if (params[name] === undefined || !aggregate.associations[name]) return [];
    return [readTool(setup, aggregate, name, { params, at: [...at, name] })];
  });
  return { aggregate, params, fields, tools };
}

/** Reads the tool of an association; `at` is where the association was sent. */
function readTool(setup: InputSetup, owner: Aggregate, name: string, { params, at }: Sent): Tool {
  const association = associationOf(setup, owner, name);
  const related = relatedAggregate(setup, owner, name);
  const site: Site = { setup, owner, association, related, at };
  const input = params[name];
  const { cast, put, build } = isParams(input) ? input : {};
  if (isParams(cast)) return readCast(site, cast);
  if (isParams(put)) return readPut(site, put);
  return readBuild(site, build ?? null);
}

/** An association that a tool was sent for, and where it was sent. */
interface Site {
  readonly setup: InputSetup;
  readonly owner: Aggregate;
  readonly association: Association;
  readonly related: Aggregate;
  readonly at: Path;
}

function readCast(site: Site, cast: Params): CastTool {
  const { setup, association, related } = site;
  const list = association.cardinality === 'one' ? 'entry' : 'entries';
  const itemAt = itemPath(association, ['cast', list]);
  const declared = declaredWrites(site).cast ?? {};
  const items = readItems(cast, list)?.map((params, index) =>
    readRecord(setup, related, sentItem(site, params, itemAt(index)), declared),
  );
  const base = { association, at: [association.name], itemAt } as const;
  const terms = readTerms(site, 'cast', cast);
  return { ...base, ...terms, kind: 'cast', items: items ?? null };
}

function readPut(site: Site, put: Params): PutTool {
  const { association, related } = site;
  const list = association.cardinality === 'one' ? 'ref' : 'refs';
  return {
    kind: 'put',
    association,
    related,
    at: [association.name],
    itemAt: itemPath(association, ['put', list]),
    ...readTerms(site, 'put', put),
    refs: readItems(put, list)?.map(readReference) ?? null,
    create: put['create'] === true,
  };
}

function readBuild(site: Site, build: unknown): BuildTool | NullTool {
  const { setup, owner, association } = site;
  const base = { association, at: [association.name] } as const;
  if (build === null) return { ...base, kind: 'null' };
  const itemAt = itemPath(association, ['build']);
  const items = (Array.isArray(build) ? build : [build]).filter(isParams).map((params, index) => {
    const sent = sentItem(site, params, itemAt(index));
    return readBuildInput(setup, owner, association.name, sent);
  });
  return { ...base, kind: 'build', items, itemAt };
}

/**
 * An item of a tool; `at` is where it is below the owner, whose own place ends before the
 * association's name.
 */
function sentItem(site: Site, params: Params, at: Path): Sent {
  return { params, at: [...site.at.slice(0, -1), ...at] };
}

function declaredWrites({ owner, association }: Site): AssociationWrites {
  return owner.associations[association.name] ?? {};
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

function readTerms(
  site: Site,
  tool: 'cast' | 'put',
  { onReplace, scope = null, expectedIds }: Params,
): ListTerms {
  const { setup, association, at } = site;
  const chosen = declaredWrites(site)[tool]?.chosen ?? 'raise';
  const toWhere = () => setup.toWhere(association, scope, [...at, tool, 'scope']);
  return {
    onReplace: isOnReplace(onReplace) ? onReplace : chosen,
    scope: scope === null ? null : toWhere(),
    expectedIds: Array.isArray(expectedIds) ? expectedIds : null,
  };
}

function isOnReplace(value: unknown): value is OnReplace {
  return onReplaces.some((known) => known === value);
}

/** Where the items of a tool are below their owner. */
function itemPath({ name, cardinality }: Association, steps: Path): (index: number) => Path {
  const list = [name, ...steps];
  return (index) => (cardinality === 'one' ? list : [...list, index]);
}
