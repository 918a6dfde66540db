import type { InputRef, OutputRef, SchemaTypes } from '@pothos/core';
import type { InputLimits } from './input-limits.ts';
import type { LazyScalar, PageSize } from './parts.ts';
import type { RequestOptions } from './request-parts.ts';

/** What a kit takes of its user's schema, and where it finds what it needs of a request. */
export interface KitOptions<
  Types extends SchemaTypes,
  Name extends string = string,
> extends RequestOptions<Types['Context']> {
  /**
   * The builder's own scalars, by name: for moments, whose values are Date, any JSON, integers of 64
   * bits (bigint), decimals (text) and bytes (Uint8Array). Default the kit adds DateTime and JSON,
   * and of the others those that a column is shown of.
   */
  readonly scalars?: {
    readonly [kind in 'DateTime' | 'JSON' | LazyScalar]?: keyof Types['Scalars'] & string;
  };
  /** Other names for types that the kit makes: `{ PageInfo: 'AssocPageInfo' }`. */
  readonly names?: { readonly [type: string]: string };
  /** Rows of a connection's page: unless a client says how many (20), and at most (100). */
  readonly pageSize?: Partial<PageSize>;
  /**
   * The table that keeps idempotency keys, with its schema or without. Default none: then no
   * mutation takes a key.
   */
  readonly idempotencyTable?: string;
  /** The builder's own enum types, by the enum's name. Default the kit's. */
  readonly enums?: { readonly [name: string]: InputRef & OutputRef };
  /** The most that a client may send in one place. Default `standardInputLimits`. */
  readonly inputLimits?: Partial<InputLimits>;
  /**
   * Whether the types that `object` makes are Nodes, with a nodeId. Default true; false for a builder
   * that has a Node of its own.
   */
  readonly nodes?: boolean;
  /** The builder's own object types, by model. Default the kit's, which `object` gives fields. */
  readonly objects?: { readonly [name in Name]?: OutputRef };
}
