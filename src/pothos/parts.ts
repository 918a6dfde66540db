import type { Policy } from '../mutation/authorize.ts';
import type { MutationLimits } from '../mutation/mutate.ts';
import type { Watch } from '../mutation/touched.ts';
import type { Channel } from '../repo/channel/channel.ts';
import type { WriteWay } from '../repo/write/write-way.ts';
import type { Domain } from '../domain/domain.ts';
import type { Model } from '../model/model.ts';
import type { Result, Success } from '../mutation/request.ts';
import type { Delegates } from '../repo/delegate.ts';
import type { Loaders } from '../repo/read/loaders.ts';
import type { Row } from '../repo/row.ts';
import type { RetryReason } from '../repo/errors/backoff.ts';
import type { Turns } from '../repo/transaction/turns.ts';
import type { Builder, EnumType, KitTypes } from './builder.ts';
import type { InputLimits } from './input-limits.ts';

/** The GraphQL type of a column, which also decides how it is filtered. */
export type ColumnKind = SchemaScalar | LazyScalar | 'Enum';

/** The scalars that every schema has. */
type SchemaScalar = 'ID' | 'String' | 'Int' | 'Float' | 'Boolean' | 'DateTime' | 'JSON';

/** The scalars that a schema has where a column of them is shown. */
export type LazyScalar = 'BigInt' | 'Decimal' | 'Bytes';

/** Rows of a connection's page: unless a client says how many, and at most. */
export interface PageSize {
  readonly standard: number;
  readonly max: number;
}

/** What the makers of a kit's types and fields share. */
export interface Parts extends RequestParts {
  readonly builder: Builder;
  readonly domain: Domain;
  readonly inputLimits: InputLimits;
  /** The user's object types, by model name. */
  readonly objects: { readonly [model: string]: ObjectType | undefined };
  /** The schema's names of the scalars, GraphQL's own among them. */
  readonly scalars: { readonly [kind in SchemaScalar]: kind } & {
    readonly [kind in LazyScalar]?: kind;
  };
  /** The user's enum types, by the enum's name. */
  readonly enums: { readonly [name: string]: EnumType | undefined };
  /** Whether the schema has an object type of a model. */
  readonly isShown: (model: Model) => boolean;
  /** Whether that type is a Node. */
  readonly isNode: (model: Model) => boolean;
  /** The name in the schema of a type that the kit makes. */
  readonly typeName: (name: string) => string;
  /** What is made once under a name, when it is first asked for; `make` takes its `typeName`. */
  readonly named: <T>(name: string, make: (typeName: string) => T) => T;
  readonly pageSize: PageSize;
  /** The table of the idempotency keys; null where there is none. */
  readonly idempotencyTable: string | null;
  /** What subscriptions watch, by model. */
  readonly watches: Map<Model, Watch>;
}

/** What a kit needs of a request, read from its context. */
export interface RequestParts {
  readonly client: (context: object) => Delegates;
  /** The request's own; a write clears them. */
  readonly loaders: (context: object) => Loaders;
  /** Lets the request read on with loaders that have read nothing, within limits of their own. */
  readonly renewLoaders: (context: object) => void;
  /** Over which processes tell each other of writes; undefined where they do not. */
  readonly channel: (context: object) => Channel | undefined;
  readonly limits: (context: object) => MutationLimits;
  /** Who waits for the locks of others has a turn here. */
  readonly lockTurns: (context: object) => Turns;
  readonly writeWay: (context: object) => WriteWay;
  /** Once aborted, nothing more is begun for the request. */
  readonly signal: (context: object) => AbortSignal | undefined;
  readonly policy: Policy<object>;
  readonly idempotencyOwner: (context: object) => string | null | undefined;
  /** Called once a mutation has been kept. */
  readonly onWrite: (context: object, success: Success) => void;
  /** Told how each mutation has ended. */
  readonly onResult: (context: object, result: Result) => void;
  /** Told of each attempt of a mutation after the first. */
  readonly onRetry: (context: object, reason: RetryReason) => void;
  /** Told what an afterCommit throws. */
  readonly onError: ((context: object, error: unknown) => void) | undefined;
}

/** The object type of a model, backed by the plain row. */
export type ObjectType = PothosSchemaTypes.ImplementableObjectRef<KitTypes, Row>;

/**
 * The object type of a model: the user's, else one of the model's name. Its fields are given to it
 * elsewhere, so that types that refer to each other need not know of each other.
 */
export function objectOf({ builder, objects, named }: Parts, { name }: Model): ObjectType {
  // Two types of one name are for the builder to refuse.
  return objects[name] ?? named(`record ${name}`, () => builder.objectRef<Row>(name));
}

/** The names of the scalars where the user has no others. */
export const graphqlScalars: Parts['scalars'] = {
  ID: 'ID',
  String: 'String',
  Int: 'Int',
  Float: 'Float',
  Boolean: 'Boolean',
  DateTime: 'DateTime',
  JSON: 'JSON',
};

/** The sizes of a page where no others are set. */
export const standardPageSize: PageSize = { standard: 20, max: 100 };
