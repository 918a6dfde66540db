import type { Model } from '../model/model.ts';
import { valueAt } from './errors/constraint-violation.ts';
import { answered } from './errors/database-fault.ts';
import type { Row } from './row.ts';

/** A Prisma client of any schema, or one of its transactions. */
export interface Delegates {
  $queryRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>;
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<number>;
}

/**
 * A transaction whose raw statements go to the database without Prisma's client, in the order in which
 * they are called: one need not wait for the answer to another.
 */
export interface Direct extends Delegates {
  /** The same transaction as Prisma's client gives it, lent once a call is awaited. */
  readonly [LENT]: object;
}

/** Where a direct transaction has its Prisma client: no model has a symbol for its name. */
export const LENT: unique symbol = Symbol('prisma-assoc lent');

/** Whether a transaction is a direct one. */
export function isDirect(tx: Delegates): tx is Direct {
  return LENT in tx;
}

/** The Prisma client of a transaction, as functions of a user's get it. */
export function toPrisma(tx: Delegates): object {
  return isDirect(tx) ? tx[LENT] : tx;
}

/** How many rows a statement touched. */
interface BatchCount {
  readonly count: number;
}

/**
 * What a Prisma client offers for one model, without its generated types: the arguments are
 * Prisma's. Rows come as Prisma gives them; `rowReader` makes them plain.
 */
export interface Delegate {
  findMany(args?: object): Promise<readonly Row[]>;
  count(args?: object): Promise<number>;
  groupBy(args: object): Promise<readonly Row[]>;
  create(args: object): Promise<Row>;
  createMany(args: object): Promise<BatchCount>;
  createManyAndReturn(args: object): Promise<readonly Row[]>;
  update(args: object): Promise<Row>;
  updateMany(args: object): Promise<BatchCount>;
  updateManyAndReturn(args: object): Promise<readonly Row[]>;
  delete(args: object): Promise<Row>;
  deleteMany(args?: object): Promise<BatchCount>;
}

/**
 * The client's delegate of a model, of which each call has an answer or an error; see `answered`.
 * @throws Error when the client was generated from a schema without the model.
 */
export function delegate(client: Delegates, model: Model): Delegate {
  const name = delegateName(model);
  // The one cast of the repo: a client is generated with a property for each model, typed for that
  // model alone; here they are reached by name.
  const delegates = toPrisma(client) as { readonly [name: string]: Delegate };
  const found = delegates[name];
  if (found === undefined) {
    throw new Error(
      `cannot read ${model.name}: the Prisma client has no "${name}". Generate it from the schema that holds the model.`,
    );
  }
  return new Proxy(found, {
    get(target, method) {
      const call: unknown = Reflect.get(target, method);
      if (typeof call !== 'function') return call;
      return async (...args: unknown[]) =>
        answered<unknown>(await Reflect.apply(call, target, args));
    },
  });
}

/**
 * Whether an extension of the client (`$extends`) has its say when rows of a model are written: also if
 * that cannot be found out, since Prisma has no public way to ask.
 */
export function isExtended(client: Delegates, model: Model): boolean {
  const extensions = valueAt(toPrisma(client), '_extensions');
  const callbacks = valueAt(extensions, 'getAllQueryCallbacks');
  if (typeof callbacks !== 'function') return true;
  return writeMethods.some((method) => {
    const found: unknown = Reflect.apply(callbacks, extensions, [delegateName(model), method]);
    return !Array.isArray(found) || found.length > 0;
  });
}

const writeMethods = ['create', 'createMany', 'update', 'updateMany', 'delete', 'deleteMany'];

/** Whether a client is as it was made, without any extension. */
export function isPlain(client: Delegates): boolean {
  const extensions = valueAt(client, '_extensions');
  const isEmpty = valueAt(extensions, 'isEmpty');
  return typeof isEmpty === 'function' && Reflect.apply(isEmpty, extensions, []) === true;
}

/**
 * Names how Prisma is to load relations, to a client that can be told: the argument exists under the
 * preview feature `relationJoins` alone. Without it each level costs a statement of its own.
 */
export function loadStrategy(client: Delegates, strategy: 'query' | 'join'): object {
  const features = valueAt(valueAt(toPrisma(client), '_engineConfig'), 'previewFeatures');
  const canJoin = Array.isArray(features) && features.includes('relationJoins');
  return canJoin ? { relationLoadStrategy: strategy } : {};
}

function delegateName({ name }: Model): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
