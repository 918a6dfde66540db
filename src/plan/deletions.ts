import type { Association } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import type { AssocChange, Changeset } from '../changeset/changeset.ts';

/**
 * A record that a write will delete, and the associations whose onDelete asks for something then.
 */
export interface Deletion {
  readonly record: Struct;
  readonly associations: readonly Association[];
}

/**
 * The stored records that a changeset will delete, at every level, with what must be read of each
 * before the plan can be made: the rows that go with it.
 */
export function findDeletions(changeset: Changeset): readonly Deletion[] {
  if (changeset.action === 'delete') return deletionOf(changeset.data);
  return Object.entries(changeset.assocs).flatMap(([name, assoc]) => {
    const association = changeset.data.model.associations.get(name);
    if (!association) return [];
    return [...replacedDeletions(association, assoc), ...entryDeletions(association, assoc)];
  });
}

function replacedDeletions(association: Association, assoc: AssocChange): readonly Deletion[] {
  if (association.kind === 'manyToMany') return [];
  if (assoc.onReplace !== 'delete' && assoc.onReplace !== 'deleteIfExists') return [];
  return assoc.replaced.flatMap((replaced) => deletionOf(replaced.data));
}

/** An entry of a many_to_many that is to be deleted only loses its link. */
function entryDeletions(association: Association, assoc: AssocChange): readonly Deletion[] {
  return assoc.entries.flatMap(({ changeset }) =>
    association.kind === 'manyToMany' && changeset.action === 'delete'
      ? []
      : findDeletions(changeset),
  );
}

function deletionOf(record: Struct): readonly Deletion[] {
  const associations = [...record.model.associations.values()].filter(
    (item) => item.rules.onDelete !== 'nothing',
  );
  return [{ record, associations }];
}
