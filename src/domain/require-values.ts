import { requireAssoc } from '../changeset/assoc/apply-match.ts';
import { type Changeset, getField } from '../changeset/changeset.ts';
import { validateRequired } from '../changeset/validate/validate.ts';
import { foreignKeys, parentOf } from '../model/key.ts';
import type { Association } from '../model/model.ts';
import type { RecordShape } from './aggregate.ts';

/** What the input of a record takes, and the associations that are sent in it. */
interface Sent extends Pick<RecordShape, 'fields' | 'nested'> {
  readonly tools: readonly { readonly association: Association }[];
}

/**
 * A record needs what its columns take no null for, and what its domain requires: of a foreign key
 * the association, where that is sent. Text may be blank, that is for the domain to say.
 */
export function requireValues(changeset: Changeset, { fields, nested, tools }: Sent): Changeset {
  const { model, state } = changeset.data;
  const isNew = state === 'built';
  const isSent = (name: string) => tools.some(({ association }) => association.name === name);
  const lacking = fields.filter((name) => lacksValue(changeset, name));
  const own = lacking.map((name) => {
    const parent = parentOf(model, name);
    return parent && isSent(parent.name) ? parent.name : name;
  });
  const parents = foreignKeys(model).flatMap(({ name, ownerKey: [key = ''] }) => {
    const site = nested.find(({ association }) => association.name === name);
    if (model.fields.get(key)?.isNullable !== false && !site?.required) return [];
    if (isSent(name)) return [name];
    if (fields.includes(key)) return [key];
    return site && isNew && getField(changeset, key) === null ? [name] : [];
  });
  const names = new Set([...own, ...parents]);
  return nested.reduce(
    (done, { association, required }) => {
      const { name, kind } = association;
      if (!required || kind === 'belongsTo' || !(isNew || isSent(name))) return done;
      const isKnown =
        !done.assocs[name]?.partial && !done.errors.some(({ field }) => field === name);
      return isKnown ? requireAssoc(done, association, { required }) : done;
    },
    names.size === 0 ? changeset : validateRequired(changeset, [...names]),
  );
}

/**
 * Whether a column that takes no null has no value, and is not given one by the write. A stored
 * record has one, also if a page has not loaded it.
 */
function lacksValue(changeset: Changeset, name: string): boolean {
  const { model, state } = changeset.data;
  if (state !== 'built' && !(name in changeset.changes)) return false;
  const field = model.fields.get(name);
  if (!field || field.isNullable || getField(changeset, name) !== null) return false;
  const isMade = field.generated !== null || name === model.updatedAt;
  return !isMade || name in changeset.changes;
}
