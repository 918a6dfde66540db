import type { Association, ManyToMany, Model } from '../../../src/model/model.ts';
import type { Value, Values } from '../../../src/model/value.ts';
import { castValue } from '../../../src/model/types/cast-value.ts';
import { readFormList } from '../../../src/changeset/assoc/form-params.ts';
import type { Rows } from '../case.ts';
import type { Spec } from '../operation.ts';
import { isObject } from '../json.ts';
import { modelOfName } from '../models.ts';
import { childSpec } from '../spec.ts';
import type { Facts } from './difference.ts';

type Cast = NonNullable<Spec['casts']>[number];

/** A record that an operation casts or changes: the root, or one that the params of a cast name. */
export interface Visit {
  readonly model: Model;
  /** The association that it is cast through; null of the root. */
  readonly association: Association | null;
  /** Its key where it is stored already, else null. */
  readonly id: number | null;
  readonly spec: Spec;
  readonly params: Values;
  /** Where its params are, counting the entries that were given. */
  readonly path: readonly (string | number)[];
  /** The same as Ecto's changeset counts them: without those that are ignored. */
  readonly ectoPath: readonly (string | number)[];
}

/** Every record that an operation's params name, the root first. */
export function visitsOf({ recorded, models, loaded }: Facts): Visit[] {
  const { root, params, ...spec } = recorded.operation;
  if (!('get' in root || 'new' in root)) return [];
  const name = 'get' in root ? root.get : root.new;
  const start: Visit = {
    model: modelOfName(models, name),
    association: null,
    id: 'get' in root ? Number(root.id) : null,
    spec,
    params: isValues(params) ? params : {},
    path: [],
    ectoPath: [],
  };
  return visitBelow(start, loaded);
}

/** The stored rows of an association of a stored owner, as they were loaded. */
export function currentRows(
  association: Association,
  owner: number | null,
  loaded: Rows,
): readonly Values[] {
  if (owner === null || association.kind === 'through') return [];
  const rows = loaded[association.related.table] ?? [];
  const [ownerKey = ''] = association.ownerKey;
  const [relatedKey = ''] = association.relatedKey;
  const itself = (loaded[association.owner.table] ?? []).find((row) => row['id'] === owner);
  const keys =
    association.kind === 'manyToMany'
      ? joinedKeys(association, owner, loaded)
      : [itself?.[ownerKey] ?? null];
  return rows.filter((row) => {
    const key = row[relatedKey] ?? null;
    return key !== null && keys.includes(key);
  });
}

function joinedKeys({ join }: ManyToMany, owner: number, loaded: Rows): readonly Value[] {
  const [ownerKey = ''] = join?.ownerKey ?? [];
  const [relatedKey = ''] = join?.relatedKey ?? [];
  return (loaded[join?.model.table ?? ''] ?? [])
    .filter((row) => row[ownerKey] === owner)
    .map((row) => row[relatedKey] ?? null);
}

/**
 * The items that params give for a cast, in the order of its form's params; undefined where its key
 * is absent or its input has the wrong shape. As `castAssoc` reads them, an empty list is an empty
 * object to a to-one.
 */
export function itemsOf(
  association: Association,
  params: Values,
  { sortParam, dropParam }: Cast,
): readonly Values[] | undefined {
  const input = readFormList(association, params, {
    ...(sortParam !== undefined && { sortParam }),
    ...(dropParam !== undefined && { dropParam }),
  });
  const list: readonly unknown[] | null = Array.isArray(input) ? input : null;
  if (association.cardinality === 'many') {
    return list?.every(isValues) ? list : undefined;
  }
  if (input === null) return [];
  if (list?.length === 0) return [{}];
  return isValues(input) ? [input] : undefined;
}

/** The key that an item gives, as a number; null where it gives none. */
export function idOf(model: Model, item: Values): number | null {
  const [name = ''] = model.primaryKey;
  const field = model.fields.get(name);
  const cast = field && castValue(field, item[name]);
  return cast?.ok && cast.value !== null ? Number(cast.value) : null;
}

function visitBelow(visit: Visit, loaded: Rows): Visit[] {
  const below = (visit.spec.casts ?? []).flatMap((cast) => {
    const association = visit.model.associations.get(cast.assoc);
    if (!association) return [];
    const spec = childSpec(association.related.name, cast.with);
    const many = association.cardinality === 'many';
    let position = 0;
    const items = itemsOf(association, visit.params, cast) ?? [];
    const taken = new Set<number>();
    return items.flatMap((params, index) => {
      const ignored = isIgnored(spec, params);
      const place = (i: number) => (many ? [cast.assoc, i] : [cast.assoc]);
      const child: Visit = {
        model: association.related,
        association,
        id: takeId(association, visit, params, { loaded, taken }),
        spec,
        params,
        path: [...visit.path, ...place(index)],
        ectoPath: [...visit.ectoPath, ...place(position)],
      };
      if (!ignored) position += 1;
      return ignored ? [] : visitBelow(child, loaded);
    });
  });
  return [visit, ...below];
}

/** Whether an item's changeset function has it ignored. */
export function isIgnored({ validate = [] }: Spec, params: Values): boolean {
  return validate.some(
    (step) =>
      ('ignore_flag' in step && params[step.ignore_flag] === 'true') ||
      ('force_action' in step && step.force_action === 'ignore'),
  );
}

/** The key of the current record that an item is matched with: each can be once. */
function takeId(
  association: Association,
  owner: Visit,
  params: Values,
  { loaded, taken }: { readonly loaded: Rows; readonly taken: Set<number> },
): number | null {
  const id = idOf(association.related, params);
  const current = currentRows(association, owner.id, loaded);
  const [key = ''] = association.related.primaryKey;
  const [only] = current;
  const inPlace = association.cardinality === 'one' && association.rules.onReplace === 'update';
  if (inPlace && only) return Number(only[key]);
  const found = current.some((row) => row[key] === id);
  if (id === null || !found || taken.has(id)) return null;
  taken.add(id);
  return id;
}

function isValues(value: unknown): value is Values {
  return isObject(value) && !Array.isArray(value);
}
