import type { Datamodel, DatamodelField, DatamodelModel } from './datamodel.ts';
import { keyText } from '../value.ts';
import type { Field, Model, Models, ScalarType } from '../model.ts';
import { castValue } from '../types/cast-value.ts';
import {
  addDeclared,
  constraintName,
  type ModelDraft,
  modelNamed,
  namesOf,
  readRelation,
} from './read-associations.ts';
import type { ModelOptions, SchemaOptions } from './association-rules.ts';
import { assertPosition } from './assert-position.ts';
import { assertRules } from './association-rules.ts';

/**
 * Reads models from the datamodel and what the domain says of them.
 * @throws Error for an option that names what is not there, or that the relation's kind does not
 * allow, and for a position that cannot keep an order.
 */
export function readModels(datamodel: Datamodel, options: SchemaOptions = {}): Models {
  const sources = Object.entries(datamodel.models);
  const drafts = new Map<string, ModelDraft>();
  for (const [name, source] of sources)
    drafts.set(name, readModel(datamodel, name, source, options[name]));
  for (const [owner, { associations }] of sources) {
    const draft = modelNamed(drafts, owner);
    for (const [name, source] of Object.entries(associations)) {
      const declared = options[owner]?.associations?.[name];
      draft.associations.set(name, readRelation(drafts, draft, name, source, declared));
    }
  }
  for (const name of Object.keys(options)) modelNamed(drafts, name);
  addDeclared(drafts, options);
  for (const draft of drafts.values()) {
    draft.associations.forEach(assertRules);
    draft.associations.forEach(assertPosition);
  }
  const { hash } = datamodel;
  return Object.assign(drafts, hash === undefined ? {} : { hash });
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
  name: string,
  source: DatamodelModel,
  options: ModelOptions = {},
): ModelDraft {
  const { table, schema, key, keyName, keyConstraint, uniques, fields: sources } = source;
  const { uniqueNames = {} } = source;
  const fields = new Map(
    Object.entries(sources).map(([field, source]) => [field, readField(datamodel, field, source)]),
  );
  const { hidden = [] } = options;
  for (const field of [options.updatedAt, options.version, ...hidden]) {
    if (field !== undefined && !fields.has(field))
      throw new Error(`${name} has no field "${field}". It has: ${namesOf(fields)}.`);
  }
  const [stamped] = Object.entries(sources).find(([, source]) => source.updatedAt) ?? [];
  return {
    name,
    table,
    schema: schema ?? null,
    fields,
    primaryKey: key,
    primaryKeyName: keyName ?? key.join('_'),
    primaryKeyConstraint: keyConstraint ?? `${table}_pkey`,
    uniqueKeys: [key, ...uniques],
    uniqueNames: new Map(
      uniques.map((unique) => [
        keyText(unique),
        uniqueNames[unique.join(',')] ?? constraintName({ table, fields }, unique, 'key'),
      ]),
    ),
    associations: new Map(),
    updatedAt: options.updatedAt ?? stamped ?? null,
    isStamped: stamped !== undefined,
    version: options.version ?? null,
    hidden,
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

function readField(datamodel: Datamodel, name: string, source: DatamodelField): Field {
  const field: Field = {
    name,
    column: source.column ?? name,
    type: scalarTypes.get(source.type) ?? 'Enum',
    nativeType: source.native ?? null,
    scale: source.scale ?? null,
    wholeDigits: source.wholeDigits ?? null,
    maxLength: source.maxLength ?? null,
    enumName: scalarTypes.has(source.type) ? null : source.type,
    enumValues: new Map(Object.entries(datamodel.enums[source.type] ?? {})),
    isList: source.list ?? false,
    isNullable: source.nullable ?? false,
    default: null,
    generated: source.generated ?? null,
    defaultSql: source.sql ?? null,
    defaultCall: source.call ?? null,
  };
  const literal = source.generated === undefined ? castValue(field, source.default) : null;
  return literal?.ok ? { ...field, default: literal.value } : field;
}
