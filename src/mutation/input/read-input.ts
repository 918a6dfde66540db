import type { Params } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { isParams } from '../../changeset/cast.ts';
import type { Association, OnReplace } from '../../model/model.ts';
import { onReplaces } from '../../model/model.ts';
import type { AssociationTools, RecordShape } from '../aggregate.ts';
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

/**
 * Reads a scope as a condition in Prisma's words; `at` is where it was sent.
 * @throws an error for the client, for a scope that is none.
 */
export type ToWhere = (association: Association, scope: unknown, at: Path) => object;

/** What was sent, and where. */
export interface Sent {
  readonly params: Params;
  readonly at: Path;
}

/**
 * Reads the input of a record: what its shape takes of what was sent.
 * @throws what `toWhere` throws.
 */
export function readRecord(
  toWhere: ToWhere,
  { aggregate, fields, nested }: RecordShape,
  { params, at }: Sent,
): RecordInput {
  const tools = nested.flatMap((site) => {
    const { name } = site.association;
    const input = params[name];
    return input === undefined ? [] : [readTool({ ...site, toWhere, at: [...at, name] }, input)];
  });
  return { aggregate, params, fields, tools };
}

/** An association that a tool was sent for, and where it was sent. */
interface Site extends AssociationTools {
  readonly toWhere: ToWhere;
  readonly at: Path;
}

function readTool(site: Site, input: unknown): Tool {
  const { cast, put, build } = isParams(input) ? input : {};
  if (isParams(cast)) return readCast(site, cast);
  if (isParams(put)) return readPut(site, put);
  return readBuild(site, build ?? null);
}

function readCast(site: Site, cast: Params): CastTool {
  const { association } = site;
  const list = association.cardinality === 'one' ? 'entry' : 'entries';
  const itemAt = itemPath(association, ['cast', list]);
  const items = readItems(cast, list);
  return {
    kind: 'cast',
    association,
    at: [association.name],
    itemAt,
    ...readTerms(site, 'cast', cast),
    items: items && readEntries(site, site.cast, items, itemAt),
  };
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
  const { association } = site;
  const base = { association, at: [association.name] } as const;
  if (build === null) return { ...base, kind: 'null' };
  const itemAt = itemPath(association, ['build']);
  const items = (Array.isArray(build) ? build : [build]).filter(isParams);
  return { ...base, kind: 'build', items: readEntries(site, site.build, items, itemAt), itemAt };
}

/** The entries of a tool, each where it is below the owner; of a tool that is not declared none. */
function readEntries(
  { toWhere, at }: Site,
  shape: RecordShape | undefined,
  items: readonly Params[],
  itemAt: (index: number) => Path,
): readonly RecordInput[] {
  if (!shape) return [];
  const owner = at.slice(0, -1);
  return items.map((params, index) =>
    readRecord(toWhere, shape, { params, at: [...owner, ...itemAt(index)] }),
  );
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
  { toWhere, association, at, ...tools }: Site,
  tool: 'cast' | 'put',
  { onReplace, scope, expectedIds }: Params,
): ListTerms {
  return {
    onReplace: isOnReplace(onReplace) ? onReplace : (tools[tool]?.default ?? 'raise'),
    scope: scope === undefined ? null : toWhere(association, scope, [...at, tool, 'scope']),
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
