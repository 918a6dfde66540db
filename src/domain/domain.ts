import { getModel, readModels } from '../model/datamodel/read-models.ts';
import { namesOf } from '../model/datamodel/read-associations.ts';
import type { ModelOptions } from '../model/datamodel/association-rules.ts';
import type { Datamodel } from '../model/datamodel/datamodel.ts';
import type { Model, Models } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import { type Aggregate, rootShape } from './aggregate.ts';
import { castShape, type RecordChangeset } from './cast-shape.ts';
import { type Declaration, declaredAssociations } from './declaration.ts';
import { linkAggregates } from './link-aggregates.ts';
import type { ModelName } from './names.ts';
import { readRecord, type RecordData } from './read-record.ts';

/**
 * A datamodel and what its owner declares of it, linked once. `Declared` are the names of the models
 * that clients write, `Context` is what their validators take of a request.
 */
export interface Domain<
  D extends Datamodel = Datamodel,
  Declared extends ModelName<D> = ModelName<D>,
  Context = unknown,
> {
  readonly models: Models;
  /** What clients write, by model name, in the order of the declarations. */
  readonly aggregates: ReadonlyMap<string, Aggregate>;
  /** The model of a name. @throws Error when there is none. */
  model(name: ModelName<D>): Model;
  /** What clients write of a model. @throws Error when it is not declared. */
  aggregate(name: Declared): Aggregate;
  /**
   * The changeset function of a model: casts what a form holds of a record, its associations that
   * are cast among it, validates it, and requires what a request would, but for parents that are
   * not sent. For `castAssoc`, or before a request is sent.
   * @throws Error when it is not declared.
   */
  changeset(
    name: Declared,
    ...context: unknown extends Context ? [context?: Context] : [context: Context]
  ): RecordChangeset;
  /**
   * The stored record that a reader holds as JSON, with the associations that are there.
   * @throws ChangesetError for a value that is not of its field's type.
   */
  record(name: ModelName<D>, data: RecordData): Struct;
}

/**
 * Makes a domain: `declarations` says, by model name, what clients write and how. The rows of a
 * mutation are locked in the order of the declarations, so name an owner before what it owns.
 * @throws Error for what the datamodel lacks, a tool or an onReplace that an association's kind does
 * not have, and one that cannot hold.
 */
export function defineDomain<
  const D extends Datamodel,
  // ModelName<D>, but from a mapped type over a plain keyof the compiler would infer no Context.
  Declared extends Extract<keyof D['models'], string>,
  Context = unknown,
  Joined extends string = never,
>(
  datamodel: D,
  declarations: { readonly [M in Declared]?: Declaration<D, M, Context, Joined> },
): Domain<D, Declared, Context>;
export function defineDomain(
  datamodel: Datamodel,
  declared: { readonly [model: string]: Declaration | undefined },
): Domain {
  const declarations = new Map(
    Object.entries(declared).flatMap(([name, declaration]) =>
      declaration === undefined ? [] : [[name, declaration] as const],
    ),
  );
  const options = [...declarations].map(
    ([name, declaration]) => [name, modelOptions(declaration)] as const,
  );
  const models = Object.assign(readModels(datamodel, Object.fromEntries(options)), {
    declaresKeys: true,
  } as const);
  const aggregates = linkAggregates(models, declarations);
  const aggregateOf = (name: string) => {
    const aggregate = aggregates.get(name);
    if (aggregate) return aggregate;
    throw new Error(`the domain does not declare "${name}". It declares: ${namesOf(aggregates)}.`);
  };
  return {
    models,
    aggregates,
    model: (name) => getModel(models, name),
    aggregate: aggregateOf,
    changeset: (name, context) => castShape(rootShape(aggregateOf(name)), context),
    record: (name, data) => readRecord(getModel(models, name), data),
  };
}

/** What a declaration says of its model beyond the datamodel. */
function modelOptions(declaration: Declaration): ModelOptions {
  const { version, updatedAt, hidden, through = {} } = declaration;
  const rules = declaredAssociations(declaration).map(
    ([name, { cast: _cast, put: _put, build: _build, required: _required, singular: _, ...own }]) =>
      [name, { ...clientRules, ...own }] as const,
  );
  const paths = Object.entries(through).map(([name, path]) => [name, { through: path }] as const);
  return {
    ...(updatedAt !== undefined && { updatedAt }),
    ...(version !== undefined && { version }),
    ...(hidden !== undefined && { hidden }),
    associations: Object.fromEntries([...rules, ...paths]),
  };
}

/** Where clients write, an unknown id is an issue, and children alone do not touch their owner. */
const clientRules = {
  onUnknown: 'issue',
  forceUpdateOnChange: false,
} as const;
