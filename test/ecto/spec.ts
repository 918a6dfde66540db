import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset, Params } from '../../src/changeset/changeset.ts';
import { change, putAction, putChange } from '../../src/changeset/changeset.ts';
import { optimisticLock } from '../../src/changeset/optimistic-lock.ts';
import { validateRequired } from '../../src/changeset/validate/validate.ts';
import { validateLength } from '../../src/changeset/validate/validate-length.ts';
import type { Struct } from '../../src/model/struct.ts';
import type { Value, Values } from '../../src/model/value.ts';
import type { Spec } from './operation.ts';
import { declareConstraint } from './constraints.ts';
import { changeAll, toPutable } from './puts.ts';
import type { Scene } from './records.ts';

type Cast = NonNullable<Spec['casts']>[number];
type Validation = NonNullable<Spec['validate']>[number];

/**
 * Makes the changeset of a record by a spec's steps, in the order in which the cases were recorded.
 */
export function applySpec(
  data: Struct,
  spec: Spec,
  params: Value | undefined,
  scene: Scene,
): Changeset {
  let changeset = change(data);
  if (params !== undefined) {
    // What is no object must be refused by `cast` itself.
    changeset = cast(changeset, params as Params, spec.permit ?? []);
  }
  changeset = changeAll(changeset, spec.change ?? {}, scene);
  changeset = validateRequired(changeset, spec.required ?? []);
  for (const validation of spec.validate ?? []) {
    changeset = validate(changeset, validation);
  }
  for (const step of spec.casts ?? []) {
    changeset = castStep(changeset, step, scene);
  }
  for (const { assoc, value } of spec.puts ?? []) {
    const place = { owner: changeset.data, assoc, scene };
    changeset = putAssoc(changeset, assoc, toPutable(value, place));
  }
  if (spec.lock !== undefined) changeset = optimisticLock(changeset, spec.lock);
  return (spec.constraints ?? []).reduce(declareConstraint, changeset);
}

/** Whether a spec has any step, so that a changeset is made at all. */
export function hasSteps(spec: Spec, params: Value | undefined): boolean {
  const { permit, required, casts, constraints } = spec;
  const lists = [permit, required, casts, constraints, spec.validate, spec.puts];
  return (
    params !== undefined ||
    spec.change !== undefined ||
    spec.lock !== undefined ||
    lists.some((list) => list !== undefined && list.length > 0)
  );
}

/**
 * The steps of a child's changeset: those that are given, else its model's default changeset
 * function.
 */
function childSpec(model: string, given: Spec | undefined): Spec {
  return given ?? defaultSpecs[model] ?? {};
}

function validate(changeset: Changeset, validation: Validation): Changeset {
  if ('min_length' in validation) {
    const { field, min_length: min } = validation;
    return validateLength(changeset, field, { min });
  }
  if ('force_action' in validation) {
    return putAction(changeset, validation.force_action);
  }
  if ('delete_flag' in validation) {
    const asked = changeset.params[validation.delete_flag] === 'true';
    return asked ? putAction(changeset, 'delete') : changeset;
  }
  const asked = changeset.params[validation.ignore_flag] === 'true';
  return asked ? putAction(changeset, 'ignore') : changeset;
}

function castStep(changeset: Changeset, step: Cast, scene: Scene) {
  const { assoc, with: given, ...options } = step;
  // Of an association that is not there castAssoc itself tells.
  const association = changeset.data.model.associations.get(assoc);
  const spec = childSpec(association?.related.name ?? '', given);
  const child = (data: Struct, params: Params) => applySpec(data, spec, toValue(params), scene);
  // How many parameters a changeset function takes is part of what it says.
  const placed = (data: Struct, params: Params, index: number) =>
    putChange(child(data, params), 'position', index);
  const set = Object.entries(options).filter(([, option]) => option !== undefined);
  return castAssoc(changeset, assoc, {
    ...Object.fromEntries(set),
    with: spec.arity === 3 ? placed : child,
  });
}

const body: Spec = { permit: ['body'], required: ['body'] };

/** The changeset functions of the recorded schemas. */
const defaultSpecs: Readonly<Record<string, Spec>> = {
  Author: { permit: ['name'], required: ['name'] },
  Post: { permit: ['title', 'body'], required: ['title'] },
  Comment: body,
  Note: body,
  Permalink: { permit: ['url'], required: ['url'] },
  Tag: {
    permit: ['name'],
    required: ['name'],
    constraints: [{ type: 'unique_constraint', field: 'name' }],
  },
};

/** Params of a child are a part of the case's own. */
function toValue(params: Params): Value {
  return params as Values;
}
