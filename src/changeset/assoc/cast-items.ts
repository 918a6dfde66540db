import { castKey } from '../../model/key.ts';
import type { Association } from '../../model/model.ts';
import type { Struct } from '../../model/struct.ts';
import type { Changeset } from '../changeset.ts';
import { applyMatched, requireAssoc } from './apply-match.ts';
import { isRefused, matchRelation } from './match.ts';
import {
  type CastAssocOptions,
  type CastItem,
  type CastItemsOptions,
  matchOptions,
} from './options.ts';
import { type Pairs, pairItems } from './pair-items.ts';
import { castKnown } from './unknown-ids.ts';

/**
 * Pairs each item of a cast with the record that its params name by their key: a current one, or one
 * of elsewhere that is to be related.
 */
export function pairParams<Item extends CastItem>(
  association: Association,
  items: readonly Item[],
  current: readonly Struct[],
  options: Pick<CastAssocOptions, 'onReplace' | 'onUnknown' | 'elsewhere'>,
): Pairs<Item> {
  const { onReplace } = matchOptions(association, options);
  const { onUnknown = association.rules.onUnknown } = options;
  const elsewhere = onUnknown === 'relate' ? (options.elsewhere ?? []) : [];
  return pairItems(
    { association, current, elsewhere, onReplace },
    items,
    ({ id, params }) => id?.key ?? castKey(association.related, params),
  );
}

/**
 * The step of `castAssoc` that follows reading and pairing: the items become the association, with
 * the fewest changes. For who has paired the items already (`pairParams`), to load what each record
 * needs.
 * @throws ChangesetError where onReplace is raise.
 */
export function castItems<Item extends CastItem>(
  changeset: Changeset,
  association: Association,
  pairs: Pairs<Item>,
  options: CastItemsOptions<Item>,
): Changeset {
  const { rules } = association;
  const { onUnknown = rules.onUnknown, forceUpdateOnChange: touch = rules.forceUpdateOnChange } =
    options;
  const match = { ...matchOptions(association, options), ...pairs, touch };
  const cast = matchRelation(match, {
    unmatched: onUnknown === 'relate' ? ['insert', 'update'] : ['insert'],
    pair:
      onUnknown === 'insert'
        ? ({ item, current }, index) => options.with(item, current, index)
        : castKnown(association, match.onReplace, options.with),
  });
  const applied = applyMatched(changeset, association, cast, { ...options, takesBack: false });
  return isRefused(cast) ? applied : requireAssoc(applied, association, options);
}
