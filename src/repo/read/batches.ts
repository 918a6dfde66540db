import type { Key } from '../../model/key.ts';
import type { Association, Join, Model, Through } from '../../model/model.ts';
import type { Delegates } from '../delegate.ts';
import {
  countByKey,
  countByRelation,
  type KeyQuery,
  rowsByKey,
  rowsByRelation,
} from './batch-queries.ts';
import { completeOrder, toPrismaOrder } from './order-by.ts';
import type { Row } from '../row.ts';
import { stableText } from '../stable-text.ts';

/** What may be said of an association's list, in Prisma's words. */
export interface ListArgs {
  readonly where?: object | undefined;
  /** The association's own order unless given; the primary key always comes last. */
  readonly orderBy?: readonly object[] | undefined;
  /** Rows at most for each owner; all unless given. */
  readonly first?: number | undefined;
}

/** A read of many keys at once. Batches of one `text` are the same read. */
export interface Batch<Result> {
  readonly text: string;
  /** Fields of a key. */
  readonly width: number;
  readonly read: (client: Delegates, keys: readonly Key[]) => Promise<readonly Result[]>;
}

type Direct = Exclude<Association, Through>;

/** The rows of a model by a field. */
export function recordBatch(model: Model, field: string): Batch<readonly Row[]> {
  return keyBatch({ model, fields: [field], where: [], orderBy: [] });
}

/** The rows of an association by the owner's key. */
export function associationBatch(
  association: Direct,
  { where, orderBy, first }: ListArgs,
): Batch<readonly Row[]> {
  const { related: model, relatedKey: fields } = association;
  const all = conditions(association, where);
  const order = orderOf(association, orderBy);
  if (association.cardinality === 'one') {
    return keyBatch({ model, fields, where: all, orderBy: order });
  }
  if (association.kind !== 'manyToMany' && first === undefined) {
    return keyBatch({ model, fields, where: all, orderBy: order });
  }
  return relationBatch(association, { where: all, orderBy: order, first });
}

/**
 * The rows of an association by the owner's key, `limit` at most over all owners: those of the
 * lowest key first.
 */
export function limitedBatch(
  association: Direct,
  { where, orderBy }: ListArgs,
  limit: number,
): Batch<readonly Row[]> {
  const { related: model, relatedKey: fields } = association;
  const args = {
    where: conditions(association, where),
    orderBy: orderOf(association, orderBy),
  };
  return association.cardinality === 'one'
    ? keyBatch({ model, fields, ...args, limit })
    : relationBatch(association, { ...args, first: limit }, limit);
}

/**
 * The order that is asked for; else, of a list, the association's own. The primary key comes last.
 */
function orderOf(
  { cardinality, related, rules }: Direct,
  given: readonly object[] = [],
): readonly object[] {
  const isOne = cardinality === 'one';
  if (isOne && given.length === 0) return [];
  const order = given.length > 0 ? given : toPrismaOrder(rules.preloadOrder);
  return completeOrder(related, order);
}

/** How many rows an association has, by the owner's key. */
export function countBatch(association: Direct, where: object | undefined): Batch<number> {
  const all = conditions(association, where);
  if (association.kind !== 'manyToMany') {
    const { related, relatedKey } = association;
    return keyCountBatch(related, relatedKey, all);
  }
  const { join, owner, ownerKey, name } = association;
  if (join) return keyCountBatch(join.model, join.ownerKey, farWhere(join, all));
  const query = { owner, ownerKey, name, args: { where: { AND: all } } };
  return {
    text: stableText(['count', owner.name, name, all]),
    width: ownerKey.length,
    read: (client, keys) => countByRelation(client, query, keys),
  };
}

/** The conditions of an association's rows: those given and its rule's. */
function conditions({ rules }: Direct, where: object | undefined): readonly object[] {
  const given = where && Object.keys(where).length > 0 ? [where] : [];
  const rule = Object.entries(rules.where);
  return [...given, ...rule.map(([field, equals]) => ({ [field]: { equals } }))];
}

function keyBatch(query: KeyQuery): Batch<readonly Row[]> {
  const { model, fields, where, orderBy, limit } = query;
  return {
    text: stableText(['rows', model.name, fields, where, orderBy, limit]),
    width: fields.length,
    read: (client, keys) => rowsByKey(client, query, keys),
  };
}

function keyCountBatch(
  model: Model,
  fields: readonly string[],
  where: readonly object[],
): Batch<number> {
  return {
    text: stableText(['count', model.name, fields, where]),
    width: fields.length,
    read: (client, keys) => countByKey(client, { model, fields, where }, keys),
  };
}

interface RelationArgs {
  readonly where: readonly object[];
  readonly orderBy: readonly object[];
  readonly first: number | undefined;
}

function relationBatch(
  association: Direct,
  args: RelationArgs,
  limit?: number,
): Batch<readonly Row[]> {
  const { owner, ownerKey, related, name } = association;
  const join = association.kind === 'manyToMany' ? association.join : null;
  const query = {
    owner,
    ownerKey,
    related,
    name: join?.ownerField ?? name,
    args: join ? throughJoin(join, args) : relationArgs(args),
    far: join?.relatedField ?? null,
    limit,
  };
  return {
    text: stableText(['relation', owner.name, name, query.args, limit]),
    width: ownerKey.length,
    read: (client, keys) => rowsByRelation(client, query, keys),
  };
}

function relationArgs({ where, orderBy, first: take }: RelationArgs): object {
  return { where: { AND: where }, orderBy, take };
}

/** The arguments for the join rows: conditions and order are those of the far record. */
function throughJoin(join: Join, { where, orderBy, first }: RelationArgs) {
  const far = orderBy.map((order) => ({ [join.relatedField]: order }));
  const args = { where: farWhere(join, where), orderBy: far, first };
  return { ...relationArgs(args), select: { [join.relatedField]: true } };
}

function farWhere(join: Join, where: readonly object[]): readonly object[] {
  return where.map((condition) => ({ [join.relatedField]: condition }));
}
