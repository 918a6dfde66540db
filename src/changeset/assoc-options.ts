import type { Association, OnReplace, OnUnknown } from '../model/model.ts';
import { allowsOnReplace } from '../model/rules.ts';
import type { Struct } from '../model/struct.ts';
import { listOf, primaryKey } from '../model/struct.ts';
import { idText } from '../model/value.ts';
import type { AssocChange, Changeset, Params } from './changeset.ts';
import type { Path } from './issue.ts';
import { addError, setAssoc } from './changeset.ts';
import { ChangesetError } from './error.ts';
import type { Matched } from './relation.ts';
import { remainingEntries } from './relation.ts';

/** What may be said of every change of an association. */
export interface AssocOptions {
  /** Instead of the association's own onReplace. */
  readonly onReplace?: OnReplace;
  /** The message where markAsInvalid refuses to replace; `%{ids}` stands for the keys. Default a cast's `invalidMessage`. */
  readonly replaceMessage?: string;
  /** Records the association also where nothing of it changes, or it is refused: all its entries show. Default false. */
  readonly keepUnchanged?: boolean;
  /** Where the association is in the words of whoever sent it; default its name. */
  readonly at?: Path;
  /** Where an item of its list (or its one item) is; default there, followed by its place in the list. */
  readonly itemAt?: (index: number) => Path;
}

/** Makes the changeset of a child from its record and its params; `index` is its place in the list. */
export type CastChild = (
  child: Struct,
  params: Params,
  index: number,
) => Changeset;

/** How `castAssoc` casts. */
export interface CastAssocOptions extends AssocOptions {
  /** The changeset function of the child; of a to-one it takes two parameters. */
  readonly with: CastChild;
  /** Requires the association not to be empty after the changes. */
  readonly required?: boolean;
  readonly requiredMessage?: string;
  /** The message where the input is of another shape, or markAsInvalid refuses to replace. Default "is invalid". */
  readonly invalidMessage?: string;
  /** Instead of the association's own forceUpdateOnChange. */
  readonly forceUpdateOnChange?: boolean;
  /** Instead of the association's own onUnknown. */
  readonly onUnknown?: OnUnknown;
  /** Params of a form that order, and drop, the entries of a list given as index -> params. */
  readonly sortParam?: string;
  readonly dropParam?: string;
}

/** What the matcher is told of an association: its rules, or what the options say instead. */
export function matchOptions(association: Association, options: AssocOptions) {
  const at = options.at ?? [association.name];
  const isOne = association.cardinality === 'one';
  return {
    association,
    at,
    itemAt:
      options.itemAt ?? ((index: number) => (isOne ? at : [...at, index])),
    onReplace: options.onReplace ?? association.rules.onReplace,
  };
}

/** @throws ChangesetError for an association that goes through others; `tried` completes "cannot … ". */
export function assertNotThrough(
  association: Association,
  tried: string,
): void {
  if (association.kind !== 'through') return;
  throw new ChangesetError(
    `cannot ${tried} "${association.name}" of ${association.owner.name}: it goes through ${association.path.join(' -> ')} and is read-only. ` +
      'Change the associations it goes through.',
  );
}

/** @throws ChangesetError for an onReplace that the association's kind does not allow. */
export function assertOnReplace(
  association: Association,
  options: AssocOptions,
): void {
  if (
    options.onReplace === undefined ||
    allowsOnReplace(association, options.onReplace)
  )
    return;
  throw new ChangesetError(
    `cannot replace "${association.name}" of ${association.owner.name}: a ${association.kind} does not allow onReplace "${options.onReplace}".`,
  );
}

/** @throws ChangesetError for an option that the association's kind or cardinality does not allow. */
export function assertCastOptions(
  association: Association,
  options: CastAssocOptions,
): void {
  assertOnReplace(association, options);
  if (association.cardinality === 'many') return;
  const what = `cannot castAssoc "${association.name}" of ${association.owner.name}`;
  if (options.with.length > 2) {
    throw new ChangesetError(
      `${what}: its changeset function takes an index, which only a to-many has.`,
    );
  }
  if (options.sortParam !== undefined || options.dropParam !== undefined) {
    throw new ChangesetError(
      `${what}: sortParam and dropParam are for a to-many.`,
    );
  }
}

/** Adds the error of an association that was given something else than a list, or than one record or none. */
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

/** Records how an association was matched: its change, or the error of one that must not be. */
export function record(
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
      const kept =
        !matched.idle ||
        options.keepUnchanged ||
        recordsEmpty(changeset, association);
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
      const params = { validation: 'assoc', ids };
      const message = options.replaceMessage ?? invalidMessage(options);
      return addError(refused, name, message, {
        code: 'REPLACE_NOT_ALLOWED',
        params,
        ...atOption(options),
      });
    }
    default:
      return matched satisfies never;
  }
}

/** What is emptied although it is required is told once, in the words of the requirement. */
function blankMessage(
  change: AssocChange,
  options: AssocOptions | CastAssocOptions,
): string {
  const told =
    'required' in options &&
    options.required === true &&
    remainingEntries(change).length === 0;
  return (told ? options.requiredMessage : undefined) ?? "can't be blank";
}

/** Ecto drops a refused change and its children's errors with it; here they are reported beside the refusal. */
function tellsMore({ entries }: AssocChange, options: AssocOptions): boolean {
  return (
    options.keepUnchanged === true ||
    entries.some((entry) => !entry.changeset.valid)
  );
}

/** On a new owner an empty association is recorded, so that the result reads as empty rather than as not loaded. */
function recordsEmpty(changeset: Changeset, association: Association): boolean {
  return (
    changeset.data.state === 'built' &&
    changeset.data.assocs[association.name] === undefined
  );
}

/** Adds the error of a required association that is empty after the changes, unless it has one already. */
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

/** Whether an association is empty after the changes; one that is not loaded counts as empty (as Ecto's `Relation.empty?/2`). */
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
