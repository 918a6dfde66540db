import type { Association } from '../../model/model.ts';
import { renameKey } from '../../model/key.ts';
import type { Struct } from '../../model/struct.ts';
import { buildStruct, withFields } from '../../model/struct.ts';
import type { Value } from '../../model/value.ts';
import type { AssocOptions, CastAssocOptions } from './options.ts';
import { assertCastOptions, assertNotThrough, assertOnReplace, matchOptions } from './options.ts';
import { isParams } from '../cast.ts';
import type { Changeset, Entry, Params } from '../changeset.ts';
import type { Path } from '../issue.ts';
import { putAction, setAssoc } from '../changeset.ts';
import { assertAssociation } from '../assert.ts';
import { ChangesetError } from '../changeset-error.ts';
import { assertNoFormList, readFormList } from './form-params.ts';
import { addShapeError, applyMatched, requireAssoc } from './apply-match.ts';
import {
  assertAttributes,
  buildRelated,
  changePutItem,
  readPutItems,
  readPutKey,
  showsRefused,
} from './put-items.ts';
import { castItems, pairParams } from './cast-items.ts';
import { assertLoaded, matchRelation } from './match.ts';
import { pairItems } from './pair-items.ts';

/**
 * Casts the association's params: the list (or the one object, or null) becomes the association,
 * with the fewest changes. An absent key changes nothing; a cast that changes nothing, or is
 * refused, leaves an earlier change of the association. As Ecto.Changeset.cast_assoc/3, 3.13.
 * @throws ChangesetError for an association that does not exist, is read-only or not loaded; if
 * onReplace is raise; for a list within a list.
 */
export function castAssoc<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  options: CastAssocOptions,
): Changeset<Name> {
  const association = assertWritable(changeset, name, 'castAssoc');
  assertCastOptions(association, options);
  const start: Changeset = options.required
    ? { ...changeset, required: [...changeset.required, name] }
    : changeset;
  const input = readFormList(association, changeset.params, options);
  if (input === undefined) return requireAssoc(start, association, options);
  const current = assertLoaded(changeset.data, association, 'castAssoc');
  assertNoFormList(association, changeset.params, options);
  const items = readItems(association, input);
  if (items === null) return addShapeError(start, association, options);
  const sent = items.map((params) => ({ params }));
  return castItems(start, association, pairParams(association, sent, current, options), {
    ...options,
    with: ({ params }, found, index) =>
      options.with(found ?? buildRelated(association), params, index),
  });
}

/**
 * Puts records, changesets or plain attributes as the whole association (a to-one: one of them, or
 * null). Of a record that is stored only the link changes. To put what is there takes an earlier
 * change of the association back; a put that is refused leaves it. As Ecto.Changeset.put_assoc/4,
 * 3.13.
 * @throws ChangesetError for an association that does not exist, is read-only or not loaded; for a
 * record of another model; if onReplace is raise.
 */
export function putAssoc<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  value: unknown,
  options: AssocOptions = {},
): Changeset<Name> {
  const association = assertWritable(changeset, name, 'putAssoc');
  assertOnReplace(association, options);
  const current = assertLoaded(changeset.data, association, 'putAssoc');
  const items = readPutItems(association, value);
  if (items === null) return addShapeError(changeset, association, options);
  const rules = matchOptions(association, options);
  const pairs = pairItems(
    { ...rules, current },
    items,
    (item) => readPutKey(association, item),
    (item) => assertAttributes(association, item),
  );
  const put = matchRelation(
    { ...rules, ...pairs, touch: false },
    {
      unmatched: ['insert', 'update', 'delete'],
      pair: ({ item, current: found }) => changePutItem(association, item, found, putAssoc),
      showsRefused: (item) => showsRefused(association, item),
    },
  );
  return applyMatched(changeset, association, put, { ...options, takesBack: true });
}

/**
 * A new record of an association, not stored: its defaults, then the attributes that are its
 * fields, then (has_one and has_many) the owner's key. As Ecto.build_assoc/3, 3.13.
 * @throws ChangesetError for an association that does not exist or is read-only.
 */
export function buildAssoc(
  owner: Struct,
  name: string,
  attributes: { readonly [field: string]: Value } = {},
): Struct {
  const association = assertAssociation(owner.model, name, 'buildAssoc');
  assertNotThrough(association, 'buildAssoc');
  const { related, rules } = association;
  const own = Object.entries(attributes).filter(([field]) => related.fields.has(field));
  const built = buildStruct(related, { ...rules.defaults, ...Object.fromEntries(own) });
  if (association.kind !== 'hasOne' && association.kind !== 'hasMany') return built;
  const { ownerKey, relatedKey } = association;
  return withFields(built, renameKey(owner.fields, ownerKey, relatedKey));
}

/**
 * Adds new records to an association, to be inserted with their owner: what is there already is
 * neither read nor compared. Each entry says where it was sent. (Ecto has no such step: there one
 * inserts what build_assoc gave.)
 * @throws ChangesetError for an association that does not exist or is read-only, or a record that
 * is stored already.
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
    return { at, current: null, changeset: putAction(child, 'insert') };
  });
  const { at, onReplace } = matchOptions(association, options);
  return setAssoc(changeset, name, {
    at,
    entries,
    replaced: [],
    onReplace,
    touch: false,
    partial: changeset.data.state !== 'built',
  });
}

function assertWritable(changeset: Changeset, name: string, tried: string): Association {
  const association = assertAssociation(changeset.data.model, name, tried);
  assertNotThrough(association, tried);
  return association;
}

/**
 * The items of a cast; null for input of another shape. As in Ecto, an empty list is an empty
 * object to a to-one.
 * @throws ChangesetError for a list within a list.
 */
function readItems(association: Association, input: unknown): readonly Params[] | null {
  if (association.cardinality === 'one') {
    if (input === null) return [];
    if (Array.isArray(input) && input.length === 0) return [{}];
    return isParams(input) ? [input] : null;
  }
  if (!Array.isArray(input)) return null;
  const odd = input.findIndex((item) => !isParams(item));
  if (Array.isArray(input[odd])) {
    throw new ChangesetError(
      `cannot castAssoc "${association.name}" of ${association.owner.name}: entry ${odd} is a list. Give an object for each entry.`,
    );
  }
  return odd < 0 ? input : null;
}
