import type { Association, Model } from '../../model/model.ts';
import type { AssocChange } from '../changeset.ts';

/**
 * Whether a change of an association can be written as to the foreign keys that it leaves without a
 * record: of records that lose their owner, or of the owner that loses its record. A column that
 * takes no null does not allow it; Ecto lets the database refuse.
 */
export function canLetGo(
  association: Association,
  { entries, replaced, onReplace }: AssocChange,
): boolean {
  switch (association.kind) {
    case 'belongsTo': {
      const { owner, ownerKey } = association;
      const gone = replaced.length > 0 || entries.some(({ current }) => current !== null);
      const left = entries.some(({ changeset }) => changeset.action !== 'delete');
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
