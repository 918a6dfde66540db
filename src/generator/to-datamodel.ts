import { createHash } from 'node:crypto';
import type {
  Datamodel,
  DatamodelAssociation,
  DatamodelField,
  DatamodelModel,
  Literal,
} from '../model/datamodel/datamodel.ts';
import type { Dmmf, DmmfField, DmmfModel } from './dmmf.ts';

/** The datamodel of Prisma's, and of the schema that it was read from. */
export function toDatamodel({ models, enums, indexes }: Dmmf, schema: string): Datamodel {
  const constraintOf: ConstraintOf = (model, field) => {
    const constraint = foreignKeyName(schema, model.name, field.name);
    return constraint === undefined ? {} : { constraint };
  };
  return {
    hash: createHash('sha256').update(schema).digest('hex'),
    enums: byName(enums, ({ values }) => byName(values, ({ name, dbName }) => dbName ?? name)),
    models: byName(models, (model) => ({
      ...toModel(models, model, constraintOf),
      ...keyConstraintOf(indexes, model),
      ...uniqueNamesOf(indexes, model),
    })),
  };
}

function byName<T extends { readonly name: string }, V>(
  items: readonly T[],
  valueOf: (item: T) => V,
): { readonly [name: string]: V } {
  return Object.fromEntries(items.map((item) => [item.name, valueOf(item)]));
}

/** The name that the schema gives to the foreign key of a field, if it does. */
type ConstraintOf = (
  model: DmmfModel,
  field: DmmfField,
) => Pick<DatamodelAssociation, 'constraint'>;

/** What the schema's text says, and Prisma's datamodel leaves out: `@relation(map: "name")`. */
function foreignKeyName(schema: string, model: string, field: string): string | undefined {
  const [, block = ''] = new RegExp(`^model ${model} \\{$([^]*?)^\\}$`, 'm').exec(schema) ?? [];
  const relation = new RegExp(`^\\s*${field}\\s+\\w+\\??\\s.*?@relation\\(([^]*?)\\)`, 'm');
  return /\bmap:\s*"([^"]+)"/.exec(relation.exec(block)?.[1] ?? '')?.[1];
}

function toModel(
  models: readonly DmmfModel[],
  model: DmmfModel,
  constraintOf: ConstraintOf,
): DatamodelModel {
  const { name, dbName, schema, primaryKey, uniqueFields, fields } = model;
  const columns = fields.filter(({ kind }) => kind === 'scalar' || kind === 'enum');
  const relations = fields.filter(({ kind }) => kind === 'object');
  const uniques = [
    ...columns.filter(({ isUnique }) => isUnique).map((field) => [field.name]),
    ...uniqueFields,
  ];
  const key = keyOf(model) ?? uniques[0] ?? [];
  return {
    table: dbName ?? name,
    ...(schema != null && { schema }),
    key,
    ...(primaryKey?.name != null && { keyName: primaryKey.name }),
    uniques: uniques.filter((unique) => unique !== key),
    fields: byName(columns, toField),
    associations: byName(relations, (field) => toAssociation(models, model, field, constraintOf)),
  };
}

function uniqueNamesOf(indexes: Dmmf['indexes'], { name }: DmmfModel): Partial<DatamodelModel> {
  const named = indexes.flatMap(({ model, type, dbName, fields }) =>
    model === name && type === 'unique' && dbName != null
      ? [[fields.map((field) => field.name).join(','), dbName] as const]
      : [],
  );
  return named.length === 0 ? {} : { uniqueNames: Object.fromEntries(named) };
}

function keyConstraintOf(indexes: Dmmf['indexes'], { name }: DmmfModel): Partial<DatamodelModel> {
  const key = indexes.find(({ model, type }) => model === name && type === 'id');
  return key?.dbName == null ? {} : { keyConstraint: key.dbName };
}

function keyOf({ primaryKey, fields }: DmmfModel): readonly string[] | undefined {
  const id = fields.find(({ isId }) => isId);
  return primaryKey?.fields ?? (id && [id.name]);
}

function toField(field: DmmfField): DatamodelField {
  return {
    type: field.type,
    ...(field.dbName != null && { column: field.dbName }),
    ...toNative(field),
    ...(field.isList && { list: true }),
    ...(!field.isRequired && { nullable: true }),
    ...toDefault(field),
    ...(field.isUpdatedAt === true && { updatedAt: true }),
  };
}

function toNative({ type, nativeType }: DmmfField): Partial<DatamodelField> {
  // Prisma makes it numeric(65, 30).
  if (nativeType == null) return type === 'Decimal' ? { wholeDigits: 35 } : {};
  const [native, [size, places = '0']] = nativeType;
  const isSized = size !== undefined;
  return {
    native,
    ...(native === 'Money' && { scale: 2 }),
    ...(native === 'Decimal' && isSized && { scale: Number(places) }),
    ...(native === 'Decimal' && isSized && { wholeDigits: Number(size) - Number(places) }),
    ...((native === 'VarChar' || native === 'Char') && isSized && { maxLength: Number(size) }),
  };
}

/**
 * Who stands behind the functions of Prisma's defaults; behind cuid(), nanoid() and their like
 * Prisma's client.
 */
const generators: { readonly [name: string]: DatamodelField['generated'] } = {
  autoincrement: 'sequence',
  uuid: 'uuid',
  dbgenerated: 'database',
  now: 'now',
};

function toDefault({ type, default: value }: DmmfField): Partial<DatamodelField> {
  if (value === undefined || value === null) return {};
  // JSON holds no bytes.
  if (type === 'Bytes') return { generated: 'database' };
  if (typeof value !== 'object' || !('name' in value)) {
    return { default: toLiteral(type, value as Literal) };
  }
  const { name, args } = value as { readonly name: string; readonly args?: readonly unknown[] };
  const [arg] = args ?? [];
  // The versions of uuid() after the fourth are for Prisma's client too.
  const generated = name === 'uuid' && arg === 7 ? 'client' : (generators[name] ?? 'client');
  return {
    generated,
    ...(name === 'dbgenerated' && typeof arg === 'string' && { sql: arg }),
    ...(generated === 'client' && { call: `${name}(${(args ?? []).join(', ')})` }),
  };
}

/** Prisma writes the default of a Json column as text. */
function toLiteral(type: string, value: Literal): Literal {
  if (type !== 'Json') return value;
  if (Array.isArray(value)) return value.map((item) => toLiteral(type, item));
  return typeof value === 'string' ? (JSON.parse(value) as Literal) : value;
}

function toAssociation(
  models: readonly DmmfModel[],
  owner: DmmfModel,
  field: DmmfField,
  constraintOf: ConstraintOf,
): DatamodelAssociation {
  const related = models.find(({ name }) => name === field.type);
  const inverse = related && inverseOf(owner, field, related);
  // Prisma refuses a relation of one side.
  if (!related || !inverse)
    throw new Error(`the relation ${owner.name}.${field.name} has one side`);
  const to = related.name;
  if (field.relationFromFields?.length) {
    const { relationFromFields: ownerKey, relationToFields: relatedKey } = field;
    const required = isRequired(owner, ownerKey);
    const keys = { ownerKey, relatedKey: relatedKey ?? [], ...constraintOf(owner, field) };
    return { kind: 'belongsTo', to, required, ...keys };
  }
  if (inverse.isList) {
    const keys = { ownerKey: keyOf(owner) ?? [], relatedKey: keyOf(related) ?? [] };
    return { kind: 'manyToMany', to, required: false, ...keys };
  }
  const ownerKey = inverse.relationToFields ?? [];
  const relatedKey = inverse.relationFromFields ?? [];
  const required = isRequired(related, relatedKey);
  const kind = field.isList ? 'hasMany' : 'hasOne';
  return { kind, to, required, ownerKey, relatedKey, ...constraintOf(related, inverse) };
}

/** The other side of a relation; in a self relation both sides lie in one model. */
function inverseOf(owner: DmmfModel, field: DmmfField, related: DmmfModel): DmmfField | undefined {
  return related.fields.find(
    (other) =>
      other.relationName === field.relationName &&
      !(related === owner && other.name === field.name),
  );
}

/** Whether one field at least of a foreign key takes no null, so that the key cannot be let go. */
function isRequired({ fields }: DmmfModel, key: readonly string[]): boolean {
  return fields.some(({ name, isRequired: required }) => required && key.includes(name));
}
