import type { Association } from '../model/model.ts';
import type { Struct } from '../model/struct.ts';
import type { AssocChange, Changeset } from '../changeset/changeset.ts';
import type { Path } from '../changeset/issue.ts';

/**
 * A record that a write will delete, and the associations whose onDelete asks for something then.
 */
export interface Deletion {
  readonly record: Struct;
  readonly associations: readonly Association[];
  /** Where the record is in the request. */
  readonly path: Path;
}

/**
 * The stored records that a changeset will delete, at every level, with what must be read of each
 * before the plan can be made: the rows that go with it.
 */
export function findDeletions(changeset: Changeset, path: Path): readonly Deletion[] {
  if (changeset.action === 'delete') return deletionOf(changeset.data, path);
  return Object.entries(changeset.assocs).flatMap(([name, assoc]) => {
    const association = changeset.data.model.associations.get(name);
    if (!association) return [];
    return [
      ...replacedDeletions(association, assoc, path),
      ...entryDeletions(association, assoc, path),
    ];
  });
}

function replacedDeletions(
  association: Association,
  assoc: AssocChange,
  path: Path,
): readonly Deletion[] {
  if (association.kind === 'manyToMany') return [];
  if (assoc.onReplace !== 'delete' && assoc.onReplace !== 'deleteIfExists') return [];
  return assoc.replaced.flatMap(({ data }) => deletionOf(data, [...path, ...assoc.at]));
}

/** An entry of a many_to_many that is to be deleted only loses its link. */
function entryDeletions(
  association: Association,
  assoc: AssocChange,
  path: Path,
): readonly Deletion[] {
  return assoc.entries.flatMap(({ at, changeset }) =>
    association.kind === 'manyToMany' && changeset.action === 'delete'
      ? []
      : findDeletions(changeset, [...path, ...at]),
  );
}

function deletionOf(record: Struct, path: Path): readonly Deletion[] {
  const associations = [...record.model.associations.values()].filter(
    (item) => item.rules.onDelete !== 'nothing',
  );
  return [{ record, associations, path }];
}
