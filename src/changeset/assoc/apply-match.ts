import type { Association } from '../../model/model.ts';
import { listOf, primaryKey } from '../../model/struct.ts';
import { idText } from '../../model/value.ts';
import type { AssocOptions, CastAssocOptions } from './options.ts';
import type { AssocChange, Changeset } from '../changeset.ts';
import type { Path } from '../issue.ts';
import { addError, setAssoc } from '../changeset.ts';
import type { Matched } from './match.ts';
import { remainingEntries } from './match.ts';

/**
 * Adds the error of an association that was given something else than a list, or than one record or
 * none.
 */
export function addShapeError(
  changeset: Changeset,
  association: Association,
  options: AssocOptions,
): Changeset {
  const params = {
    validation: 'assoc',
    type: association.cardinality === 'one' ? 'map' : 'list',
  };
  return addError(changeset, association.name, invalidMessage(options), {
    code: 'INVALID',
    params,
    ...atOption(options),
  });
}

/**
 * The changeset with the outcome of a match: the association's change, or the error of one that
 * must not be, beside which an earlier change stands. Where nothing changes, `unchanged` is what
 * the association is left with.
 */
export function applyMatched(
  changeset: Changeset,
  association: Association,
  matched: Matched,
  options: AssocOptions & { readonly unchanged: AssocChange | null },
): Changeset {
  const { name } = association;
  const { unchanged } = options;
  const refused = tellsMore(matched.change, options)
    ? setAssoc(changeset, name, matched.change)
    : changeset;
  switch (matched.kind) {
    case 'changed': {
      if (!matched.idle || recordsEmpty(changeset, association))
        return setAssoc(changeset, name, matched.change);
      const shown = options.keepUnchanged ? matched.change : null;
      return setAssoc(changeset, name, unchanged ?? shown);
    }
    case 'ignored':
      return setAssoc(changeset, name, unchanged);
    case 'notNullable':
      return addError(refused, name, blankMessage(association, matched.change, options), {
        code: 'REQUIRED',
        params: { validation: 'required' },
        ...atOption(options),
      });
    case 'notReplaceable': {
      const ids = matched.records.map((item) => idText(primaryKey(item)));
      const message = options.replaceMessage ?? invalidMessage(options);
      return addError(refused, name, message, {
        code: 'REPLACE_NOT_ALLOWED',
        params: { validation: 'assoc', ids },
        ...atOption(options),
      });
    }
    default:
      return matched satisfies never;
  }
}

/** What is emptied although it is required is told once, in the words of the requirement. */
function blankMessage(
  association: Association,
  change: AssocChange,
  options: AssocOptions | CastAssocOptions,
): string {
  const told = 'required' in options && options.required === true && isEmptied(association, change);
  return (told ? options.requiredMessage : undefined) ?? "can't be blank";
}

/**
 * Ecto drops a refused change and its children's errors with it; here they are reported beside the
 * refusal.
 */
function tellsMore({ entries }: AssocChange, options: AssocOptions): boolean {
  return options.keepUnchanged === true || entries.some((entry) => !entry.changeset.valid);
}

/**
 * On a new owner an empty association is recorded, so that the result reads as empty rather than as
 * not loaded.
 */
function recordsEmpty(changeset: Changeset, association: Association): boolean {
  return changeset.data.state === 'built' && changeset.data.assocs[association.name] === undefined;
}

/** Adds the error of a required association that is empty after the changes. */
export function requireAssoc(
  changeset: Changeset,
  association: Association,
  options: CastAssocOptions,
): Changeset {
  const { name } = association;
  if (!options.required || !isAssocMissing(changeset, association)) return changeset;
  const params = { validation: 'required' };
  const message = options.requiredMessage ?? "can't be blank";
  return addError(changeset, name, message, {
    code: 'REQUIRED',
    params,
    ...atOption(options),
  });
}

/**
 * Whether an association is empty after the changes; one that is not loaded counts as empty (as
 * Ecto's `Relation.empty?/2`).
 */
function isAssocMissing(changeset: Changeset, association: Association): boolean {
  const changed = changeset.assocs[association.name];
  if (changed) return isEmptied(association, changed);
  return listOf(changeset.data.assocs[association.name] ?? null).length === 0;
}

/**
 * Whether a change leaves an association empty. As in Ecto, a to-one record that is to be deleted
 * is still there.
 */
function isEmptied(association: Association, change: AssocChange): boolean {
  const isOne = association.cardinality === 'one';
  return (isOne ? change.entries : remainingEntries(change)).length === 0;
}

function invalidMessage(options: AssocOptions | CastAssocOptions): string {
  const message = 'invalidMessage' in options ? options.invalidMessage : null;
  return message ?? 'is invalid';
}

function atOption(options: AssocOptions): { readonly at?: Path } {
  return options.at === undefined ? {} : { at: options.at };
}
