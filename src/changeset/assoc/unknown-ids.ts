import type { Association, Model, OnReplace } from '../../model/model.ts';
import type { Struct } from '../../model/struct.ts';
import { castKey, recordKey } from '../../model/key.ts';
import { keyText } from '../../model/value.ts';
import type { Changeset, Params } from '../changeset.ts';
import { addError } from '../changeset.ts';

/*
 * What an entry of a cast is whose id is not among the current records, or comes twice: in Ecto a
 * new record, silently. Under onUnknown `issue` it is an error of the entry's id instead.
 */

/** The association that is cast, its current records, and the onReplace that holds. */
interface Casting {
  readonly association: Association;
  readonly current: readonly Struct[];
  readonly onReplace: OnReplace;
}

type Pair = (params: Params, found: Struct | null, index: number) => Changeset;

const refusals = {
  INVALID: 'is invalid',
  NOT_IN_ASSOCIATION: 'is not in this association',
  DUPLICATE_ENTRY: 'is listed more than once',
} as const;

/** A cast's pairing under which an unknown, a malformed and a duplicate id are errors. */
export function pairKnown({ association, current, onReplace }: Casting, pair: Pair): Pair {
  const { related, cardinality } = association;
  const currentKeys = new Set(current.map(recordKey));
  const seen = new Set<string>();
  const updates = cardinality === 'one' && onReplace === 'update';
  return (params, found, index) => {
    const refused = refusedKey(related, params, { currentKeys, seen });
    const changeset = pair(params, found, index);
    // What is updated in place may be named by any id, if it is one.
    const meant = updates && found && refused !== 'INVALID';
    if (refused === null || meant) return changeset;
    const [field = 'id'] = related.primaryKey;
    // It means a record that is there: what it leaves out is not missing.
    const errors = changeset.errors.filter(
      (error) => Object.hasOwn(params, error.field) && params[error.field] !== undefined,
    );
    const clean: Changeset = { ...changeset, errors, action: 'insert' };
    return addError(clean, field, refusals[refused], { code: refused });
  };
}

function refusedKey(
  model: Model,
  params: Params,
  { currentKeys, seen }: { currentKeys: ReadonlySet<string>; seen: Set<string> },
): keyof typeof refusals | null {
  const key = castKey(model, params);
  if (key.every((part) => part === null)) return null;
  if (!key.every((part) => part !== undefined)) return 'INVALID';
  const text = keyText(key);
  if (seen.has(text)) return 'DUPLICATE_ENTRY';
  seen.add(text);
  return currentKeys.has(text) ? null : 'NOT_IN_ASSOCIATION';
}
