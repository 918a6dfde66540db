import { getModel, readModels } from '../../src/model/datamodel/read-models.ts';
import type { Datamodel, DatamodelModel } from '../../src/model/datamodel/datamodel.ts';
import type { Association, Model, Models, Order } from '../../src/model/model.ts';
import type {
  AssociationOptions,
  SchemaOptions,
} from '../../src/model/datamodel/association-rules.ts';
import type { Value, Values } from '../../src/model/value.ts';
import { castValue } from '../../src/model/types/cast-value.ts';
import type { Associations, CaseOrder, CaseRules } from './case.ts';
import { datamodel } from './generated/datamodel.ts';

/** Columns that only the schemas of some cases have, by the key that says so. */
const optionalColumns = {
  lock: ['Post.lock_version', 'Comment.lock_version'],
  position: ['Comment.position'],
  counter: ['Post.comment_count'],
  timestamps: ['Post.updated_at'],
} as const;

/** Associations that no foreign key of the Prisma schema tells of. */
const declared: SchemaOptions = {
  Author: {
    associations: { posts_comments: { through: ['posts', 'comments'] } },
  },
  Post: { associations: { tags: { joinThrough: ['postTags', 'tag'] } } },
  Tag: { associations: { posts: { joinThrough: ['postTags', 'post'] } } },
};

/** The models of the schema that has every column, with Ecto's defaults. */
export const wholeSchema: Models = readModels(datamodel, declared);

/**
 * The models of a case's schema: Ecto's defaults, and what the case says beyond them;
 * `nullableKeys`: as if every foreign key took null.
 */
export function readCaseModels(associations: Associations, { nullableKeys = false } = {}): Models {
  const options: Record<string, Record<string, AssociationOptions>> = {};
  for (const [key, rules] of Object.entries(associations)) {
    if (typeof rules !== 'object') continue;
    const { owner, name } = associationOfKey(key);
    const given = declared[owner.name]?.associations?.[name];
    options[owner.name] = {
      ...options[owner.name],
      [name]: { ...given, ...readRules(rules) },
    };
  }
  const all = [...wholeSchema.keys()].map((model) => {
    const stamped = model === 'Post' && associations['timestamps'];
    return [
      model,
      {
        ...(stamped && { updatedAt: 'updated_at' }),
        associations: { ...declared[model]?.associations, ...options[model] },
      },
    ];
  });
  const columns = withoutColumns(associations);
  return readModels(nullableKeys ? withNullableKeys(columns) : columns, Object.fromEntries(all));
}

/**
 * The association that a key of the cases names: one of Post, else one of Author, else
 * `commentPost` is the `post` of Comment.
 */
export function associationOfKey(key: string): Association {
  for (const owner of ['Post', 'Author']) {
    const found = getModel(wholeSchema, owner).associations.get(key);
    if (found) return found;
  }
  const [, owner = '', name = ''] = /^([a-z]+)([A-Z]\w*)$/.exec(key) ?? [];
  const found = wholeSchema.get(capitalize(owner))?.associations.get(name.toLowerCase());
  if (!found) throw new Error(`no schema has an association "${key}"`);
  return found;
}

/** The model that a case names as `post` or `post_tag`. */
export function modelOfName(models: Models, name: string): Model {
  return getModel(models, name.split('_').map(capitalize).join(''));
}

/**
 * The values as the columns hold them: a number is the bigint of a bigint column. What is of no
 * type stays as it is.
 */
export function typedValues(model: Model, values: Values): Values {
  const typed = Object.entries(values).map(([name, value]) => {
    const field = model.fields.get(name);
    const cast = field && typeof value === 'number' ? castValue(field, value) : null;
    return [name, cast?.ok ? cast.value : value];
  });
  return Object.fromEntries(typed);
}

/** The value of a model's primary key, as its column holds it. */
export function typedKey(model: Model, id: Value): Value {
  const [name = ''] = model.primaryKey;
  return typedValues(model, { [name]: id })[name] ?? null;
}

function withoutColumns(associations: Associations): Datamodel {
  const hidden = new Set<string>();
  for (const [key, columns] of Object.entries(optionalColumns)) {
    if (!associations[key]) for (const column of columns) hidden.add(column);
  }
  return eachModel(datamodel, (name, model) => {
    const fields = Object.entries(model.fields).filter(
      ([field]) => !hidden.has(`${name}.${field}`),
    );
    return { ...model, fields: Object.fromEntries(fields) };
  });
}

function withNullableKeys(all: Datamodel): Datamodel {
  return eachModel(all, (_name, model) => {
    const keys = Object.values(model.associations).flatMap(({ kind, ownerKey }) =>
      kind === 'belongsTo' ? ownerKey : [],
    );
    const fields = Object.entries(model.fields).map(([name, field]) => [
      name,
      keys.includes(name) ? { ...field, nullable: true } : field,
    ]);
    return { ...model, fields: Object.fromEntries(fields) };
  });
}

function eachModel(
  all: Datamodel,
  change: (name: string, model: DatamodelModel) => DatamodelModel,
): Datamodel {
  const models = Object.entries(all.models).map(([name, model]) => [name, change(name, model)]);
  return { ...all, models: Object.fromEntries(models) };
}

/** Every join here is through a model, so `joinThrough` says nothing new. */
function readRules({ joinThrough: _, ...rules }: CaseRules): AssociationOptions {
  const { preloadOrder, ...rest } = rules;
  const given = Object.entries(rest).filter(([, rule]) => rule !== undefined);
  return {
    ...Object.fromEntries(given),
    ...(preloadOrder && { preloadOrder: preloadOrder.flatMap(readOrder) }),
  };
}

function readOrder(order: CaseOrder): readonly Order[] {
  if (typeof order === 'string') return [{ field: order, direction: 'asc' }];
  if (Array.isArray(order)) return [{ field: order[1], direction: order[0] }];
  return (['asc', 'desc'] as const).flatMap((direction) => {
    const field = order[direction];
    return field === undefined ? [] : [{ field, direction }];
  });
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
