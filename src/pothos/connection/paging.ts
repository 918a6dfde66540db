import type { Model, Order } from '../../model/model.ts';
import type { PageQuery } from '../../repo/read/page.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { InputLimits } from '../input-limits.ts';
import type { PageSize } from '../parts.ts';
import { readCursor } from './cursor.ts';
import { type OrderInput, readOrder } from '../filter/order-by.ts';
import { makeMeasure } from '../filter/measure.ts';
import { toPrismaWhere, type WhereInput } from '../filter/to-prisma-where.ts';

/** The arguments of a connection as GraphQL coerced them. */
export interface PagingArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly where?: WhereInput | null | undefined;
  readonly orderBy?: readonly OrderInput[] | null | undefined;
}

/** How the arguments are read. */
export interface PagingOptions {
  /** The order of the list unless another is asked for. */
  readonly order: readonly Order[];
  readonly limits: InputLimits;
  readonly pageSize: PageSize;
}

/**
 * Reads the arguments of a connection.
 * @throws GraphQLError BAD_USER_INPUT for first together with last, a size out of range, a cursor
 * or filter that cannot be read.
 */
export function readPaging(
  model: Model,
  args: PagingArgs,
  { order: standard, limits, pageSize }: PagingOptions,
): PageQuery {
  const { first, last } = args;
  if (isGiven(first) && isGiven(last)) {
    throw badUserInput(['last'], 'cannot stand together with first');
  }
  const order = readOrder(model, args.orderBy, limits, standard);
  const position = (name: 'after' | 'before') => {
    const cursor = args[name];
    const { maxCursor } = limits;
    return isGiven(cursor) ? readCursor(model, order, { cursor, path: [name], maxCursor }) : null;
  };
  return {
    list: {
      model,
      where: toPrismaWhere(model, args.where, ['where'], makeMeasure(limits)),
      order,
      after: position('after'),
      before: position('before'),
    },
    size: isGiven(last) ? readSize('last', last, pageSize) : readSize('first', first, pageSize),
    fromEnd: isGiven(last),
  };
}

/**
 * Reads a number of rows that has no upper limit; undefined for none given.
 * @throws GraphQLError BAD_USER_INPUT when it is negative.
 */
export function readFirst(first: number | null | undefined): number | undefined {
  if (!isGiven(first)) return undefined;
  if (first < 0) throw badUserInput(['first'], `is negative: ${first}`);
  return first;
}

function readSize(
  name: string,
  size: number | null | undefined,
  { standard, max }: PageSize,
): number {
  if (!isGiven(size)) return standard;
  if (size < 0) throw badUserInput([name], `is negative: ${size}`);
  if (size > max) {
    throw badUserInput([name], `is ${size}: at most ${max}. Page on with a cursor.`);
  }
  return size;
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
