import type { Association, OnUnknown } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import { primaryKey } from '../model/struct.ts';
import { castNamed } from '../model/cast-value.ts';
import { keyText } from '../model/value.ts';
import type { Changeset, Params } from './changeset.ts';
import type { IssueCode } from './issue.ts';
import { addError } from './changeset.ts';

/*
 * What an entry of a cast is whose id is not among the current records: in Ecto a new record, silently. Under onUnknown
 * `issue` it is an error of the entry's id instead.
 */

type Pair = (params: Params, found: Struct | null, index: number) => Changeset;

const refusals: ReadonlyMap<IssueCode, string> = new Map([
  ['INVALID', 'is invalid'],
  ['NOT_IN_ASSOCIATION', 'is not in this association'],
  ['DUPLICATE_ENTRY', 'is listed more than once'],
]);

/** Wraps a cast's pairing so that an unknown, a malformed and a duplicate id are errors, where onUnknown asks for it. */
export function pairKnown(
  onUnknown: OnUnknown,
  association: Association,
  options: { readonly onReplace?: string },
  current: readonly Struct[],
  pair: Pair,
): Pair {
  if (onUnknown === 'insert') return pair;
  const known = new Set(current.map((record) => keyText(primaryKey(record))));
  const seen = new Set<string>();
  const updates =
    association.cardinality === 'one' &&
    (options.onReplace ?? association.rules.onReplace) === 'update';
  return (params, found, index) => {
    const refused = refusedKey(association, params, known, seen);
    const changeset = pair(params, found, index);
    // What is updated in place is meant by any id, if it is one.
    const meant = updates && found && refused !== 'INVALID';
    if (refused === null || meant) return changeset;
    const [field = 'id'] = association.related.primaryKey;
    const kept = changeset.errors.filter(
      (error) =>
        Object.hasOwn(params, error.field) && params[error.field] !== undefined,
    );
    const clean: Changeset = { ...changeset, errors: kept, action: 'insert' };
    return addError(clean, field, refusals.get(refused) ?? 'is invalid', {
      code: refused,
    });
  };
}

function refusedKey(
  association: Association,
  params: Params,
  known: ReadonlySet<string>,
  seen: Set<string>,
): IssueCode | null {
  const names = association.related.primaryKey;
  if (
    names.every((name) => params[name] === undefined || params[name] === null)
  )
    return null;
  const key = names.map((name) =>
    castNamed(association.related, name, params[name]),
  );
  if (!key.every((cast) => cast.ok)) return 'INVALID';
  const text = keyText(key.map((cast) => cast.value));
  if (seen.has(text)) return 'DUPLICATE_ENTRY';
  seen.add(text);
  return known.has(text) ? null : 'NOT_IN_ASSOCIATION';
}
