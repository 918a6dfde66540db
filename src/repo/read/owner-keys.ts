import type { Key } from '../../model/key.ts';
import type { Association, DirectAssociation } from '../../model/model.ts';
import { keyText } from '../../model/value.ts';
import type { Row } from '../row.ts';

/** Each of the keys once. */
export function uniqueKeys(keys: readonly (Key | null)[]): readonly Key[] {
  const byText = new Map<string, Key>();
  for (const key of keys) if (key) byText.set(keyText(key), key);
  return [...byText.values()];
}

/** What is read of an association, as an error names it. */
export function subjectOf({ owner, name }: DirectAssociation): string {
  return `${owner.name}.${name}`;
}

/**
 * An association whose rows are found by the owner's key.
 * @throws Error for one that goes through others.
 */
export function assertDirect(association: Association): DirectAssociation {
  if (association.kind !== 'through') return association;
  const { owner, name, path } = association;
  throw new Error(
    `cannot load "${name}" of ${owner.name}: it goes through other associations. Load ${path.join(', then ')}.`,
  );
}

/**
 * The values that lead from the owner to its associated rows; null when one of them is null.
 * @throws Error for a row that lacks one.
 */
export function ownerKey(association: DirectAssociation, row: Row): Key | null {
  const values = association.ownerKey.map((field) => {
    const value = row[field];
    if (value !== undefined) return value;
    throw new Error(
      `cannot load "${association.name}" of ${association.owner.name}: the row lacks "${field}". Read it whole.`,
    );
  });
  return values.includes(null) ? null : values;
}
