import type { Association } from '../../model/model.ts';
import { listOf, primaryKey } from '../../model/struct.ts';
import { idText } from '../../model/key.ts';
import type { AssocOptions, CommonCastOptions } from './options.ts';
import type { AssocChange, Changeset } from '../changeset.ts';
import type { Issue } from '../issue.ts';
import { addError, setAssoc } from '../changeset.ts';
import type { Matched } from './match.ts';
import { isInOrder } from './in-order.ts';
import { remainingEntries } from '../walk.ts';

/**
 * Adds the error of an association that was given something else than a list, or than one record or
 * none.
 */
export function addShapeError(
  changeset: Changeset,
  association: Association,
  options: AssocOptions,
): Changeset {
  const type = association.cardinality === 'one' ? 'map' : 'list';
  const params = { validation: 'assoc', type };
  return addError(changeset, association.name, invalidMessage(options), {
    code: 'INVALID',
    params,
    ...(options.at && { at: options.at }),
  });
}

/**
 * The changeset with the outcome of a match: the association's change, or the error of one that
 * must not be, beside which an earlier change stands. If nothing changes, a cast leaves an
 * earlier change; a put `takesBack` it.
 */
export function applyMatched(
  changeset: Changeset,
  association: Association,
  matched: Matched,
  options: AssocOptions & { readonly takesBack: boolean },
): Changeset {
  const { name } = association;
  const unchanged = options.takesBack ? null : (changeset.assocs[name] ?? null);
  const start = options.takesBack ? withoutEmptied(changeset, name) : changeset;
  const refused = tellsMore(matched.change, options)
    ? setAssoc(changeset, name, matched.change)
    : changeset;
  switch (matched.kind) {
    case 'changed': {
      const stays = matched.idle && isInOrder(association, changeset.data, matched.change);
      if (!stays || recordsEmpty(changeset, association))
        return setAssoc(withoutEmptied(changeset, name), name, matched.change);
      const shown = options.keepUnchanged ? matched.change : null;
      return setAssoc(start, name, unchanged ?? shown);
    }
    case 'ignored':
      return setAssoc(start, name, unchanged);
    case 'notNullable': {
      // A required association that is emptied has one error, that of the requirement.
      const required = isRequired(options) && isEmptied(association, matched.change);
      if (required) return addBlankError(refused, name, options);
      return addBlankError(refused, name, { ...(options.at && { at: options.at }), emptied: true });
    }
    case 'notReplaceable': {
      const ids = matched.records.map((item) => idText(primaryKey(item)));
      const message = options.replaceMessage ?? invalidMessage(options);
      return addError(refused, name, message, {
        code: 'REPLACE_NOT_ALLOWED',
        params: { validation: 'assoc', ids },
        ...(options.at && { at: options.at }),
      });
    }
    default:
      return matched satisfies never;
  }
}

/** What emptied an association that may not be empty no longer counts once it is set again. */
function withoutEmptied(changeset: Changeset, name: string): Changeset {
  const errors = changeset.errors.filter((error) => !(error.emptied && error.field === name));
  return errors.length === changeset.errors.length ? changeset : { ...changeset, errors };
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
  options: CommonCastOptions,
): Changeset {
  if (!options.required || !isAssocMissing(changeset, association)) return changeset;
  return addBlankError(changeset, association.name, options);
}

function isRequired(options: AssocOptions | CommonCastOptions): options is CommonCastOptions {
  return 'required' in options && options.required === true;
}

function addBlankError(changeset: Changeset, name: string, options: BlankOptions): Changeset {
  const { requiredMessage = "can't be blank", emptied } = options;
  return addError(changeset, name, requiredMessage, {
    code: 'REQUIRED',
    params: { validation: 'required' },
    ...(emptied && { emptied }),
    ...(options.at && { at: options.at }),
  });
}

type BlankOptions = Pick<CommonCastOptions, 'at' | 'requiredMessage'> & Pick<Issue, 'emptied'>;

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

function invalidMessage(options: AssocOptions | CommonCastOptions): string {
  const message = 'invalidMessage' in options ? options.invalidMessage : null;
  return message ?? 'is invalid';
}
