import type { Datamodel, DatamodelField, DatamodelModel } from './dmmf.ts';
import type { Field, Model, Models, ScalarType } from '../model.ts';
import {
  addDeclared,
  type ModelDraft,
  modelNamed,
  namesOf,
  readRelation,
} from './read-associations.ts';
import type { ModelOptions, SchemaOptions } from './association-rules.ts';
import { assertRules } from './association-rules.ts';
import type { Value } from '../value.ts';

/**
 * Reads models from Prisma's full datamodel and what the domain says of them.
 * @throws Error for an option that names what is not there, or that the relation's kind does not
 * allow.
 */
export function readModels(datamodel: Datamodel, options: SchemaOptions = {}): Models {
  const drafts = new Map<string, ModelDraft>();
  for (const model of datamodel.models)
    drafts.set(model.name, readModel(datamodel, model, options[model.name]));
  for (const source of datamodel.models) {
    const draft = modelNamed(drafts, source.name);
    for (const field of source.fields) {
      if (field.kind !== 'object') continue;
      const declared = options[source.name]?.associations?.[field.name];
      draft.associations.set(field.name, readRelation(datamodel, drafts, draft, field, declared));
    }
  }
  for (const name of Object.keys(options)) modelNamed(drafts, name);
  addDeclared(drafts, options);
  for (const draft of drafts.values()) draft.associations.forEach(assertRules);
  return drafts;
}

/**
 * The model of a name.
 * @throws Error when there is none.
 */
export function getModel(models: Models, name: string): Model {
  return modelNamed(models, name);
}

function readModel(
  datamodel: Datamodel,
  source: DatamodelModel,
  options: ModelOptions = {},
): ModelDraft {
  const fields = new Map<string, Field>();
  for (const field of source.fields) {
    if (field.kind !== 'object') fields.set(field.name, readField(datamodel, field));
  }
  const ids = source.fields.filter((field) => field.isId).map((field) => field.name);
  const primaryKey =
    source.primaryKey?.fields ?? (ids.length > 0 ? ids : (source.uniqueFields[0] ?? []));
  const uniques = source.fields.filter((field) => field.isUnique).map((field) => [field.name]);
  for (const name of [options.updatedAt, options.version]) {
    if (name !== undefined && !fields.has(name))
      throw new Error(`${source.name} has no field "${name}". It has: ${namesOf(fields)}.`);
  }
  const stamped = source.fields.find((field) => field.isUpdatedAt);
  return {
    name: source.name,
    table: source.dbName ?? source.name,
    fields,
    primaryKey,
    primaryKeyName: source.primaryKey?.name ?? primaryKey.join('_'),
    uniqueKeys: [primaryKey, ...uniques, ...source.uniqueFields],
    associations: new Map(),
    updatedAt: options.updatedAt ?? stamped?.name ?? null,
    version: options.version ?? null,
  };
}

const scalarTypes: ReadonlyMap<string, ScalarType> = new Map<string, ScalarType>([
  ['String', 'String'],
  ['Boolean', 'Boolean'],
  ['Int', 'Int'],
  ['BigInt', 'BigInt'],
  ['Float', 'Float'],
  ['Decimal', 'Decimal'],
  ['DateTime', 'DateTime'],
  ['Json', 'Json'],
  ['Bytes', 'Bytes'],
]);

function readField(datamodel: Datamodel, field: DatamodelField): Field {
  const generated = generator(field.default);
  const values = datamodel.enums.find((item) => item.name === field.type)?.values ?? [];
  return {
    name: field.name,
    column: field.dbName ?? field.name,
    type: scalarTypes.get(field.type) ?? 'Enum',
    nativeType: field.nativeType?.[0] ?? null,
    enumValues: values.map((value) => value.name),
    isList: field.isList,
    isNullable: !field.isRequired,
    default: generated === null ? literalDefault(field) : null,
    generated: generated && (generators.get(generated.name) ?? 'client'),
    defaultSql: generated?.sql ?? null,
  };
}

/**
 * A default of the datamodel is a literal, or `{ name, args }` for a function such as
 * autoincrement().
 */
function generator(value: unknown): { readonly name: string; readonly sql: string | null } | null {
  if (typeof value !== 'object' || value === null || !('name' in value)) return null;
  const args = 'args' in value && Array.isArray(value.args) ? value.args : [];
  const sql: unknown = value.name === 'dbgenerated' ? args[0] : null;
  return {
    name: String(value.name),
    sql: typeof sql === 'string' ? sql : null,
  };
}

/**
 * Who stands behind the functions of Prisma's defaults; behind cuid(), nanoid() and their like
 * Prisma's client.
 */
const generators: ReadonlyMap<string, Field['generated']> = new Map<string, Field['generated']>([
  ['autoincrement', 'sequence'],
  ['uuid', 'uuid'],
  ['dbgenerated', 'database'],
  ['now', 'now'],
]);

function literalDefault({ default: value, isList }: DatamodelField): Value {
  if (!isList) return literal(value);
  return Array.isArray(value) ? value.map(literal) : [];
}

function literal(value: unknown): Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : null;
}
