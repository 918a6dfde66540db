import type { SchemaTypes } from '@pothos/core';
import type { Domain } from '../domain/domain.ts';
import type { ModelName } from '../domain/names.ts';
import { assertKeysTable } from '../mutation/idempotency/assert-keys-table.ts';
import type { Datamodel } from '../model/datamodel/datamodel.ts';
import type { Row } from '../repo/row.ts';
import type {
  Builder,
  Field,
  Fields,
  KitTypes,
  MutationFields,
  ObjectFields,
  QueryFields,
  SubscriptionFields,
} from './builder.ts';
import { associationConnectionField, connectionField, pageInfo } from './connection/connection.ts';
import { orderDirection } from './filter/order-by.ts';
import { writeOptionsInput } from './input/write-options.ts';
import { nodeField, nodeIdField, nodeInterface } from './node/node.ts';
import { changeField } from './live/change-field.ts';
import { type MutationsOptions, mutationFields } from './mutation-fields.ts';
import { graphqlScalars, objectOf, type Parts, standardPageSize } from './parts.ts';
import type { KitOptions } from './kit-options.ts';
import { requestParts } from './request-parts.ts';
import { associationField, associationOf, countField } from './read/association-field.ts';
import { columnFields } from './read/column-fields.ts';
import { recordField } from './read/record-field.ts';
import { changesetType } from './result/changeset-type.ts';
import { failureTypes } from './result/failures.ts';
import { issueType } from './result/issue-type.ts';
import { addStrictId } from './ids.ts';
import { standardInputLimits } from './input-limits.ts';
import { addDateTime, addJson } from './scalars.ts';
import { renameTypes } from './rename-types.ts';

/** What an object type of a model is. */
export interface ObjectOptions<Types extends SchemaTypes> {
  readonly description: string;
  readonly fields: (t: ObjectFields<Row, Types>) => Fields<Types>;
}

/**
 * The types and fields of a domain, on a builder: all that they share is in here, so that several
 * schemas can live in one process.
 */
export interface AssociationKit<
  Types extends SchemaTypes,
  Name extends string,
  Declared extends string,
> {
  /** Makes the object type of a model, its values being plain rows; with nodes it has a nodeId. */
  readonly object: (model: Name, options: ObjectOptions<Types>) => void;
  /**
   * The columns of a model that are shown, in the order of their descriptions.
   * @throws Error for what is no column.
   */
  readonly columns: <Shape>(
    t: ObjectFields<Shape, Types>,
    model: Name,
    descriptions: { readonly [column: string]: string },
  ) => Fields<Types>;
  /**
   * An association: a list with where, orderBy and first, or one record.
   * @throws Error for an association that the model does not have.
   */
  readonly association: <Shape>(
    t: ObjectFields<Shape, Types>,
    model: Name,
    association: string,
    description: string,
  ) => Field<Types>;
  /**
   * A to-many association page by page, with where and orderBy: a Relay connection.
   * @throws Error for an association that the model does not have, or that is one record.
   */
  readonly associationConnection: <Shape>(
    t: ObjectFields<Shape, Types>,
    model: Name,
    association: string,
    description: string,
  ) => Field<Types>;
  /**
   * How many rows an association has, with where.
   * @throws Error for an association that the model does not have.
   */
  readonly count: <Shape>(
    t: ObjectFields<Shape, Types>,
    model: Name,
    association: string,
    description: string,
  ) => Field<Types>;
  /** The record of a nodeId, of any type that `object` has made: Relay's Node. */
  readonly node: (t: QueryFields<Types>, description: string) => Field<Types>;
  /** The record of an id. */
  readonly record: (t: QueryFields<Types>, model: Name, description: string) => Field<Types>;
  /** All records, page by page, with where and orderBy: a Relay connection. */
  readonly connection: (t: QueryFields<Types>, model: Name, description: string) => Field<Types>;
  /**
   * The mutations of a model: createPost, updatePost, deletePost, and buildPostComment for each
   * association through which records are built.
   * @throws Error for an association of `build` without that tool, and for a column that no new record
   * could fill.
   */
  readonly mutations: (
    t: MutationFields<Types>,
    model: Declared,
    options?: MutationsOptions,
  ) => Fields<Types>;
  /**
   * A subscription to a record: first as it is, then after each mutation that writes it, or what it
   * has in the associations that are named (default none). One for a model. Needs `channel`.
   * @throws Error for an association that cannot be watched.
   */
  readonly changes: (
    t: SubscriptionFields<Types>,
    model: Name,
    description: string,
    associations?: readonly string[],
  ) => Field<Types>;
}

/**
 * Makes the kit of a domain for a builder, and adds to the builder the types that it shares. The
 * builder's schemas get an ID that refuses numbers which JSON has rounded.
 * @throws Error for a builder that has a kit, and an idempotencyTable that cannot keep keys.
 */
export function associationKit<
  Types extends SchemaTypes,
  D extends Datamodel,
  Declared extends ModelName<D>,
  Context,
>(
  builder: PothosSchemaTypes.SchemaBuilder<Types>,
  domain: Domain<D, Declared, Context>,
  options: KitOptions<Types, ModelName<D>>,
  ..._misfit: Types['Context'] extends Context
    ? []
    : [error: "the builder's Context lacks what the validators of the domain take"]
): AssociationKit<Types, ModelName<D>, Declared> {
  // Inside, the builder has types of the kit's own: what the user's add is not asked for.
  const kit = makeKit(builder as unknown as Builder, domain, options as KitOptions<KitTypes>);
  return kit as unknown as AssociationKit<Types, ModelName<D>, Declared>;
}

/** Those that have a kit: a second one would add the types of the first again. */
const taken = new WeakSet<Builder>();

function makeKit(
  builder: Builder,
  domain: Domain,
  options: KitOptions<KitTypes>,
): AssociationKit<KitTypes, string, string> {
  if (taken.has(builder)) {
    throw new Error(
      'this builder has a kit already: take that one, and declare all models in its domain.',
    );
  }
  taken.add(builder);
  const { idempotencyTable = null } = options;
  if (idempotencyTable !== null) assertKeysTable(domain.models, idempotencyTable);
  const { scalars = {}, enums = {}, objects = {}, names = {}, nodes: withNodes = true } = options;
  const shown = new Set(Object.keys(objects));
  const nodes = new Set<string>();
  const typeName = renameTypes(builder, domain, names);
  const inputLimits = { ...standardInputLimits, ...options.inputLimits };
  addStrictId(builder, inputLimits.maxIdBytes);
  if (scalars.DateTime === undefined) addDateTime(builder);
  if (scalars.JSON === undefined) addJson(builder);
  const parts: Parts = {
    ...requestParts(options, domain.models),
    builder,
    domain,
    inputLimits,
    objects: objects as Parts['objects'],
    scalars: { ...graphqlScalars, ...(scalars as Partial<Parts['scalars']>) },
    enums: enums as Parts['enums'],
    isShown: ({ name }) => shown.has(name),
    isNode: ({ name }) => nodes.has(name),
    typeName,
    named: makeMemo(typeName),
    pageSize: { ...standardPageSize, ...options.pageSize },
    idempotencyTable,
    watches: new Map(),
  };
  for (const share of [
    orderDirection,
    pageInfo,
    changesetType,
    issueType,
    failureTypes,
    writeOptionsInput,
  ]) {
    share(parts);
  }
  const find = (model: string, name: string) => associationOf(domain.model(model), name);
  return {
    object(name, { description, fields }) {
      const model = domain.model(name);
      shown.add(name);
      const type = objectOf(parts, model);
      if (!withNodes) {
        builder.objectType(type, { description, fields });
        return;
      }
      nodes.add(name);
      builder.objectType(type, {
        description,
        interfaces: [nodeInterface(parts)],
        fields: (t) => ({ nodeId: nodeIdField(t, model), ...fields(t) }),
      });
    },
    columns: (t, model, descriptions) =>
      columnFields(parts, t as ObjectFields<Row>, domain.model(model), descriptions),
    association: (t, model, name, description) =>
      associationField(parts, t as ObjectFields<Row>, find(model, name), description),
    associationConnection: (t, model, name, description) =>
      associationConnectionField(parts, t as ObjectFields<Row>, find(model, name), description),
    count: (t, model, name, description) =>
      countField(parts, t as ObjectFields<Row>, find(model, name), description),
    node: (t, description) => nodeField(parts, t, description),
    record: (t, model, description) => recordField(parts, t, domain.model(model), description),
    connection: (t, model, description) =>
      connectionField(parts, t, domain.model(model), description),
    changes: (t, name, description, watched = []) => {
      const associations = watched.map((association) => find(name, association));
      return changeField(parts, t, domain.model(name), associations, description);
    },
    mutations: (t, model, chosen) => mutationFields(parts, t, domain.aggregate(model), chosen),
  };
}

function makeMemo(typeName: Parts['typeName']): Parts['named'] {
  const made = new Map<string, unknown>();
  return <T>(name: string, make: (typeName: string) => T): T => {
    if (!made.has(name)) made.set(name, make(typeName(name)));
    return made.get(name) as T;
  };
}
