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
 * must not be.
 */
export function applyMatched(
  changeset: Changeset,
  association: Association,
  matched: Matched,
  options: AssocOptions,
): Changeset {
  const { name } = association;
  const refused = setAssoc(
    changeset,
    name,
    tellsMore(matched.change, options) ? matched.change : null,
  );
  switch (matched.kind) {
    case 'changed': {
      const kept = !matched.idle || options.keepUnchanged || recordsEmpty(changeset, association);
      return setAssoc(changeset, name, kept ? matched.change : null);
    }
    case 'ignored':
      return setAssoc(changeset, name, null);
    case 'notNullable':
      return addError(refused, name, blankMessage(matched.change, options), {
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
function blankMessage(change: AssocChange, options: AssocOptions | CastAssocOptions): string {
  const told =
    'required' in options && options.required === true && remainingEntries(change).length === 0;
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

/**
 * Adds the error of a required association that is empty after the changes, unless it has one
 * already.
 */
export function requireAssoc(
  changeset: Changeset,
  name: string,
  options: CastAssocOptions,
): Changeset {
  if (!options.required || !isAssocMissing(changeset, name)) return changeset;
  if (changeset.errors.some((error) => error.field === name)) return changeset;
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
function isAssocMissing(changeset: Changeset, name: string): boolean {
  const changed = changeset.assocs[name];
  if (changed) return remainingEntries(changed).length === 0;
  return listOf(changeset.data.assocs[name] ?? null).length === 0;
}

function invalidMessage(options: AssocOptions | CastAssocOptions): string {
  const message = 'invalidMessage' in options ? options.invalidMessage : null;
  return message ?? 'is invalid';
}

function atOption(options: AssocOptions): { readonly at?: Path } {
  return options.at === undefined ? {} : { at: options.at };
}
