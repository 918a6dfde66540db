import type {
  Association,
  AssociationRules,
  Field,
  Join,
  Model,
  Models,
  ScalarType,
} from './model.ts';
import type { Value } from './value.ts';

/** The parts of Prisma's datamodel (DMMF) that are read here. */
export interface Datamodel {
  readonly models: readonly DatamodelModel[];
  readonly enums: readonly {
    readonly name: string;
    readonly values: readonly { readonly name: string }[];
  }[];
}

interface DatamodelModel {
  readonly name: string;
  readonly dbName: string | null;
  readonly fields: readonly DatamodelField[];
  readonly primaryKey: {
    readonly name?: string | null;
    readonly fields: readonly string[];
  } | null;
  readonly uniqueFields: readonly (readonly string[])[];
}

interface DatamodelField {
  readonly name: string;
  readonly dbName?: string | null;
  readonly kind: string;
  readonly type: string;
  readonly nativeType?: readonly [string, readonly string[]] | null;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly isId: boolean;
  readonly isUnique: boolean;
  readonly default?: unknown;
  readonly relationName?: string | null;
  readonly relationFromFields?: readonly string[] | null;
  readonly relationToFields?: readonly string[] | null;
}

/** What a domain says of one association, beyond what the datamodel tells. */
export interface AssociationOptions extends Partial<AssociationRules> {
  /** A many_to_many through a join model: the owner's list of join rows, the join row's other belongs_to. */
  readonly joinThrough?: readonly [string, string];
  /** A has_many or has_one through: the associations to follow. */
  readonly through?: readonly string[];
}

/** What a domain says of one model. */
export interface ModelOptions {
  readonly updatedAt?: string;
  readonly version?: string;
  readonly associations?: {
    readonly [association: string]: AssociationOptions;
  };
}

/** What a domain says, by model name. */
export type SchemaOptions = { readonly [model: string]: ModelOptions };

const defaultRules: AssociationRules = {
  onReplace: 'raise',
  onDelete: 'nothing',
  onUnknown: 'insert',
  forceUpdateOnChange: true,
  preloadOrder: [],
  where: {},
  defaults: {},
  unique: false,
};

interface Draft extends Model {
  readonly fields: Map<string, Field>;
  readonly associations: Map<string, Association>;
}

/**
 * Reads models from Prisma's full datamodel and what the domain says of them.
 * @throws Error for an option that names what is not there, or that the relation's kind does not allow.
 */
export function readModels(
  datamodel: Datamodel,
  options: SchemaOptions = {},
): Models {
  const drafts = new Map<string, Draft>();
  for (const model of datamodel.models)
    drafts.set(model.name, readModel(datamodel, model, options[model.name]));
  for (const source of datamodel.models) {
    const draft = modelNamed(drafts, source.name);
    for (const field of source.fields) {
      if (field.kind !== 'object') continue;
      const given = options[source.name]?.associations?.[field.name];
      draft.associations.set(
        field.name,
        readRelation(datamodel, drafts, draft, field, given),
      );
    }
  }
  for (const [name, given] of Object.entries(options))
    addDeclared(drafts, name, given);
  for (const draft of drafts.values()) draft.associations.forEach(assertRules);
  return drafts;
}

function readModel(
  datamodel: Datamodel,
  source: DatamodelModel,
  options: ModelOptions = {},
): Draft {
  const fields = new Map<string, Field>();
  for (const field of source.fields) {
    if (field.kind !== 'object')
      fields.set(field.name, readField(datamodel, field));
  }
  const ids = source.fields
    .filter((field) => field.isId)
    .map((field) => field.name);
  const primaryKey =
    source.primaryKey?.fields ??
    (ids.length > 0 ? ids : (source.uniqueFields[0] ?? []));
  const uniques = source.fields
    .filter((field) => field.isUnique)
    .map((field) => [field.name]);
  for (const name of [options.updatedAt, options.version]) {
    if (name !== undefined && !fields.has(name))
      throw new Error(`${source.name} has no field "${name}"`);
  }
  return {
    name: source.name,
    table: source.dbName ?? source.name,
    fields,
    primaryKey,
    primaryKeyName: source.primaryKey?.name ?? primaryKey.join('_'),
    uniqueKeys: [primaryKey, ...uniques, ...source.uniqueFields],
    associations: new Map(),
    updatedAt: options.updatedAt ?? null,
    version: options.version ?? null,
  };
}

const scalarTypes: ReadonlyMap<string, ScalarType> = new Map<
  string,
  ScalarType
>([
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
  const made = generator(field.default);
  const values =
    datamodel.enums.find((item) => item.name === field.type)?.values ?? [];
  return {
    name: field.name,
    column: field.dbName ?? field.name,
    type: scalarTypes.get(field.type) ?? 'Enum',
    nativeType: field.nativeType?.[0] ?? null,
    enumValues: values.map((value) => value.name),
    isList: field.isList,
    isNullable: !field.isRequired,
    default: made === null ? literalDefault(field.default) : null,
    generated: made,
  };
}

/** A default of the datamodel is a literal, or `{ name, args }` for a function such as autoincrement(). */
function generator(value: unknown): Field['generated'] {
  if (typeof value !== 'object' || value === null || !('name' in value))
    return null;
  if (value.name === 'autoincrement') return 'sequence';
  return value.name === 'uuid' ? 'uuid' : 'database';
}

function literalDefault(value: unknown): Value {
  if (Array.isArray(value)) return value.map(literalDefault);
  return typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
    ? value
    : null;
}

function readRelation(
  datamodel: Datamodel,
  drafts: ReadonlyMap<string, Draft>,
  owner: Draft,
  field: DatamodelField,
  given: AssociationOptions | undefined,
): Association {
  const related = modelNamed(drafts, field.type);
  const base = { name: field.name, owner, related, rules: readRules(given) };
  if (field.relationFromFields?.length) {
    const keys = {
      ownerKey: field.relationFromFields,
      relatedKey: field.relationToFields ?? [],
    };
    return { ...base, kind: 'belongsTo', cardinality: 'one', ...keys };
  }
  const inverse = inverseField(datamodel, owner.name, field);
  if (inverse.isList && field.isList) {
    const keys = { ownerKey: owner.primaryKey, relatedKey: related.primaryKey };
    return {
      ...base,
      kind: 'manyToMany',
      cardinality: 'many',
      ...keys,
      join: null,
    };
  }
  const keys = {
    ownerKey: inverse.relationToFields ?? [],
    relatedKey: inverse.relationFromFields ?? [],
  };
  return field.isList
    ? { ...base, kind: 'hasMany', cardinality: 'many', ...keys }
    : { ...base, kind: 'hasOne', cardinality: 'one', ...keys };
}

/** The other side of a relation; in a self relation both sides lie in one model. */
function inverseField(
  datamodel: Datamodel,
  owner: string,
  field: DatamodelField,
): DatamodelField {
  const related = datamodel.models.find((model) => model.name === field.type);
  const inverse = related?.fields.find(
    (other) =>
      other.relationName === field.relationName &&
      !(related.name === owner && other.name === field.name),
  );
  if (!inverse)
    throw new Error(`the relation ${owner}.${field.name} has no other side`);
  return inverse;
}

function readRules(given: AssociationOptions = {}): AssociationRules {
  const { joinThrough: _join, through: _through, ...rules } = given;
  return { ...defaultRules, ...rules };
}

/** Adds the associations that only the domain knows: many_to_many through a join model, and through. */
function addDeclared(
  drafts: ReadonlyMap<string, Draft>,
  name: string,
  given: ModelOptions,
): void {
  const owner = modelNamed(drafts, name);
  for (const [association, options] of Object.entries(
    given.associations ?? {},
  )) {
    if (options.joinThrough)
      owner.associations.set(
        association,
        joinThrough(owner, association, options),
      );
    else if (options.through)
      owner.associations.set(association, through(owner, association, options));
    else if (!owner.associations.has(association))
      throw new Error(`${name} has no association "${association}"`);
  }
}

function joinThrough(
  owner: Draft,
  name: string,
  options: AssociationOptions,
): Association {
  const [ownerField, relatedField] = options.joinThrough ?? ['', ''];
  const rows = owner.associations.get(ownerField);
  const far = rows?.related.associations.get(relatedField);
  if (rows?.kind !== 'hasMany' || far?.kind !== 'belongsTo') {
    throw new Error(
      `${owner.name}.${name} cannot join through "${ownerField}" and "${relatedField}"`,
    );
  }
  const join: Join = {
    model: rows.related,
    ownerKey: rows.relatedKey,
    relatedKey: far.ownerKey,
    ownerField,
    relatedField,
  };
  const keys = { ownerKey: rows.ownerKey, relatedKey: far.relatedKey };
  const base = { name, owner, related: far.related, rules: readRules(options) };
  return { ...base, kind: 'manyToMany', cardinality: 'many', ...keys, join };
}

function through(
  owner: Draft,
  name: string,
  options: AssociationOptions,
): Association {
  const path = options.through ?? [];
  let related: Model = owner;
  let cardinality: 'one' | 'many' = 'one';
  for (const step of path) {
    const association = related.associations.get(step);
    if (!association)
      throw new Error(
        `${owner.name}.${name} goes through "${step}", which ${related.name} does not have`,
      );
    if (association.cardinality === 'many') cardinality = 'many';
    related = association.related;
  }
  return {
    name,
    owner,
    related,
    rules: readRules(options),
    kind: 'through',
    cardinality,
    path,
  };
}

/** The onReplace values that each kind allows, as Ecto 3.13 checks them when a schema is compiled. */
const allowedOnReplace: {
  readonly [kind in Association['kind']]: readonly string[];
} = {
  belongsTo: [
    'raise',
    'markAsInvalid',
    'nilify',
    'update',
    'delete',
    'deleteIfExists',
  ],
  hasOne: [
    'raise',
    'markAsInvalid',
    'nilify',
    'update',
    'delete',
    'deleteIfExists',
  ],
  hasMany: ['raise', 'markAsInvalid', 'nilify', 'delete', 'deleteIfExists'],
  manyToMany: ['raise', 'markAsInvalid', 'delete'],
  through: ['raise'],
};

/** Whether the association's kind allows an onReplace value. */
export function allowsOnReplace(
  association: Association,
  onReplace: string,
): boolean {
  return allowedOnReplace[association.kind].includes(onReplace);
}

function assertRules(association: Association): void {
  const { onReplace, onDelete } = association.rules;
  const at = `${association.owner.name}.${association.name}`;
  if (!allowsOnReplace(association, onReplace)) {
    const allowed = allowedOnReplace[association.kind].join(', ');
    throw new Error(
      `${at} (${association.kind}) does not allow onReplace "${onReplace}": it allows ${allowed}`,
    );
  }
  if (onDelete === 'nilifyAll' && association.kind === 'manyToMany') {
    throw new Error(
      `${at} (manyToMany) does not allow onDelete "nilifyAll": it allows nothing, deleteAll`,
    );
  }
}

function modelNamed<M extends Model>(
  models: ReadonlyMap<string, M>,
  name: string,
): M {
  const model = models.get(name);
  if (!model) throw new Error(`there is no model "${name}"`);
  return model;
}

/**
 * The model of a name.
 * @throws Error when there is none.
 */
export function getModel(models: Models, name: string): Model {
  return modelNamed(models, name);
}
