import type { Field } from '../../../src/model/model.ts';
import type { Value } from '../../../src/model/value.ts';
import { castValue } from '../../../src/model/value.ts';
import { type Difference, invalid } from './difference.ts';
import { textOf } from '../json.ts';
import { visitsOf } from './visits.ts';

/** Rule 1: an integer that no bigint column can hold. Ecto casts it, and the driver refuses to send it. */
export const invalidId: Difference = {
  rule: 1,
  reason:
    'what is no id of its column\'s type "is invalid" (Ecto casts any integer, and the database driver raises)',
  instead(facts) {
    if (facts.expected.exception !== 'DBConnection.EncodeError') return null;
    const errors = visitsOf(facts).flatMap(({ model, spec, params, path }) =>
      (spec.permit ?? [])
        .filter((name) => isBeyond(model.fields.get(name), params[name]))
        .map((name) => ({ path: [...path, name], message: 'is invalid' })),
    );
    return errors.length === 0 ? null : invalid(facts, errors);
  },
};

function isBeyond(field: Field | undefined, value: Value | undefined): boolean {
  if (field?.type !== 'BigInt' || value === undefined) return false;
  return /^[+-]?\d+$/.test(textOf(value)) && !castValue(field, value).ok;
}
