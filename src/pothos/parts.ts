import type { MutationLimits } from '../mutation/mutate.ts';
import type { WriteWay } from '../repo/write/write-way.ts';
import type { Domain } from '../mutation/domain.ts';
import type { Model } from '../model/model.ts';
import type { Loaders } from '../repo/read/loaders.ts';
import type { Row } from '../repo/row.ts';
import type { TransactionClient } from '../repo/transaction/transaction.ts';
import type { Builder, KitTypes } from './builder.ts';

/** The GraphQL type of a column, which also decides how it is filtered. */
export type ColumnKind = 'ID' | 'String' | 'Int' | 'Float' | 'Boolean' | 'DateTime';

/** What the makers of a kit's types and fields share. */
export interface Parts extends RequestParts {
  readonly builder: Builder;
  readonly domain: Domain;
  /** The user's object types, by model name. */
  readonly objects: { readonly [model: string]: ObjectType | undefined };
  /** The schema's names of the scalars, GraphQL's own among them. */
  readonly scalars: { readonly [kind in ColumnKind | 'JSON']: kind };
  /** Whether the schema has an object type of a model. */
  readonly isShown: (model: Model) => boolean;
  /** Whether that type is a Node. */
  readonly isNode: (model: Model) => boolean;
  /** What is made once under a name, when it is first asked for. */
  readonly named: <T>(name: string, make: () => T) => T;
}

/** What a kit needs of a request, read from its context. */
export interface RequestParts {
  readonly client: (context: object) => TransactionClient;
  /** The request's own; a write clears them. */
  readonly loaders: (context: object) => Loaders;
  readonly limits: (context: object) => MutationLimits;
  readonly writeWay: (context: object) => WriteWay;
  /** Once aborted, nothing more is begun for the request. */
  readonly signal: (context: object) => AbortSignal | undefined;
  /** Called once a mutation has been kept. */
  readonly onWrite: (context: object) => void;
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
