import type { DatamodelAssociation } from './datamodel.ts';
import type { Association, Join, Model } from '../model.ts';
import type { AssociationOptions, SchemaOptions } from './association-rules.ts';
import { readRules } from './association-rules.ts';

/** A model whose associations are still being read. */
export interface ModelDraft extends Model {
  readonly associations: Map<string, Association>;
}

/** The drafts by name. */
type Drafts = ReadonlyMap<string, ModelDraft>;

/** The association of a relation. */
export function readRelation(
  drafts: Drafts,
  owner: ModelDraft,
  name: string,
  { kind, to, ownerKey, relatedKey, constraint: named }: DatamodelAssociation,
  options: AssociationOptions | undefined,
): Association {
  const related = modelNamed(drafts, to);
  const base = { name, owner, related, rules: readRules(options), ownerKey, relatedKey };
  const [child, key] = kind === 'belongsTo' ? [owner, ownerKey] : [related, relatedKey];
  const constraint = named ?? constraintName(child, key, 'fkey');
  switch (kind) {
    case 'belongsTo':
      return { ...base, kind, cardinality: 'one', constraint };
    case 'manyToMany':
      return { ...base, kind, cardinality: 'many', join: null };
    case 'hasOne':
      return { ...base, kind, cardinality: 'one', constraint };
    case 'hasMany':
      return { ...base, kind, cardinality: 'many', constraint };
    default:
      return kind satisfies never;
  }
}

/** How Prisma names the constraint of some fields where the schema does not: PostgreSQL takes 63 bytes. */
export function constraintName(
  { table, fields }: Pick<Model, 'table' | 'fields'>,
  key: readonly string[],
  suffix: 'key' | 'fkey',
): string {
  const columns = key.map((name) => fields.get(name)?.column ?? name);
  const base = [table, ...columns].join('_');
  return `${base.slice(0, 62 - suffix.length)}_${suffix}`;
}

/**
 * Adds the associations that only the domain knows: many_to_many through a join model, then
 * through.
 */
export function addDeclared(drafts: Drafts, options: SchemaOptions): void {
  const declared = Object.entries(options).flatMap(([model, { associations }]) =>
    Object.entries(associations ?? {}).map(([name, association]) => ({
      owner: modelNamed(drafts, model),
      name,
      association,
    })),
  );
  for (const { owner, name, association } of declared) {
    if (association.joinThrough)
      owner.associations.set(name, joinThrough(owner, name, association));
    else if (!association.through && !owner.associations.has(name))
      throw new Error(
        `${owner.name} has no association "${name}". It has: ${namesOf(owner.associations)}.`,
      );
  }
  for (const { owner, name, association } of declared) {
    if (association.through) owner.associations.set(name, through(owner, name, association));
  }
}

function joinThrough(owner: ModelDraft, name: string, options: AssociationOptions): Association {
  const [ownerField, relatedField] = options.joinThrough ?? ['', ''];
  const rows = owner.associations.get(ownerField);
  const far = rows?.related.associations.get(relatedField);
  if (rows?.kind !== 'hasMany' || far?.kind !== 'belongsTo') {
    throw new Error(
      `${owner.name}.${name} cannot join through "${ownerField}" and "${relatedField}": name a has_many of ${owner.name}, then a belongs_to of what it holds.`,
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

function through(owner: ModelDraft, name: string, options: AssociationOptions): Association {
  const path = options.through ?? [];
  let related: Model = owner;
  let cardinality: 'one' | 'many' = 'one';
  for (const step of path) {
    const association = related.associations.get(step);
    if (!association)
      throw new Error(
        `${owner.name}.${name} goes through "${step}", which ${related.name} does not have. It has: ${namesOf(related.associations)}.`,
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

/**
 * The model of a name.
 * @throws Error when there is none.
 */
export function modelNamed<M extends Model>(models: ReadonlyMap<string, M>, name: string): M {
  const model = models.get(name);
  if (model) return model;
  throw new Error(`there is no model "${name}". There are: ${namesOf(models)}.`);
}

/** The names of a map, for a message. */
export function namesOf(named: ReadonlyMap<string, unknown>): string {
  return [...named.keys()].join(', ');
}
