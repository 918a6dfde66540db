import { castValue } from '../../src/model/types/cast-value.ts';
import type { Association, Field, Models } from '../../src/model/model.ts';
import { primaryKey } from '../../src/model/struct.ts';
import type { Value } from '../../src/model/value.ts';
import type { AssocChange, Changeset } from '../../src/changeset/changeset.ts';
import type { Actions, Errors, Expectation } from './case.ts';
import { changesetsIn, changesOf, isSamePath, isWithin } from './changesets.ts';
import { canonical, textOf } from './json.ts';
import { refused, type Seen } from './seen.ts';

/*
 * What our side refuses before any SQL and Ecto does not: each as the errors that are expected of
 * it.
 */

/**
 * Rule 1: params that Ecto casts and no column can hold; the driver or the database has refused
 * them.
 */
export function uncastable({ expected, observed }: Seen): Errors {
  const { exception = '', message = '' } = expected;
  const raised = `${exception}: ${message}`;
  if (!/^DBConnection\.EncodeError|^Postgrex\.Error: ERROR 22021/.test(raised)) {
    return [];
  }
  const permitted = ({ errors }: Changeset, name: string) =>
    errors.some(({ field }) => field === name);
  return changesetsIn(observed.end).flatMap(({ path, changeset }) =>
    [...changeset.data.model.fields.values()]
      .filter((field) => isBeyond(field, changeset.params[field.name]))
      .filter(({ name }) => permitted(changeset, name))
      .map(({ name }) => ({ path: [...path, name], message: 'is invalid' })),
  );
}

/** Whether Ecto casts a value to a field's type that its column does not hold. */
function isBeyond(field: Field, value: unknown): boolean {
  if (value === undefined || castValue(field, value).ok) return false;
  if (field.type === 'String') return typeof value === 'string';
  const isInteger = field.type === 'BigInt' || field.type === 'Int';
  return isInteger && /^[+-]?\d+$/.test(textOf(value as Value));
}

/** Rule 11: the associations whose change leaves a foreign key null that cannot be. */
export function keysLost({ models, ifNullable }: Seen): Errors {
  return changesetsIn(ifNullable?.end ?? null)
    .flatMap(({ path, changeset }) =>
      changesOf(changeset)
        .filter((changed) => losesKey(models, changeset, changed))
        .map(({ association }) => [...path, association.name]),
    )
    .map((path) => ({ path, message: "can't be blank" }));
}

function losesKey(
  models: Models,
  { data }: Changeset,
  changed: { readonly association: Association; readonly change: AssocChange },
): boolean {
  const { association, change } = changed;
  const takesNull = (name: string, keys: readonly string[]) =>
    keys.every((key) => models.get(name)?.fields.get(key)?.isNullable);
  if (association.kind === 'belongsTo') {
    const { owner, ownerKey } = association;
    const left = change.entries.some(({ changeset }) => changeset.action !== 'delete');
    const held = data.state === 'loaded' && data.fields[ownerKey[0] ?? ''];
    return Boolean(held) && !left && !takesNull(owner.name, ownerKey);
  }
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') {
    return false;
  }
  const nilifies = ['nilify', 'update'].includes(change.onReplace);
  const { related, relatedKey } = association;
  const gone = change.replaced.length > 0;
  return gone && nilifies && !takesNull(related.name, relatedKey);
}

/**
 * Its errors stand beside those of the changeset; a refused change stays only where it has errors
 * to show.
 */
export function keysInstead(seen: Seen): Partial<Seen> {
  const { expected } = seen;
  const lost = keysLost(seen);
  const known = expected.errors ?? [];
  const isKnown = ({ path, message }: Errors[number]) =>
    known.some((error) => isSamePath(error.path, path) && error.message === message);
  const added = lost.filter((error) => !isKnown(error));
  // A constraint's error comes from SQL that is not run here.
  const others = expected.transaction ? [] : known;
  const dropped = lost.filter(
    ({ path }) =>
      !known.some((error) => isWithin(error.path, path) && !isSamePath(error.path, path)),
  );
  const actions = expected.actions
    ?.filter(({ path }) => !dropped.some((place) => isWithin(path, place.path)))
    .map((action) => ({ ...action, changes: withoutPlaces(action, dropped) }));
  const errors = [...others, ...added];
  const instead: Expectation = refused(seen, errors);
  return { expected: { ...instead, ...(actions && { actions }) } };
}

function withoutPlaces({ path, changes }: Actions[number], places: Errors) {
  return Object.fromEntries(
    Object.entries(changes).filter(
      ([name]) => !places.some((place) => isSamePath(place.path, [...path, name])),
    ),
  );
}

/** Rule 13: the second and later places that change a row. */
export function changedTwice({ expected, observed, asked }: Seen): Errors {
  const isWritten =
    expected.status === 'ok' || (expected.raisedIn === 'repo' && observed.status === 'invalid');
  if (!isWritten || !asked) return [];
  const seen = new Set<string>();
  return claims(observed.given).flatMap(({ path, changeset: { data } }) => {
    const row = canonical([data.model.name, primaryKey(data)]);
    const again = seen.has(row);
    seen.add(row);
    const message = 'is changed in another place of this request';
    return again ? [{ path, message }] : [];
  });
}

/** The places of stored rows that they decide on: those that change fields, and every child. */
function claims(root: Changeset | null) {
  const owned = new Set(
    changesetsIn(root).flatMap(({ changeset }) =>
      changesOf(changeset)
        .filter(({ association: { kind } }) => kind.startsWith('has'))
        .flatMap(({ change }) => change.entries.map((entry) => entry.changeset)),
    ),
  );
  return changesetsIn(root).filter(
    ({ changeset, path }) =>
      path.length > 0 &&
      changeset.action === 'update' &&
      (owned.has(changeset) || Object.keys(changeset.changes).length > 0),
  );
}
