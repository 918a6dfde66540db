import type { DirectAssociation, Model } from '../../model/model.ts';
import {
  type Batch,
  farWhere,
  joinBatch,
  keyBatch,
  keyCountBatch,
  lockedBatch,
  relationBatch,
  uncounted,
} from './batch.ts';
import { countByRelation } from './batch-queries.ts';
import { completeOrder, toPrismaOrder, totalOrder } from './order-by.ts';
import {
  beyond,
  bounds,
  cutPage,
  type ListQuery,
  type Page,
  pageOrder,
  type PageQuery,
  withPlace,
} from './page.ts';
import type { Locks, LockStrength } from '../lock/row-locks.ts';
import type { Plain } from './plain-query.ts';
import type { Row } from '../row.ts';
import { stableText } from '../stable-text.ts';

/** What may be said of an association's list, in Prisma's words. */
export interface ListArgs {
  readonly where?: object | undefined;
  /** The association's own order unless given; the primary key always comes last. */
  readonly orderBy?: readonly object[] | undefined;
  /** Rows at most for each owner; all unless given. */
  readonly first?: number | undefined;
  /**
   * How the rows are locked as they are read, if the loaders have locks and nobody else holds them.
   * Only of a list that is said no more of, and not of a many_to_many.
   */
  readonly lock?: LockStrength | undefined;
}

/** The rows of a model by a unique key. */
export function recordBatch(model: Model, fields: readonly string[]): Batch<readonly Row[]> {
  return keyBatch({ model, fields, where: [], orderBy: [] }, { equals: {}, order: [] });
}

/** The rows of an association by the owner's key. */
export function associationBatch(
  association: DirectAssociation,
  { where, orderBy, first, lock: strength }: ListArgs,
  locks?: Locks,
): Batch<readonly Row[]> {
  const { related: model, relatedKey: fields, rules } = association;
  if (locks && strength && association.kind !== 'manyToMany') {
    const { where: equals, preloadOrder: order } = rules;
    return lockedBatch({ model, fields, equals, order, strength, locks });
  }
  const all = conditions(association, where);
  const order = orderOf(association, orderBy);
  const plain = plainOf(association, where, orderBy);
  if (association.cardinality === 'one') {
    return keyBatch({ model, fields, where: all, orderBy: order }, plain);
  }
  if (first !== undefined) {
    return relationBatch(association, { where: all, orderBy: order, first });
  }
  if (association.kind !== 'manyToMany') {
    return keyBatch({ model, fields, where: all, orderBy: order }, plain);
  }
  const { join } = association;
  return join
    ? joinBatch(association, join, { where: all, orderBy: order })
    : relationBatch(association, { where: all, orderBy: order, first });
}

/**
 * The rows of an association by the owner's key, `most` over all owners: those of the lowest key
 * first.
 */
export function limitedBatch(
  association: DirectAssociation,
  { where, orderBy }: ListArgs,
  most: number,
): Batch<readonly Row[]> {
  const { related: model, relatedKey: fields } = association;
  const args = {
    where: conditions(association, where),
    orderBy: orderOf(association, orderBy),
    most,
  };
  return association.cardinality === 'one'
    ? keyBatch({ model, fields, ...args })
    : relationBatch(association, { ...args, first: most });
}

/**
 * The order that is asked for; else, of a list, the association's own. The primary key comes last.
 */
function orderOf(
  { cardinality, related, rules }: DirectAssociation,
  given: readonly object[] = [],
): readonly object[] {
  const isOne = cardinality === 'one';
  if (isOne && given.length === 0) return [];
  const order = given.length > 0 ? given : toPrismaOrder(rules.preloadOrder);
  return completeOrder(related, order);
}

/** What an association's own condition and order are without Prisma's words, if no other is given. */
function plainOf(
  { cardinality, related, rules }: DirectAssociation,
  where: object | undefined,
  orderBy: readonly object[] = [],
): Plain | undefined {
  if (isGiven(where) || orderBy.length > 0) return undefined;
  const order = cardinality === 'one' ? [] : totalOrder(related, rules.preloadOrder);
  return { equals: rules.where, order };
}

/** A page of an association's list by the owner's key. */
export function pageBatch(association: DirectAssociation, query: PageQuery): Batch<Page> {
  const { list, ...cut } = query;
  const batch = relationBatch(association, {
    where: [...conditions(association, list.where), ...bounds(list)],
    orderBy: pageOrder(list, cut),
    first: cut.size + 1,
  });
  return {
    ...batch,
    text: `page ${String(cut.fromEnd)} ${batch.text}`,
    most: (keys) => keys * cut.size,
    rowsOf: ({ rows }) => rows.length,
    async read(client, keys, { limit, columns }) {
      const wanted = columns && withPlace(list, columns);
      const found = await batch.read(client, keys, { limit, columns: wanted });
      return found.map((rows) => cutPage(rows, cut));
    },
  };
}

/** Whether an association's list has rows outside of a part of it, by the owner's key. */
export function outsideBatch(
  association: DirectAssociation,
  list: ListQuery,
  side: 'start' | 'end',
): Batch<boolean> | null {
  const condition = beyond(list, side);
  if (condition === null) return null;
  const where = [...conditions(association, list.where), condition];
  const batch = relationBatch(association, { where, orderBy: [], first: 1 });
  return {
    ...batch,
    text: `outside ${batch.text}`,
    ...uncounted,
    async read(client, keys, { limit }) {
      const found = await batch.read(client, keys, {
        limit,
        columns: association.related.primaryKey,
      });
      return found.map((rows) => rows.length > 0);
    },
  };
}

/** How many rows an association has, by the owner's key. */
export function countBatch(
  association: DirectAssociation,
  where: object | undefined,
): Batch<number> {
  const all = conditions(association, where);
  if (association.kind !== 'manyToMany') {
    const { related, relatedKey } = association;
    return keyCountBatch(related, relatedKey, all);
  }
  const { join, owner, ownerKey, name } = association;
  if (join) return keyCountBatch(join.model, join.ownerKey, farWhere(join, all));
  const query = { owner, ownerKey, name, args: { where: { AND: all } } };
  return {
    ...uncounted,
    text: stableText(['count', owner.name, name, all]),
    width: ownerKey.length,
    read: (client, keys) => countByRelation(client, query, keys),
  };
}

/** The conditions of an association's rows: those given and its rule's. */
function conditions({ rules }: DirectAssociation, where: object | undefined): readonly object[] {
  const given = isGiven(where) ? [where] : [];
  const rule = Object.entries(rules.where);
  return [...given, ...rule.map(([field, equals]) => ({ [field]: { equals } }))];
}

function isGiven(where: object | undefined): where is object {
  return where !== undefined && Object.keys(where).length > 0;
}
