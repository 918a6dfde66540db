import type { Field } from '../../model/model.ts';
import { type Cast, castValue } from '../../model/types/cast-value.ts';

/** Bytes of an id at most, unless the kit says otherwise. */
export const MAX_ID_BYTES = 512;

/** Casts an id to its column's type; text that is longer than any id is none. */
export function castId(field: Field, input: unknown, maxBytes: number): Cast {
  const isTooLong = typeof input === 'string' && Buffer.byteLength(input) > maxBytes;
  return isTooLong ? { ok: false } : castValue(field, input);
}
