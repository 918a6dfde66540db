import type { Association, OnReplace, OnUnknown } from '../../model/model.ts';
import { allowsOnReplace } from '../../model/datamodel/association-rules.ts';
import type { SentKey } from '../../model/key.ts';
import type { Struct } from '../../model/struct.ts';
import type { Changeset, Params } from '../changeset.ts';
import type { Path } from '../issue.ts';
import { ChangesetError } from '../changeset-error.ts';

/** The options of every change of an association. */
export interface AssocOptions {
  /** Instead of the association's own onReplace. */
  readonly onReplace?: OnReplace;
  /**
   * The message if markAsInvalid refuses to replace; `%{ids}` stands for the keys. Default a
   * cast's `invalidMessage`.
   */
  readonly replaceMessage?: string;
  /**
   * Records the association also if nothing of it changes, or it is refused: all its entries
   * show. Default false.
   */
  readonly keepUnchanged?: boolean;
  /**
   * Only a part of the association is loaded: how many it holds is not known, and of an ordered
   * list the records share the places that they have, and what is new goes last. Default false.
   */
  readonly partial?: boolean;
  /** Where the association is in the sender's words; default its name. */
  readonly at?: Path;
  /**
   * Where an item of its list (or its one item) is; default there, followed by its place in the
   * list.
   */
  readonly itemAt?: (index: number) => Path;
}

/**
 * Makes the changeset of a child from its record and its params; `index` is its place in the list.
 */
export type CastChild = (child: Struct, params: Params, index: number) => Changeset;

/** An item of a cast: its params, and whatever else its caller needs. */
export interface CastItem {
  readonly params: Params;
  /** The key that names its record, and the param it was sent in; default the key's own params. */
  readonly id?: { readonly param: string; readonly key: SentKey };
}

/** Makes the changeset of an item on the record that it matches; `index` is its place in the list. */
export type CastItemWith<Item> = (item: Item, found: Struct | null, index: number) => Changeset;

/** What every cast takes, of params or of items that are paired already. */
export interface CommonCastOptions extends AssocOptions {
  /** Requires the association not to be empty after the changes. */
  readonly required?: boolean;
  readonly requiredMessage?: string;
  /**
   * The message if the input is of another shape, or markAsInvalid refuses to replace. Default
   * "is invalid".
   */
  readonly invalidMessage?: string;
  /** Instead of the association's own forceUpdateOnChange. */
  readonly forceUpdateOnChange?: boolean;
  /** Instead of the association's own onUnknown. */
  readonly onUnknown?: OnUnknown;
}

/** How `castItems` casts. */
export interface CastItemsOptions<Item> extends CommonCastOptions {
  readonly with: CastItemWith<Item>;
}

/** How `castAssoc` casts. */
export interface CastAssocOptions extends CommonCastOptions {
  /** The changeset function of the child; of a to-one it takes two parameters. */
  readonly with: CastChild;
  /**
   * Under onUnknown `relate`: the stored records that entries may name though they are not in the
   * association. Default none.
   */
  readonly elsewhere?: readonly Struct[];
  /** Params of a form that order, and drop, the entries of a list given as index -> params. */
  readonly sortParam?: string;
  readonly dropParam?: string;
}

/** The options of the matcher: the association's rules, or the options that replace them. */
export function matchOptions(association: Association, options: AssocOptions) {
  const { at = [association.name], partial = false } = options;
  const isOne = association.cardinality === 'one';
  return {
    association,
    at,
    partial,
    itemAt: options.itemAt ?? ((index: number) => (isOne ? at : [...at, index])),
    onReplace: options.onReplace ?? association.rules.onReplace,
  };
}

/**
 * @throws ChangesetError for an association that goes through others; `tried` completes "cannot …
 * ".
 */
export function assertNotThrough(association: Association, tried: string): void {
  if (association.kind !== 'through') return;
  throw new ChangesetError(
    `cannot ${tried} "${association.name}" of ${association.owner.name}: it goes through ${association.path.join(' -> ')} and is read-only. ` +
      'Change the associations it goes through.',
  );
}

/** @throws ChangesetError for an onReplace that the association's kind does not allow. */
export function assertOnReplace(association: Association, options: AssocOptions): void {
  if (options.onReplace === undefined || allowsOnReplace(association, options.onReplace)) return;
  throw new ChangesetError(
    `cannot replace "${association.name}" of ${association.owner.name}: a ${association.kind} does not allow onReplace "${options.onReplace}".`,
  );
}

/**
 * @throws ChangesetError for an option that the association's kind or cardinality does not allow,
 * and for a record of elsewhere that cannot be related.
 */
export function assertCastOptions(association: Association, options: CastAssocOptions): void {
  assertOnReplace(association, options);
  const { cardinality, name, owner, related } = association;
  const what = `cannot castAssoc "${name}" of ${owner.name}`;
  const odd = options.elsewhere?.find(
    ({ model, state }) => model.name !== related.name || state !== 'loaded',
  );
  if (odd) {
    throw new ChangesetError(
      `${what}: elsewhere holds a ${odd.model.name} that is ${odd.state}. Give stored records of ${related.name}.`,
    );
  }
  if (cardinality === 'one' && options.with.length > 2) {
    throw new ChangesetError(
      `${what}: its changeset function takes an index, which only a to-many has.`,
    );
  }
}
