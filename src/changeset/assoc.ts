import { allowsOnReplace } from '../model/datamodel.ts';
import type { Association, OnReplace, OnUnknown } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import {
  buildStruct,
  fieldValues,
  isStruct,
  primaryKey,
} from '../model/struct.ts';
import type { Value } from '../model/value.ts';
import { castValue } from '../model/value.ts';
import { isParams } from './cast.ts';
import type { Changeset, Entry, Params, Path } from './changeset.ts';
import {
  addError,
  assertAssociation,
  change,
  isChangeset,
  putAction,
  putChange,
  setAssoc,
} from './changeset.ts';
import { ChangesetError } from './error.ts';
import { readFormList } from './form.ts';
import type { Matched } from './relation.ts';
import { assertLoaded, isAssocMissing, matchRelation } from './relation.ts';
import { pairKnown } from './unknown.ts';

/** What may be said of every change of an association. */
export interface AssocOptions {
  /** Instead of the association's own onReplace. */
  readonly onReplace?: OnReplace;
  /** The message where markAsInvalid refuses to replace; `%{ids}` stands for the keys. Default "is invalid". */
  readonly replaceMessage?: string;
  /** Records the association also where nothing of it changes, so that a plan shows its entries. Default false. */
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
  readonly invalidMessage?: string;
  /** Instead of the association's own forceUpdateOnChange. */
  readonly forceUpdateOnChange?: boolean;
  /** Instead of the association's own onUnknown. */
  readonly onUnknown?: OnUnknown;
  /** Params of a form that order, and drop, the entries of a list given as index -> params. */
  readonly sortParam?: string;
  readonly dropParam?: string;
}

/**
 * Casts the association's params: the list (or the one object, or null) becomes the association, with the fewest changes.
 * An absent key changes nothing. As Ecto.Changeset.cast_assoc/3, 3.13.
 * @throws ChangesetError for an association that does not exist, is read-only or not loaded; where onReplace is raise.
 */
export function castAssoc(
  changeset: Changeset,
  name: string,
  options: CastAssocOptions,
): Changeset {
  const association = assertWritable(changeset, name, 'castAssoc');
  assertCastOptions(association, options);
  const start: Changeset = options.required
    ? { ...changeset, required: [...changeset.required, name] }
    : changeset;
  const input = readFormList(association, changeset.params, options);
  if (input === undefined) return requireAssoc(start, name, options);
  const current = assertLoaded(changeset.data, association, 'castAssoc');
  const items = readItems(association, input);
  if (items === null) return addShapeError(start, association, options);
  const onUnknown = options.onUnknown ?? association.rules.onUnknown;
  const cast = matchRelation(
    {
      ...matchOptions(association, options),
      items,
      current,
      touch:
        options.forceUpdateOnChange ?? association.rules.forceUpdateOnChange,
    },
    {
      readKey: (params) => readParamKey(association, params),
      pair: pairKnown(
        onUnknown,
        association,
        options,
        current,
        (params, found, index) =>
          options.with(found ?? buildRelated(association), params, index),
      ),
    },
  );
  return requireAssoc(record(start, association, cast, options), name, options);
}

/** What `putAssoc` takes: a record, a changeset, or plain attributes whose values are typed already. */
export type Putable =
  Struct | Changeset | { readonly [attribute: string]: unknown };

/**
 * Puts records, changesets or plain attributes as the whole association (a to-one: one of them, or null). Of a record that
 * is stored only the link changes. As Ecto.Changeset.put_assoc/4, 3.13.
 * @throws ChangesetError for an association that does not exist, is read-only or not loaded; for a record of another
 * model; where onReplace is raise.
 */
export function putAssoc(
  changeset: Changeset,
  name: string,
  value: unknown,
  options: AssocOptions = {},
): Changeset {
  const association = assertWritable(changeset, name, 'putAssoc');
  assertOnReplace(association, options);
  const current = assertLoaded(changeset.data, association, 'putAssoc');
  const items = readPutables(association, value);
  if (items === null) return addShapeError(changeset, association, options);
  const put = matchRelation(
    { ...matchOptions(association, options), items, current, touch: false },
    {
      readKey: (item) => readPutKey(association, item),
      pair: (item, found) => changePutable(association, item, found),
      assertUpdatable: (item) => assertAttributes(association, item),
    },
  );
  return record(changeset, association, put, options);
}

/**
 * A new record of an association, not stored: its defaults, then the attributes that are its fields, then (has_one and
 * has_many) the owner's key. As Ecto.build_assoc/3, 3.13.
 * @throws ChangesetError for an association that does not exist or is read-only.
 */
export function buildAssoc(
  owner: Struct,
  name: string,
  attributes: { readonly [field: string]: Value } = {},
): Struct {
  const association = assertAssociation(owner.model, name, 'buildAssoc');
  assertNotThrough(association, 'buildAssoc');
  const fields: { [field: string]: Value } = { ...association.rules.defaults };
  for (const [field, value] of Object.entries(attributes)) {
    if (association.related.fields.has(field)) fields[field] = value;
  }
  if (association.kind === 'hasOne' || association.kind === 'hasMany') {
    const key = fieldValues(owner, association.ownerKey);
    association.relatedKey.forEach(
      (field, i) => (fields[field] = key[i] ?? null),
    );
  }
  return buildStruct(association.related, fields);
}

/**
 * Adds new records to an association, to be inserted with their owner: what is there already is neither read nor
 * compared. Each entry says where it was sent. (Ecto has no such step: there one inserts what build_assoc gave.)
 * @throws ChangesetError for an association that does not exist or is read-only, or a record that is stored already.
 */
export function addAssoc(
  changeset: Changeset,
  name: string,
  added: readonly { readonly at: Path; readonly changeset: Changeset }[],
  options: AssocOptions = {},
): Changeset {
  const association = assertWritable(changeset, name, 'addAssoc');
  if (added.length === 0) return changeset;
  const entries: Entry[] = added.map(({ at, changeset: child }) => {
    if (child.data.state !== 'built') {
      throw new ChangesetError(
        `cannot addAssoc to "${name}" of ${changeset.data.model.name}: the record is stored already.`,
      );
    }
    return { at, current: false, changeset: putAction(child, 'insert') };
  });
  const { at, onReplace } = matchOptions(association, options);
  return setAssoc(changeset, name, {
    at,
    entries,
    replaced: [],
    onReplace,
    touch: false,
  });
}

function assertWritable(
  changeset: Changeset,
  name: string,
  tried: string,
): Association {
  const association = assertAssociation(changeset.data.model, name, tried);
  assertNotThrough(association, tried);
  return association;
}

function assertNotThrough(association: Association, tried: string): void {
  if (association.kind !== 'through') return;
  throw new ChangesetError(
    `cannot ${tried} "${association.name}" of ${association.owner.name}: it goes through ${association.path.join(' -> ')} and is read-only. ` +
      'Change the associations it goes through.',
  );
}

function assertCastOptions(
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

function assertOnReplace(
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

function matchOptions(association: Association, options: AssocOptions) {
  const at = options.at ?? [association.name];
  const isOne = association.cardinality === 'one';
  return {
    association,
    at,
    itemAt: options.itemAt ?? ((index: number) => (isOne ? at : [...at, index])),
    onReplace: options.onReplace ?? association.rules.onReplace,
  };
}

/** The items of a cast: a list, or an index -> params object in the order of its indexes; null for another shape. */
function readItems(
  association: Association,
  input: unknown,
): readonly Params[] | null {
  if (association.cardinality === 'one') {
    if (input === null) return [];
    return isParams(input) ? [input] : null;
  }
  return Array.isArray(input) && input.every(isParams) ? input : null;
}

function readParamKey(
  association: Association,
  params: Params,
): readonly (Value | undefined)[] {
  return association.related.primaryKey.map((name) => {
    const field = association.related.fields.get(name);
    const cast = field
      ? castValue(field, params[name])
      : { ok: false as const };
    return cast.ok ? cast.value : undefined;
  });
}

function buildRelated(association: Association): Struct {
  return buildStruct(association.related, association.rules.defaults);
}

function readPutables(
  association: Association,
  value: unknown,
): readonly Putable[] | null {
  if (association.cardinality === 'many')
    return Array.isArray(value) && value.every(isPutable) ? value : null;
  if (value === null) return [];
  return isPutable(value) ? [value] : null;
}

function isPutable(value: unknown): value is Putable {
  return isStruct(value) || isChangeset(value) || isParams(value);
}

function readPutKey(
  association: Association,
  item: Putable,
): readonly (Value | undefined)[] {
  if (isStruct(item)) return primaryKey(item);
  if (isChangeset(item)) return primaryKey(item.data);
  const attributes: Params = item;
  return association.related.primaryKey.map((name) => {
    const field = association.related.fields.get(name);
    const given = attributes[name];
    if (!field || typeof given === 'string')
      return field?.type === 'String' ? readText(given) : undefined;
    const cast = castValue(field, given);
    return cast.ok ? cast.value : undefined;
  });
}

function readText(given: unknown): string | undefined {
  return typeof given === 'string' ? given : undefined;
}

function changePutable(
  association: Association,
  item: Putable,
  found: Struct | null,
): Changeset {
  if (isStruct(item) || isChangeset(item)) {
    const changeset = change(item);
    assertRelated(association, changeset.data);
    const fresh =
      changeset.data.state === 'built'
        ? 'insert'
        : changeset.data.state === 'loaded'
          ? 'update'
          : 'delete';
    return putAction(changeset, changeset.action ?? (found ? 'update' : fresh));
  }
  const attributes: Params = item;
  return Object.entries(attributes).reduce(
    (done, [name, value]) => {
      if (association.related.associations.has(name))
        return putAssoc(done, name, value);
      return putChange(done, name, assertTyped(association, name, value));
    },
    change(found ?? buildRelated(association)),
  );
}

function assertTyped(
  association: Association,
  name: string,
  value: unknown,
): Value {
  const field = association.related.fields.get(name);
  const cast = field ? castValue(field, value) : { ok: false as const };
  if (cast.ok && !(typeof value === 'string' && typeof cast.value !== 'string'))
    return cast.value;
  const why = field
    ? `it is not of type ${field.type}`
    : 'there is no such field';
  const shown = typeof value === 'string' ? `"${value}"` : String(value);
  throw new ChangesetError(
    `cannot put ${shown} as "${name}" of ${association.related.name}: ${why}.`,
  );
}

function assertRelated(association: Association, record: Struct): void {
  if (record.model.name === association.related.name) return;
  throw new ChangesetError(
    `cannot putAssoc "${association.name}" of ${association.owner.name}: expected a ${association.related.name}, got a ${record.model.name}.`,
  );
}

function assertAttributes(association: Association, item: Putable): void {
  if (!isStruct(item) && !isChangeset(item)) return;
  throw new ChangesetError(
    `cannot putAssoc "${association.name}" of ${association.owner.name}: its onReplace is "update", which takes plain attributes or null. ` +
      'Change the foreign key to point to another record.',
  );
}

function addShapeError(
  changeset: Changeset,
  association: Association,
  options: AssocOptions,
): Changeset {
  const message =
    'invalidMessage' in options ? options.invalidMessage : undefined;
  const params = {
    validation: 'assoc',
    type: association.cardinality === 'one' ? 'map' : 'list',
  };
  const text = typeof message === 'string' ? message : 'is invalid';
  return addError(changeset, association.name, text, {
    code: 'INVALID',
    params,
    ...atOption(options),
  });
}

function record(
  changeset: Changeset,
  association: Association,
  matched: Matched,
  options: AssocOptions,
): Changeset {
  const { name } = association;
  switch (matched.kind) {
    case 'changed': {
      const kept =
        !matched.idle ||
        options.keepUnchanged ||
        recordsEmpty(changeset, association);
      return setAssoc(changeset, name, kept ? matched.change : null);
    }
    case 'notNullable':
      return addError(setAssoc(changeset, name, null), name, "can't be blank", {
        code: 'REQUIRED',
        params: { validation: 'required' },
        ...atOption(options),
      });
    case 'notReplaceable': {
      const ids = matched.records.map((item) =>
        primaryKey(item).map(String).join(','),
      );
      const params = { validation: 'assoc', ids };
      const message = options.replaceMessage ?? 'is invalid';
      return addError(setAssoc(changeset, name, null), name, message, {
        code: 'REPLACE_NOT_ALLOWED',
        params,
        ...atOption(options),
      });
    }
    default:
      return matched satisfies never;
  }
}

/** On a new owner an empty association is recorded, so that the result reads as empty rather than as not loaded. */
function recordsEmpty(changeset: Changeset, association: Association): boolean {
  return (
    changeset.data.state === 'built' &&
    changeset.data.assocs[association.name] === undefined
  );
}

function requireAssoc(
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

function atOption(options: AssocOptions): { readonly at?: Path } {
  return options.at === undefined ? {} : { at: options.at };
}
