import type { Key } from '../../model/key.ts';
import type { Join, Model } from '../../model/model.ts';
import { keyText, type Value } from '../../model/value.ts';
import { delegate, type Delegates, loadStrategy } from '../delegate.ts';
import { giveWay } from '../give-way.ts';
import { type Columns, selectAll, selectOf, rowReader, type Row } from '../row.ts';

/** Rows of a model, looked up by the values of some of its fields. */
export interface KeyQuery {
  readonly model: Model;
  readonly fields: readonly string[];
  readonly where: readonly object[];
  readonly orderBy: readonly object[];
  /** Rows at most, over all keys. */
  readonly most?: number | undefined;
}

/** Rows of a model, read through the rows of a join model. */
export interface JoinQuery {
  readonly join: Join;
  readonly related: Model;
  /** Of the join rows, as is the order. */
  readonly where: readonly object[];
  readonly orderBy: readonly object[];
}

/** Rows of a model, read as a relation of their owner, which has Prisma's name. */
export interface RelationQuery {
  readonly owner: Model;
  readonly ownerKey: readonly string[];
  readonly related: Model;
  readonly name: string;
  readonly where: readonly object[];
  readonly orderBy: readonly object[];
  /** Rows at most for each owner. */
  readonly first: number | undefined;
  /** The field that leads on from a join row; null where the relation is direct. */
  readonly far: string | null;
  /** Rows at most, over all owners: those of the lowest key first. */
  readonly most?: number | undefined;
}

/** How much is read of what matches. */
export interface ReadExtent {
  /** Rows; a read may bring one more, which shows that there are more. */
  readonly limit: number;
  /** At least one. */
  readonly columns: Columns;
}

/**
 * Reads the rows of each key, `limit` and one more at most: one statement. The columns are to hold
 * those of the key.
 */
export async function rowsByKey(
  client: Delegates,
  { model, fields, where, orderBy, most = limitless }: KeyQuery,
  keys: readonly Key[],
  { limit, columns }: ReadExtent,
): Promise<readonly (readonly Row[])[]> {
  const records = await delegate(client, model).findMany({
    where: { AND: [...where, keysWhere(fields, keys)] },
    orderBy,
    ...take(Math.min(most, limit + 1)),
    ...selectOf(columns),
  });
  const read = rowReader(model, columns);
  return group(keys, records, (record) => {
    const row = read(record);
    return [rowKey(fields, row), row];
  });
}

/** Reads the far rows of each owner's join rows, `limit` and one more at most: one statement. */
export async function rowsByJoin(
  client: Delegates,
  { join, related, where, orderBy }: JoinQuery,
  keys: readonly Key[],
  { limit, columns }: ReadExtent,
): Promise<readonly (readonly Row[])[]> {
  const { model, ownerKey, relatedField } = join;
  const records = await delegate(client, model).findMany({
    where: { AND: [...where, keysWhere(ownerKey, keys)] },
    orderBy,
    ...take(limit + 1),
    ...loadStrategy(client, strategyFor(related)),
    select: { ...selectAll(ownerKey), [relatedField]: columns ? selectOf(columns) : true },
  });
  const read = rowReader(related, columns);
  return group(keys, records, (record) => {
    const [far = {}] = rowList(record[relatedField]);
    return [rowKey(ownerKey, record), read(far)];
  });
}

/**
 * Reads the rows of each owner as its relation: one statement with a LATERAL join, so that a `take`
 * bounds what each owner costs. Prisma's other strategy reads all rows, in statements of their own,
 * and cuts in memory; but the join brings rows as JSON, where a decimal loses digits.
 */
export async function rowsByRelation(
  client: Delegates,
  { owner, ownerKey, related, name, where, orderBy, first, far, most }: RelationQuery,
  keys: readonly Key[],
  { limit, columns }: ReadExtent,
): Promise<readonly (readonly Row[])[]> {
  const args = {
    where: { AND: where },
    orderBy,
    ...take(first ?? limit + 1),
    ...(far === null
      ? selectOf(columns)
      : { select: { [far]: columns ? selectOf(columns) : true } }),
  };
  const owners = await delegate(client, owner).findMany({
    where: keysWhere(ownerKey, keys),
    ...loadStrategy(client, strategyFor(related)),
    select: { ...selectAll(ownerKey), [name]: args },
    ...(most !== undefined && { orderBy: ownerKey.map((field) => ({ [field]: 'asc' })) }),
  });
  const found = new Map<string, readonly Row[]>();
  const read = rowReader(related, columns);
  let left = most ?? limitless;
  for (const record of owners) {
    const near = rowList(record[name]);
    const rows = far === null ? near : near.flatMap((row) => rowList(row[far]));
    const plain = rows.slice(0, left).map(read);
    left -= plain.length;
    found.set(rowKey(ownerKey, record), plain);
  }
  return keys.map((key) => found.get(keyText(key)) ?? []);
}

/** What `countByRelation` counts: `args` are Prisma's. */
export type RelationCountQuery = Pick<RelationQuery, 'owner' | 'ownerKey' | 'name'> & {
  readonly args: object;
};

/** Counts the rows of each key: one statement. */
export async function countByKey(
  client: Delegates,
  { model, fields, where }: Omit<KeyQuery, 'orderBy' | 'most'>,
  keys: readonly Key[],
): Promise<readonly number[]> {
  const groups = await delegate(client, model).groupBy({
    by: fields,
    where: { AND: [...where, keysWhere(fields, keys)] },
    _count: { _all: true },
  });
  const found = new Map(groups.map((row) => [rowKey(fields, row), readCount(row, '_all')]));
  return keys.map((key) => found.get(keyText(key)) ?? 0);
}

/**
 * Counts the rows of each owner's relation: one statement, also where the join table is Prisma's
 * own.
 */
export async function countByRelation(
  client: Delegates,
  { owner, ownerKey, name, args }: RelationCountQuery,
  keys: readonly Key[],
): Promise<readonly number[]> {
  const owners = await delegate(client, owner).findMany({
    where: keysWhere(ownerKey, keys),
    ...loadStrategy(client, 'join'),
    select: { ...selectAll(ownerKey), _count: { select: { [name]: args } } },
  });
  const found = new Map(owners.map((row) => [rowKey(ownerKey, row), readCount(row, name)]));
  return keys.map((key) => found.get(keyText(key)) ?? 0);
}

/** The greatest value of a field among the rows of each key; null where there is none: one statement. */
export async function greatestByKey(
  client: Delegates,
  { model, fields, field }: { model: Model; fields: readonly string[]; field: string },
  keys: readonly Key[],
): Promise<readonly Value[]> {
  const groups = await delegate(client, model).groupBy({
    by: fields,
    where: keysWhere(fields, keys),
    _max: { [field]: true },
  });
  const found = new Map(groups.map((row) => [rowKey(fields, row), partOf(row, '_max', field)]));
  return keys.map((key) => found.get(keyText(key)) ?? null);
}

/** The condition that the values of some fields are one of the keys. */
export function keysWhere(fields: readonly string[], keys: readonly Key[]): object {
  const [field] = fields;
  if (fields.length === 1 && field !== undefined) {
    return { [field]: { in: keys.map(([value]) => value) } };
  }
  return { OR: keys.map((key) => Object.fromEntries(fields.map((name, i) => [name, key[i]]))) };
}

/** The key that some fields of a row are, as text. */
export function rowKey(fields: readonly string[], row: Row): string {
  return keyText(fields.map((name) => row[name] ?? null));
}

function strategyFor({ fields }: Model): 'query' | 'join' {
  return [...fields.values()].some(({ type }) => type === 'Decimal') ? 'query' : 'join';
}

const limitless = Number.POSITIVE_INFINITY;

const take = (count: number): object => (count === limitless ? {} : { take: count });

/** Records by their keys, in the order of the keys. The client has just made them, in one piece. */
export async function group(
  keys: readonly Key[],
  records: readonly Row[],
  read: (record: Row) => readonly [key: string, row: Row],
): Promise<readonly (readonly Row[])[]> {
  await giveWay(records.length);
  const found = new Map<string, Row[]>();
  for (const record of records) {
    const [key, row] = read(record);
    const rows = found.get(key);
    if (rows) rows.push(row);
    else found.set(key, [row]);
  }
  return keys.map((key) => found.get(keyText(key)) ?? []);
}

/** A relation as a list: a to-one relation is a list of one or none. */
export function rowList(value: Value | undefined): readonly Row[] {
  if (Array.isArray(value)) return value.flatMap(rowList);
  return isRow(value) ? [value] : [];
}

function isRow(value: Value | undefined): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readCount(row: Row, name: string): number {
  const count = partOf(row, '_count', name);
  return typeof count === 'number' ? count : 0;
}

function partOf(row: Row, aggregate: string, name: string): Value {
  const parts = row[aggregate];
  return (isRow(parts) ? parts[name] : null) ?? null;
}
