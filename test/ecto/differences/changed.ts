import type { Association, Model } from '../../../src/model/model.ts';
import type { Values } from '../../../src/model/value.ts';
import { isList } from '../json.ts';
import { type PutValue, readPutValue, type Spec } from '../operation.ts';
import { childSpec } from '../spec.ts';
import { idOf, isIgnored, itemsOf, type Visit } from './visits.ts';

/** What a cast or a put gives for one record of an association. */
export interface Given {
  readonly id: number | null;
  /** The fields that it sets. */
  readonly values: Values;
  readonly action: 'insert' | 'update' | 'delete' | 'ignore' | null;
  /** Whether the record was read from the database. */
  readonly stored: boolean;
  /** The errors that it was given with. */
  readonly errors: { readonly [field: string]: string };
}

/** An association that is cast or put, with all that is given for it. */
export interface Changed {
  readonly association: Association;
  readonly given: readonly Given[];
}

/**
 * The associations of a visited record that are cast or put; without those whose input has the
 * wrong shape.
 */
export function changedAssociations(visit: Visit): readonly Changed[] {
  const { model, spec } = visit;
  const casts = (spec.casts ?? []).flatMap((cast) => {
    const association = model.associations.get(cast.assoc);
    const given = association && castGiven(association, visit, cast);
    return association && given ? [{ association, given }] : [];
  });
  return [...casts, ...putAssociations(visit)];
}

/** The associations of a visited record that are put, also among its changes. */
export function putAssociations({ model, spec }: Visit): readonly Changed[] {
  const changes = Object.entries(spec.change ?? {}).map(([assoc, value]) => ({
    assoc,
    value: readPutValue(value),
  }));
  return [...changes, ...(spec.puts ?? [])].flatMap(({ assoc, value }) => {
    const association = model.associations.get(assoc);
    const given = association && putGiven(association, value);
    return association && given ? [{ association, given }] : [];
  });
}

type Cast = NonNullable<Spec['casts']>[number];

function castGiven(
  association: Association,
  { params }: Visit,
  cast: Cast,
): readonly Given[] | undefined {
  const spec = childSpec(association.related.name, cast.with);
  return itemsOf(association, params, cast)?.map((item) => ({
    ...nothing,
    id: idOf(association.related, item),
    values: pick(item, spec.permit ?? []),
    action: castAction(spec, item),
  }));
}

function castAction(spec: Spec, item: Values): Given['action'] {
  if (isIgnored(spec, item)) return 'ignore';
  for (const step of spec.validate ?? []) {
    if ('force_action' in step) return actionOf(step.force_action);
    if ('delete_flag' in step && item[step.delete_flag] === 'true') {
      return 'delete';
    }
  }
  return null;
}

function putGiven(
  { cardinality, related }: Association,
  value: PutValue,
): readonly Given[] | undefined {
  if (cardinality === 'one' && value === null) return [];
  const items = cardinality === 'one' ? [value] : value;
  if (!isList(items)) return undefined;
  const given = items.map((item) => givenOf(related, item));
  return given.every((item) => item !== undefined) ? given : undefined;
}

function givenOf(related: Model, value: PutValue): Given | undefined {
  if (value === null || isList(value) || 'raw' in value) return undefined;
  if ('current' in value || 'get' in value) {
    const id = 'get' in value ? value.id : value.current;
    return { ...nothing, id: idOf(related, { id }), stored: true };
  }
  if ('changeset_of' in value) {
    const of = givenOf(related, value.changeset_of);
    const { action, changes, errors = {} } = value;
    const values = { ...of?.values, ...changes };
    return of && { ...of, values, errors, action: actionOf(action) };
  }
  const values = 'map' in value ? value.map : (value.fields ?? {});
  return { ...nothing, id: idOf(related, values), values };
}

const nothing: Given = {
  id: null,
  values: {},
  action: null,
  stored: false,
  errors: {},
};

function actionOf(action: string | undefined): Given['action'] {
  const known = ['insert', 'update', 'delete', 'ignore'] as const;
  return known.find((item) => item === action) ?? null;
}

/** The named values. */
export function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}
