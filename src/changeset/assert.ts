import { readTyped } from '../model/types/cast-value.ts';
import type { Association, Field, Model } from '../model/model.ts';
import type { Value } from '../model/value.ts';
import { ChangesetError } from './changeset-error.ts';

/**
 * The field of a name.
 * @throws ChangesetError when the model has none; `tried` completes "cannot … ".
 */
export function assertField(model: Model, name: string, tried: string): Field {
  const field = model.fields.get(name);
  if (field) return field;
  const instead = model.associations.has(name)
    ? 'it is an association: use castAssoc or putAssoc'
    : 'there is no such field';
  throw new ChangesetError(`cannot ${tried} "${name}" of ${model.name}: ${instead}.`);
}

/**
 * A value as one of a field.
 * @throws ChangesetError if the model has no such field, or the value is not of its type.
 */
export function assertValue(model: Model, name: string, value: unknown): Value {
  const field = assertField(model, name, 'put');
  const typed = readTyped(field, value);
  if (typed.ok) return typed.value;
  throw new ChangesetError(
    `cannot put ${shownValue(value)} as "${name}" of ${model.name}: it is not of type ${field.type}. Cast it first.`,
  );
}

/**
 * The association of a name.
 * @throws ChangesetError when the model has none; `tried` completes "cannot … ".
 */
export function assertAssociation(model: Model, name: string, tried: string): Association {
  const association = model.associations.get(name);
  if (association) return association;
  const names = [...model.associations.keys()].join(', ') || 'none';
  throw new ChangesetError(
    `cannot ${tried} "${name}" of ${model.name}: there is no such association. It has: ${names}.`,
  );
}

/** A value as a message shows it. */
export function shownValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : String(JSON.stringify(value));
}

/** What something is, in words: for messages. */
export function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  const name = typeof value === 'object' ? nameOf(value) : typeof value;
  return /^[aeiou]/i.test(name) ? `an ${name}` : `a ${name}`;
}

function nameOf(value: object): string {
  const constructor: unknown = Reflect.get(value, 'constructor');
  return typeof constructor === 'function' ? constructor.name : 'object';
}
