import type { Field } from '../../../src/model/model.ts';
import type { Value } from '../../../src/model/value.ts';
import { castValue } from '../../../src/model/types/cast-value.ts';
import { type Difference, invalid } from './difference.ts';
import { textOf } from '../json.ts';
import { visitsOf } from './visits.ts';

/**
 * Rule 1: an integer or a text that no column can hold. Ecto casts it, and the driver or the
 * database refuses it.
 */
export const invalidId: Difference = {
  rule: 1,
  reason:
    'what no column of its type can hold "is invalid" (Ecto casts any integer and text, and the database raises)',
  instead(facts) {
    const { exception = '', message = '' } = facts.expected;
    if (!refusals.test(`${exception}: ${message}`)) return null;
    const errors = visitsOf(facts).flatMap(({ model, spec, params, path }) =>
      (spec.permit ?? [])
        .filter((name) => isBeyond(model.fields.get(name), params[name]))
        .map((name) => ({ path: [...path, name], message: 'is invalid' })),
    );
    return errors.length === 0 ? null : invalid(facts, errors);
  },
};

const refusals = /^DBConnection\.EncodeError|^Postgrex\.Error: ERROR 22021/;

/** Whether Ecto casts a value to a field's type that its column does not hold. */
function isBeyond(field: Field | undefined, value: Value | undefined): boolean {
  if (!field || value === undefined || castValue(field, value).ok) return false;
  if (field.type === 'String') return typeof value === 'string';
  const isInteger = field.type === 'BigInt' || field.type === 'Int';
  return isInteger && /^[+-]?\d+$/.test(textOf(value));
}
