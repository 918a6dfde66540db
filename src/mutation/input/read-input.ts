import { isParams } from '../../changeset/cast.ts';
import type { Params } from '../../changeset/changeset.ts';
import type { Path } from '../../changeset/issue.ts';
import { castId } from '../../model/key.ts';
import { type Association, type OnReplace, onReplaces, type OnUnknown } from '../../model/model.ts';
import type { AssociationTools, RecordShape } from '../../domain/aggregate.ts';
import {
  expectedIdsPath,
  itemPaths,
  listName,
  listPath,
  type RecordInput,
  type Reference,
  type Tool,
} from './input.ts';
import type { InputMeter } from './meter.ts';

/**
 * Reads a scope as a condition in Prisma's words; `at` is where it was sent, below the root record.
 * @throws an error for the client, for a scope that is none.
 */
export type ToWhere = (association: Association, scope: unknown, at: Path) => object;

/** What an input is read with. */
export interface Reading {
  readonly toWhere: ToWhere;
  readonly meter: InputMeter;
}

/**
 * Reads the input of a record: what its shape takes of what was sent; `at` is where that is, below
 * the root record. A list is counted before its items are read.
 * @throws LimitExceededError, and what `toWhere` throws.
 */
export function readRecord(
  reading: Reading,
  { aggregate, fields, nested }: RecordShape,
  params: Params,
  at: Path = [],
): RecordInput {
  const tools = nested.flatMap((site) => {
    const sent = params[site.association.name];
    return sent === undefined ? [] : [readTool({ ...site, reading, at }, sent)];
  });
  const id = { param: 'id', key: castId(aggregate.model, params['id']) };
  return { aggregate, params, id, fields, nested, tools };
}

/** An association that a tool was sent for, and where the record is that has it. */
interface Site extends AssociationTools {
  readonly reading: Reading;
  readonly at: Path;
}

function readTool(site: Site, sent: unknown): Tool {
  const { association, related } = site;
  const { cast, put, build = null } = isParams(sent) ? sent : {};
  if (isParams(cast)) {
    const items = readItems(site, 'cast', cast[listName('cast', association)]);
    const terms = readTerms(site, 'cast', cast);
    return {
      kind: 'cast',
      association,
      ...terms,
      items: items && readEntries(site, 'cast', items),
      onUnknown: readOnUnknown(site, cast['onUnknown']),
    };
  }
  if (isParams(put)) {
    const refs =
      readItems(site, 'put', put[listName('put', association)])?.map(readReference) ?? null;
    const create = put['create'] === true;
    return { kind: 'put', association, related, ...readTerms(site, 'put', put), refs, create };
  }
  const items = build === null ? null : readItems(site, 'build', build);
  if (items === null) return { kind: 'null', association };
  return { kind: 'build', association, items: readEntries(site, 'build', items) };
}

/** The entries of a tool; of a tool that is not declared none. */
function readEntries(
  { reading, at, association, ...tools }: Site,
  kind: 'cast' | 'build',
  items: readonly Params[],
): readonly RecordInput[] {
  const shape = tools[kind];
  if (!shape) return [];
  const pathOf = itemPaths({ kind, association }, at);
  return items.map((params, index) => readRecord(reading, shape, params, pathOf(index)));
}

/** A list as it is; of a to-one none or one; null where it is absent. */
function readItems(
  { reading: { meter }, at, association }: Site,
  kind: 'cast' | 'put' | 'build',
  sent: unknown,
): readonly Params[] | null {
  meter.entries([...at, ...listPath({ kind, association })], sent);
  if (sent === undefined) return null;
  if (sent === null) return [];
  return (Array.isArray(sent) ? sent : [sent]).filter(isParams);
}

function readReference(ref: Params): Reference {
  const [[field, value] = ['id', undefined]] = Object.entries(ref);
  return { field, value };
}

function readTerms(
  { reading: { toWhere, meter }, association, at, ...tools }: Site,
  kind: 'cast' | 'put',
  { onReplace, scope, expectedIds }: Params,
) {
  const path = [...at, association.name, kind, 'scope'];
  meter.expectedIds([...at, ...expectedIdsPath({ kind, association })], expectedIds);
  return {
    onReplace: isOnReplace(onReplace) ? onReplace : (tools[kind]?.default ?? 'raise'),
    scope: scope === undefined ? null : toWhere(association, scope, path),
    expectedIds: Array.isArray(expectedIds) ? expectedIds : null,
  };
}

/** Only where it is declared can a client reach records of elsewhere. */
function readOnUnknown({ association, cast }: Site, sent: unknown): OnUnknown {
  const isKnown = sent === 'relate' || sent === 'issue';
  return cast?.relate && isKnown ? sent : association.rules.onUnknown;
}

function isOnReplace(value: unknown): value is OnReplace {
  return onReplaces.some((known) => known === value);
}
