import { castKey } from '../../model/key.ts';
import type { Association } from '../../model/model.ts';
import type { Struct } from '../../model/struct.ts';
import type { Changeset } from '../changeset.ts';
import { applyMatched, requireAssoc } from './apply-match.ts';
import { isRefused, matchRelation, type Pairs, pairItems } from './match.ts';
import {
  type AssocOptions,
  type CastItem,
  type CastItemsOptions,
  matchOptions,
} from './options.ts';
import { castKnown } from './unknown-ids.ts';

/** Pairs each item of a cast with the current record that its params name by their key. */
export function pairParams<Item extends CastItem>(
  association: Association,
  items: readonly Item[],
  current: readonly Struct[],
  options: Pick<AssocOptions, 'onReplace'>,
): Pairs<Item> {
  const { onReplace } = matchOptions(association, options);
  return pairItems(
    { association, current, onReplace },
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
    unmatched: ['insert'],
    pair:
      onUnknown === 'insert' ? options.with : castKnown(association, match.onReplace, options.with),
  });
  const applied = applyMatched(changeset, association, cast, { ...options, takesBack: false });
  return isRefused(cast) ? applied : requireAssoc(applied, association, options);
}
