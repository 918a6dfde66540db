import type { OnReplace } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import { isStruct } from '../model/struct.ts';
import type { Value, Values } from '../model/value.ts';
import { equalValues } from '../model/value.ts';
import { assertField, assertValue } from './assert.ts';
import type { Constraint } from './constraint/declared.ts';
import type { Issue, IssueCode, Path } from './issue.ts';

/**
 * What is to be done with a record. `replace` is left to the association's onReplace; `ignore`
 * drops the entry.
 */
export type Action = 'insert' | 'update' | 'delete' | 'replace' | 'ignore';

/** Untrusted input: field and association names to whatever was sent. */
export type Params = { readonly [key: string]: unknown };

/**
 * One entry of a changed association: where it was sent, and the record with its key that was in
 * the association before.
 */
export interface Entry {
  readonly at: Path;
  readonly current: Struct | null;
  readonly changeset: Changeset;
}

/**
 * The change of an association. Ecto keeps replaced records in front of the entries, and of a
 * to-one none at all; here they stand apart for every kind. `touch`: this change also updates the
 * owner's updatedAt and version. `partial`: beside the entries the association may hold others,
 * which nobody has read.
 */
export interface AssocChange {
  readonly at: Path;
  readonly entries: readonly Entry[];
  readonly replaced: readonly Changeset[];
  readonly onReplace: OnReplace;
  readonly touch: boolean;
  readonly partial: boolean;
}

/**
 * The row version that a write insists on. `next` is what an UPDATE sets it to, null when the model raises it by itself;
 * `always`: compared also if nothing changes.
 */
export interface Lock {
  readonly field: string;
  readonly expected: Value;
  readonly next: Value;
  readonly always: boolean;
}

/**
 * A function run in the write's transaction, before the first row is written; `client` is the
 * transaction's. It runs again if the transaction is retried.
 */
export type Prepare = (changeset: Changeset, client: unknown) => Changeset | Promise<Changeset>;

/**
 * A record and the changes to it (as Ecto.Changeset, 3.13): plain data, never changed in place.
 * Ecto keeps changed associations among `changes`; here they are apart, in `assocs`. `Name`: the
 * fields and associations that the compiler knows it to have, and lets functions be called with.
 */
export interface Changeset<Name extends string = string> {
  readonly kind: 'changeset';
  readonly data: Struct;
  readonly params: Params;
  /** The fields that were permitted to be cast. */
  readonly permitted: readonly string[];
  readonly changes: Values;
  readonly assocs: { readonly [association: string]: AssocChange };
  /** The newest first, as in Ecto. */
  readonly errors: readonly Issue[];
  /** Whether neither this record nor any below it has errors. */
  readonly valid: boolean;
  readonly action: Action | null;
  readonly constraints: readonly Constraint[];
  readonly required: readonly string[];
  readonly prepare: readonly Prepare[];
  readonly lock: Lock | null;
  /** Never there: it ties `Name` to the type. A method, so that any changeset goes for any other. */
  named?(name: Name): void;
}

/**
 * A changeset of a record (or the given changeset), with `changes` put; as Ecto.Changeset.change/2.
 * @throws ChangesetError for a field that does not exist, or a value that is not of its type.
 */
export function change<Name extends string>(
  data: Struct | Changeset<Name>,
  changes: Values = {},
): Changeset<Name> {
  const changeset: Changeset = isStruct(data)
    ? {
        kind: 'changeset',
        data,
        params: {},
        permitted: [],
        changes: {},
        assocs: {},
        errors: [],
        valid: true,
        action: null,
        constraints: [],
        required: [],
        prepare: [],
        lock: null,
      }
    : data;
  return Object.entries(changes).reduce(
    (done, [field, value]) => putChange(done, field, value),
    changeset,
  );
}

/**
 * Puts a change without casting or validating it; a value equal to the stored one removes the
 * change. As Ecto.Changeset.put_change/3.
 * @throws ChangesetError for a field that does not exist, or a value that is not of its type.
 */
export function putChange<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  value: Value,
): Changeset<Name> {
  const typed = assertValue(changeset.data.model, name, value);
  if (equalValues(typed, changeset.data.fields[name] ?? null)) return dropChange(changeset, name);
  return { ...changeset, changes: { ...changeset.changes, [name]: typed } };
}

/** The changeset without the change of a field. */
export function dropChange<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
): Changeset<Name> {
  if (!(name in changeset.changes)) return changeset;
  const { [name]: _dropped, ...changes } = changeset.changes;
  return { ...changeset, changes };
}

/**
 * The changed value of a field, or undefined if it is not changed; as
 * Ecto.Changeset.get_change/2.
 * @throws ChangesetError for a field that does not exist.
 */
export function getChange<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
): Value | undefined {
  assertField(changeset.data.model, name, 'get the change of');
  return changeset.changes[name];
}

/**
 * The value of a field after the changes; as Ecto.Changeset.get_field/2.
 * @throws ChangesetError for a field that does not exist.
 */
export function getField<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
): Value {
  assertField(changeset.data.model, name, 'get');
  return (
    changeset.changes[name] ??
    (name in changeset.changes ? null : (changeset.data.fields[name] ?? null))
  );
}

/** The options of an error. */
export interface IssueOptions {
  readonly code?: IssueCode;
  readonly params?: Values;
  readonly at?: Path;
  readonly emptied?: true;
}

/**
 * Adds an error to a field or association, in front of the others; code INVALID unless given. As
 * Ecto.Changeset.add_error/4.
 */
export function addError<Name extends string>(
  changeset: Changeset<Name>,
  field: NoInfer<Name>,
  message: string,
  options: IssueOptions = {},
): Changeset<Name> {
  const { code = 'INVALID', params = {}, ...where } = options;
  const issue: Issue = { field, message, params, code, ...where };
  return { ...changeset, errors: [issue, ...changeset.errors], valid: false };
}

/** Adds issues, as if they were added one after the other. */
export function addIssues(changeset: Changeset, issues: readonly Issue[]): Changeset {
  if (issues.length === 0) return changeset;
  return { ...changeset, errors: [...issues.toReversed(), ...changeset.errors], valid: false };
}

/** What is done with the record if nothing else is asked for: a built one is inserted. */
export function actionOf({ action, data }: Changeset): Action {
  return action ?? (data.state === 'built' ? 'insert' : 'update');
}

/** Sets the action, as Ecto's `%{changeset | action: action}`. */
export function putAction<Name extends string>(
  changeset: Changeset<Name>,
  action: Action,
): Changeset<Name> {
  return { ...changeset, action };
}

/** Sets the change of an association, or removes it with null, and computes `valid` again. */
export function setAssoc(changeset: Changeset, name: string, assoc: AssocChange | null): Changeset {
  const { [name]: _before, ...rest } = changeset.assocs;
  const set = { ...changeset, assocs: assoc === null ? rest : { ...rest, [name]: assoc } };
  const valid = set.errors.length === 0 && entriesOf(set).every((entry) => entry.changeset.valid);
  return { ...set, valid };
}

/** The entries of all changed associations. */
export function entriesOf({ assocs }: Pick<Changeset, 'assocs'>): readonly Entry[] {
  const changes = Object.values(assocs);
  const [only] = changes;
  return only && changes.length === 1 ? only.entries : changes.flatMap(({ entries }) => entries);
}

/** Whether anything is to be written: a field or an association has changed. */
export function hasChanges(changeset: Changeset): boolean {
  return Object.keys(changeset.changes).length > 0 || Object.keys(changeset.assocs).length > 0;
}

/** Whether something is a changeset. */
export function isChangeset(value: unknown): value is Changeset {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'changeset'
  );
}
