import { type Key, pick } from '../../model/key.ts';
import type { Model } from '../../model/model.ts';
import { keyText, type Value } from '../../model/value.ts';
import { delegate, type Delegates } from '../delegate.ts';
import { toRow, type Row } from '../row.ts';

/** Rows of a model, looked up by the values of some of its fields. */
export interface KeyQuery {
  readonly model: Model;
  readonly fields: readonly string[];
  readonly where: readonly object[];
  readonly orderBy: readonly object[];
  /** Rows at most, over all keys. */
  readonly limit?: number | undefined;
}

/**
 * Rows of a model, read as a relation of their owner. `name`, `args` and `far` are Prisma's names
 * for it.
 */
export interface RelationQuery {
  readonly owner: Model;
  readonly ownerKey: readonly string[];
  readonly related: Model;
  readonly name: string;
  readonly args: object;
  /** The field that leads on from a join row; null where the relation is direct. */
  readonly far: string | null;
  /** Rows at most, over all owners: those of the lowest key first. */
  readonly limit?: number | undefined;
}

/** Reads the rows of each key: one statement. */
export async function rowsByKey(
  client: Delegates,
  { model, fields, where, orderBy, limit: take }: KeyQuery,
  keys: readonly Key[],
): Promise<readonly (readonly Row[])[]> {
  const records = await delegate(client, model).findMany({
    where: { AND: [...where, keysWhere(fields, keys)] },
    orderBy,
    ...(take !== undefined && { take }),
  });
  const found = new Map<string, Row[]>();
  for (const record of records) {
    const row = toRow(model, record);
    const key = rowKey(fields, row);
    const rows = found.get(key);
    if (rows) rows.push(row);
    else found.set(key, [row]);
  }
  return keys.map((key) => found.get(keyText(key)) ?? []);
}

/**
 * Reads the rows of each owner as its relation: one statement with a LATERAL join, so that a `take`
 * bounds what each owner costs. Prisma's other strategy reads all rows, in statements of their own,
 * and cuts in memory; but the join brings rows as JSON, where a decimal loses digits.
 */
export async function rowsByRelation(
  client: Delegates,
  { owner, ownerKey, related, name, args, far, limit }: RelationQuery,
  keys: readonly Key[],
): Promise<readonly (readonly Row[])[]> {
  const owners = await delegate(client, owner).findMany({
    where: keysWhere(ownerKey, keys),
    relationLoadStrategy: hasDecimals(related) ? 'query' : 'join',
    select: { ...selectAll(ownerKey), [name]: args },
    ...(limit !== undefined && {
      orderBy: ownerKey.map((field) => ({ [field]: 'asc' })),
    }),
  });
  const found = new Map<string, readonly Row[]>();
  let left = limit ?? Infinity;
  for (const record of owners) {
    const near = rowList(record[name]);
    const rows = far === null ? near : near.flatMap((row) => rowList(row[far]));
    const plain = rows.slice(0, left).map((row) => toRow(related, row));
    left -= plain.length;
    found.set(rowKey(ownerKey, record), plain);
  }
  return keys.map((key) => found.get(keyText(key)) ?? []);
}

/** Counts the rows of each key: one statement. */
export async function countByKey(
  client: Delegates,
  { model, fields, where }: Omit<KeyQuery, 'orderBy' | 'limit'>,
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
  { owner, ownerKey, name, args }: Omit<RelationQuery, 'related' | 'far' | 'limit'>,
  keys: readonly Key[],
): Promise<readonly number[]> {
  const owners = await delegate(client, owner).findMany({
    where: keysWhere(ownerKey, keys),
    relationLoadStrategy: 'join',
    select: { ...selectAll(ownerKey), _count: { select: { [name]: args } } },
  });
  const found = new Map(owners.map((row) => [rowKey(ownerKey, row), readCount(row, name)]));
  return keys.map((key) => found.get(keyText(key)) ?? 0);
}

function keysWhere(fields: readonly string[], keys: readonly Key[]): object {
  const [field] = fields;
  if (fields.length === 1 && field !== undefined) {
    return { [field]: { in: keys.map(([value]) => value) } };
  }
  const alternatives = keys.map((key) =>
    Object.fromEntries(fields.map((name, i) => [name, key[i]])),
  );
  return { OR: alternatives };
}

function rowKey(fields: readonly string[], row: Row): string {
  return keyText(Object.values(pick(row, fields)));
}

function hasDecimals({ fields }: Model): boolean {
  return [...fields.values()].some(({ type }) => type === 'Decimal');
}

function selectAll(fields: readonly string[]): object {
  return Object.fromEntries(fields.map((field) => [field, true]));
}

/** A relation as a list: a to-one relation is a list of one or none. */
function rowList(value: Value | undefined): readonly Row[] {
  if (Array.isArray(value)) return value.flatMap(rowList);
  return isRow(value) ? [value] : [];
}

function isRow(value: Value | undefined): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readCount(row: Row, name: string): number {
  const counts = row['_count'];
  const count = isRow(counts) ? counts[name] : undefined;
  return typeof count === 'number' ? count : 0;
}
