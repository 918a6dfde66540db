import type { Field } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import type { Value } from '../model/value.ts';
import { castValue } from '../model/types/cast-value.ts';
import { equalValues, isBlankText } from '../model/value.ts';
import type { Changeset, Params } from './changeset.ts';
import { addError, change, dropChange } from './changeset.ts';
import { assertField, shapeOf } from './assert.ts';
import { ChangesetError } from './changeset-error.ts';

/** How `cast` reads. */
export interface CastOptions {
  /** What counts as empty and becomes the field's default. Unless given: text that is blank. */
  readonly isEmpty?: (value: unknown) => boolean;
  /** Keeps a change even if it equals what is stored. Default false. */
  readonly forceChanges?: boolean;
  /** The message for a value that is not of its field's type. Default "is invalid". */
  readonly message?: string;
}

/**
 * Casts the permitted fields of untrusted params to their types and keeps those that differ from
 * what is stored. An absent key is no change, null clears, an empty value becomes the field's
 * default. As Ecto.Changeset.cast/4, 3.13.
 * @throws ChangesetError for params that are no plain object, or a permitted name that is no field.
 */
export function cast<Name extends string>(
  data: Struct | Changeset<Name>,
  params: Params,
  permitted: readonly NoInfer<Name>[],
  options: CastOptions = {},
): Changeset<Name> {
  const start = change(data);
  assertParams(params, start.data.model.name);
  const merged: Changeset = {
    ...start,
    params: { ...start.params, ...params },
    permitted: start.permitted.length > 0 ? [...start.permitted, ...permitted] : permitted,
  };
  return permitted.reduce((changeset, name) => {
    const field = assertField(changeset.data.model, name, 'cast');
    const input = Object.hasOwn(params, name) ? params[name] : undefined;
    return input === undefined ? changeset : castField(changeset, field, input, options);
  }, merged);
}

/** Whether something can be params: an object made of literals, not a list and not of a class. */
export function isParams(value: unknown): value is Params {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function assertParams(params: unknown, model: string): void {
  if (isParams(params)) return;
  throw new ChangesetError(
    `cannot cast ${model}: params must be a plain object, got ${shapeOf(params)}.`,
  );
}

function castField(
  changeset: Changeset,
  field: Field,
  value: unknown,
  options: CastOptions,
): Changeset {
  const input = emptied(field, value, options.isEmpty ?? isBlankText);
  const result = castValue(field, input);
  if (!result.ok) {
    const params = { type: typeName(field), validation: 'cast' };
    const message = options.message ?? 'is invalid';
    return addError(dropChange(changeset, field.name), field.name, message, {
      code: 'INVALID',
      params,
    });
  }
  const same = equalValues(result.value, changeset.data.fields[field.name] ?? null);
  if (same && !options.forceChanges) return dropChange(changeset, field.name);
  return {
    ...changeset,
    changes: { ...changeset.changes, [field.name]: result.value },
  };
}

function emptied(field: Field, input: unknown, isEmpty: (value: unknown) => boolean): unknown {
  if (isEmpty(input)) return field.default;
  return field.isList && Array.isArray(input) ? input.filter((item) => !isEmpty(item)) : input;
}

function typeName(field: Field): Value {
  return field.isList ? `${field.type}[]` : field.type;
}
