import type { Association, Field, Model } from '../model/model.ts';
import { ChangesetError } from './error.ts';

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
  throw new ChangesetError(
    `cannot ${tried} "${name}" of ${model.name}: ${instead}.`,
  );
}

/**
 * The association of a name.
 * @throws ChangesetError when the model has none; `tried` completes "cannot … ".
 */
export function assertAssociation(
  model: Model,
  name: string,
  tried: string,
): Association {
  const association = model.associations.get(name);
  if (association) return association;
  const known = [...model.associations.keys()].join(', ') || 'none';
  throw new ChangesetError(
    `cannot ${tried} "${name}" of ${model.name}: there is no such association. It has: ${known}.`,
  );
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
  const made: unknown = Reflect.get(value, 'constructor');
  return typeof made === 'function' ? made.name : 'object';
}
