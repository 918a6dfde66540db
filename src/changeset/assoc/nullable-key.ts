import type { Association, Model } from '../../model/model.ts';
import type { AssocChange } from '../changeset.ts';
import { remainingEntries } from '../walk.ts';

/**
 * Whether the foreign keys that a change of an association sets to null can be null: those of
 * records that lose their owner, or of an owner that loses its record. Ecto lets the database
 * refuse.
 */
export function canNilify(association: Association, change: AssocChange): boolean {
  const { entries, replaced, onReplace } = change;
  switch (association.kind) {
    case 'belongsTo': {
      const { owner, ownerKey } = association;
      const gone = replaced.length > 0 || entries.some(({ current }) => current !== null);
      const left = remainingEntries(change).length > 0;
      return !gone || left || takesNull(owner, ownerKey);
    }
    case 'hasOne':
    case 'hasMany': {
      const { related, relatedKey } = association;
      const keeps = onReplace === 'nilify' || onReplace === 'update';
      return replaced.length === 0 || !keeps || takesNull(related, relatedKey);
    }
    case 'manyToMany':
    case 'through':
      return true;
    default:
      return association satisfies never;
  }
}

function takesNull({ fields }: Model, names: readonly string[]): boolean {
  return names.every((name) => fields.get(name)?.isNullable);
}
