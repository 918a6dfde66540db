import type { Association, Model } from '../../../src/model/model.ts';
import type { Value, Values } from '../../../src/model/value.ts';
import { castValue } from '../../../src/model/value.ts';
import type { Rows, Spec } from '../case.ts';
import { isObject } from '../json.ts';
import { modelOfName } from '../models.ts';
import { childSpec } from '../spec.ts';
import type { Facts } from './difference.ts';

/** A record that an operation casts or changes: the root, or one that the params of a cast name. */
export interface Visit {
  readonly model: Model;
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
    id: 'get' in root ? Number(root.id) : null,
    spec,
    params: isValues(params) ? params : {},
    path: [],
    ectoPath: [],
  };
  return visitBelow(start, loaded);
}

/** The stored rows of an association, as they were loaded. */
export function currentRows(
  association: Association,
  owner: number | null,
  loaded: Rows,
): readonly Values[] {
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') {
    return [];
  }
  const [key = ''] = association.relatedKey;
  const rows = loaded[association.related.table] ?? [];
  return owner === null ? [] : rows.filter((row) => row[key] === owner);
}

/** The items that params give for an association: a list, a map by index, or one; none where the key is absent. */
export function itemsOf(input: Value | undefined): readonly Values[] {
  if (isList(input)) return input.filter(isValues);
  if (!isValues(input)) return [];
  const indexes = Object.keys(input);
  if (indexes.length === 0 || !indexes.every((key) => /^\d+$/.test(key))) {
    return [input];
  }
  return indexes
    .toSorted((a, b) => Number(a) - Number(b))
    .map((index) => input[index])
    .filter(isValues);
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
    return itemsOf(visit.params[cast.assoc]).flatMap((params, index) => {
      const ignored = isIgnored(spec, params);
      const place = (i: number) => (many ? [cast.assoc, i] : [cast.assoc]);
      const child: Visit = {
        model: association.related,
        id: matchedId(association, visit, params, loaded),
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

function isIgnored({ validate = [] }: Spec, params: Values): boolean {
  return validate.some(
    (step) => 'ignore_flag' in step && params[step.ignore_flag] === 'true',
  );
}

function matchedId(
  association: Association,
  owner: Visit,
  params: Values,
  loaded: Rows,
): number | null {
  const id = idOf(association.related, params);
  const current = currentRows(association, owner.id, loaded);
  const [key = ''] = association.related.primaryKey;
  return current.some((row) => row[key] === id) ? id : null;
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function isValues(value: Value | undefined): value is Values {
  return isObject(value) && !Array.isArray(value);
}
