import type { Key } from '../../model/key.ts';
import type { DirectAssociation, Join, Model } from '../../model/model.ts';
import type { Delegates } from '../delegate.ts';
import {
  countByKey,
  countByRelation,
  type KeyQuery,
  type ReadExtent,
  type RelationQuery,
  rowsByJoin,
  rowsByKey,
  rowsByRelation,
} from './batch-queries.ts';
import { type LockedQuery, lockRowsByKey } from './locked-rows.ts';
import { isUnique, type Plain, plainRowsByKey } from './plain-query.ts';
import type { Row } from '../row.ts';
import { stableText } from '../stable-text.ts';
import { directReaderOf } from '../transaction/direct-transaction.ts';

/** A read of many keys at once. Batches of one `text` are the same read. */
export interface Batch<Result> {
  readonly text: string;
  /** Fields of a key. */
  readonly width: number;
  /** Columns that its rows have whatever is asked for. */
  readonly keyColumns?: readonly string[];
  /** Rows of so many keys at most that count, Infinity where there may be any number. */
  readonly most: (keys: number) => number;
  /** Whether `read` asks the database for hardly more rows than its limit. */
  readonly heedsLimit: boolean;
  /** How many rows of a result count. */
  readonly rowsOf: (result: Result) => number;
  /** Counts the rows, where the database cannot be asked for so many of all keys together. */
  readonly countFirst?: (client: Delegates, keys: readonly Key[]) => Promise<number>;
  /** Reads what is there of the keys. */
  readonly read: (
    client: Delegates,
    keys: readonly Key[],
    extent: ReadExtent,
  ) => Promise<readonly Result[]>;
}

/** A number takes no row. */
export const uncounted = { most: () => 0, heedsLimit: false, rowsOf: () => 0 } as const;

const limitless = Number.POSITIVE_INFINITY;

const rowsOf = (rows: readonly Row[]) => rows.length;

/**
 * The rows of a model by some of its fields. `plain` is the same condition and order without Prisma's
 * words: a client that can read so does.
 */
export function keyBatch(query: KeyQuery, plain?: Plain): Batch<readonly Row[]> {
  const { model, fields, where, orderBy, most } = query;
  return {
    text: stableText(['rows', model.name, fields, where, orderBy, most]),
    width: fields.length,
    keyColumns: fields,
    most: (keys) => most ?? (isUnique(model, fields) ? keys : limitless),
    heedsLimit: true,
    rowsOf,
    read(client, keys, extent) {
      const reader = plain && directReaderOf(client);
      return reader
        ? plainRowsByKey(reader, { model, fields, ...plain }, keys, extent)
        : rowsByKey(client, query, keys, extent);
    },
  };
}

/** The same, which locks them. */
export function lockedBatch(query: LockedQuery): Batch<readonly Row[]> {
  const { model, fields, equals, order, strength } = query;
  return {
    ...keyBatch({ model, fields, where: [], orderBy: [] }),
    text: stableText(['locked', model.name, fields, equals, order, strength]),
    read: (client, keys, { limit }) => lockRowsByKey(client, query, keys, limit),
  };
}

/** How many rows of a model there are by some of its fields. */
export function keyCountBatch(
  model: Model,
  fields: readonly string[],
  where: readonly object[],
): Batch<number> {
  return {
    ...uncounted,
    text: stableText(['count', model.name, fields, where]),
    width: fields.length,
    read: (client, keys) => countByKey(client, { model, fields, where }, keys),
  };
}

/** Which rows of a relation, and how many of each owner or of all. */
interface RelationArgs {
  readonly where: readonly object[];
  readonly orderBy: readonly object[];
  readonly first?: number | undefined;
  readonly most?: number | undefined;
}

/** Whole lists through a join model: its rows, each with the far one. */
export function joinBatch(
  { owner, ownerKey, related, name }: DirectAssociation,
  join: Join,
  args: RelationArgs,
): Batch<readonly Row[]> {
  const { where, orderBy } = throughJoin(join, args);
  const query = { join, related, where, orderBy };
  return {
    text: stableText(['join', owner.name, name, where, orderBy]),
    width: ownerKey.length,
    most: () => limitless,
    heedsLimit: true,
    rowsOf,
    read: (client, keys, extent) => rowsByJoin(client, query, keys, extent),
  };
}

/** Lists of which every owner's is cut short, or whole ones of Prisma's implicit join table. */
export function relationBatch(
  association: DirectAssociation,
  args: RelationArgs,
): Batch<readonly Row[]> {
  const { owner, ownerKey, related, name } = association;
  const join = association.kind === 'manyToMany' ? association.join : null;
  const { where, orderBy } = join ? throughJoin(join, args) : args;
  const query: RelationQuery = {
    owner,
    ownerKey,
    related,
    name: join?.ownerField ?? name,
    where,
    orderBy,
    first: args.first,
    far: join?.relatedField ?? null,
    most: args.most,
  };
  const counted = { owner, ownerKey, name, args: { where: { AND: where } } };
  return {
    text: stableText(['relation', owner.name, name, where, orderBy, args.first, args.most]),
    width: ownerKey.length,
    most: (keys) => args.most ?? keys * (args.first ?? limitless),
    heedsLimit: args.first === undefined,
    rowsOf,
    ...(args.first === undefined && {
      countFirst: async (client, keys) =>
        (await countByRelation(client, counted, keys)).reduce((sum, count) => sum + count, 0),
    }),
    read: (client, keys, extent) => rowsByRelation(client, query, keys, extent),
  };
}

/** The arguments for the join rows: conditions and order are those of the far record. */
function throughJoin(join: Join, { where, orderBy }: RelationArgs): RelationArgs {
  const far = orderBy.map((order) => ({ [join.relatedField]: order }));
  return { where: farWhere(join, where), orderBy: far };
}

/** Conditions on the far record as conditions on the join rows. */
export function farWhere(join: Join, where: readonly object[]): readonly object[] {
  return where.map((condition) => ({ [join.relatedField]: condition }));
}
