import type { Changeset } from '../../changeset/changeset.ts';
import { primaryKey } from '../../model/struct.ts';
import { keyText } from '../../model/value.ts';
import type { ResolvedRef } from '../load/load-input.ts';
import type { PutTool } from '../input/input.ts';
import { unchanged } from './unchanged.ts';

/** A reference that cannot be put, and why. */
export interface Refused {
  readonly refused: true;
  readonly code: 'INVALID' | 'UNKNOWN_REF' | 'DUPLICATE_ENTRY';
  readonly message: string;
}

/** Whether a reference was refused. */
export function isRefused(record: Changeset | Refused): record is Refused {
  return 'refused' in record;
}

/** The record that a reference names, as it is or new; a second time in one list it is refused. */
export function readRef(
  { related }: PutTool,
  ref: ResolvedRef,
  seen: Set<string>,
): Changeset | Refused {
  switch (ref.kind) {
    case 'malformed':
      return { refused: true, code: 'INVALID', message: 'is invalid' };
    case 'unknown':
      return { refused: true, code: 'UNKNOWN_REF', message: 'does not exist' };
    case 'found':
      return once(keyText(primaryKey(ref.struct)), seen) ?? unchanged(related, ref.struct);
    case 'new': {
      const { data, changes, valid } = ref.changeset;
      // Two blank names are each missing, not one name twice.
      if (!valid) return ref.changeset;
      const text = `new ${data.model.name} ${keyText(Object.values(changes))}`;
      return once(text, seen) ?? ref.changeset;
    }
    default:
      return ref satisfies never;
  }
}

/** A record that comes a second time in one list is refused. */
function once(text: string, seen: Set<string>): Refused | null {
  if (seen.has(text)) {
    const message = 'is listed more than once';
    return { refused: true, code: 'DUPLICATE_ENTRY', message };
  }
  seen.add(text);
  return null;
}
