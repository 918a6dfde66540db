import type { Association, OnReplace } from '../../model/model.ts';
import type { Changeset } from '../changeset.ts';
import { addError } from '../changeset.ts';
import type { Pairing } from './match.ts';
import type { Pair } from './pair-items.ts';
import type { CastItem, CastItemWith } from './options.ts';

/*
 * What an entry of a cast is whose id is not among the current records, or comes twice: in Ecto a
 * new record, silently. Under onUnknown `issue` it is an error of the entry's id instead; under
 * `relate` only if no stored record has that id.
 */

const refusals = {
  INVALID: 'is invalid',
  NOT_IN_ASSOCIATION: 'is not in this association',
  DUPLICATE_ENTRY: 'is listed more than once',
} as const;

/**
 * How the items of a cast are cast where an unknown, a malformed and a duplicate id are errors. The
 * deletion of a record that would have to be related first is one of an unknown id.
 */
export function castKnown<Item extends CastItem>(
  { related: model, cardinality }: Association,
  onReplace: OnReplace,
  castItem: CastItemWith<Item>,
): Pairing<Item>['pair'] {
  const seen = new Set<string>();
  const updates = cardinality === 'one' && onReplace === 'update';
  return (pair, index) => {
    const { item, current, related } = pair;
    const changeset = castItem(item, current ?? related, index);
    const isKnown = current !== null || (related !== null && changeset.action !== 'delete');
    const refused = refusedKey(pair, isKnown, seen);
    // What is updated in place is meant by any id, if it is one.
    const meant = updates && current && refused !== 'INVALID';
    if (refused === null || meant) return changeset;
    const { params, id } = item;
    const [first = ''] = model.primaryKey;
    // It means a record that is there: what it leaves out is not missing.
    const errors = changeset.errors.filter(
      (error) => Object.hasOwn(params, error.field) && params[error.field] !== undefined,
    );
    const clean: Changeset = { ...changeset, errors, action: 'insert' };
    return addError(clean, id?.param ?? first, refusals[refused], { code: refused });
  };
}

function refusedKey(
  { key, text }: Pair<unknown>,
  isKnown: boolean,
  seen: Set<string>,
): keyof typeof refusals | null {
  if (key.every((part) => part === null)) return null;
  if (text === null) return 'INVALID';
  if (seen.has(text)) return 'DUPLICATE_ENTRY';
  seen.add(text);
  return isKnown ? null : 'NOT_IN_ASSOCIATION';
}
