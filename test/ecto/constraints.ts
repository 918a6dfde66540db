import type { Changeset } from '../../src/changeset/changeset.ts';
import {
  assocConstraint,
  checkConstraint,
  foreignKeyConstraint,
  noAssocConstraint,
  uniqueConstraint,
} from '../../src/changeset/constraint/constraint.ts';
import type { CaseConstraint } from './operation.ts';

/** Declares a case's constraint on a changeset. */
export function declareConstraint(
  changeset: Changeset,
  { type, field, error_key: errorKey, ...given }: CaseConstraint,
): Changeset {
  const options = Object.fromEntries(
    Object.entries(given).filter(([, option]) => option !== undefined),
  );
  const fields = typeof field === 'string' ? [field] : field;
  const [first = ''] = fields;
  switch (type) {
    case 'unique_constraint':
      return uniqueConstraint(changeset, fields, {
        ...options,
        ...(errorKey !== undefined && { errorKey }),
      });
    case 'foreign_key_constraint':
      return foreignKeyConstraint(changeset, first, options);
    case 'assoc_constraint':
      return assocConstraint(changeset, first, options);
    case 'no_assoc_constraint':
      return noAssocConstraint(changeset, first, options);
    case 'check_constraint':
      return checkConstraint(changeset, first, {
        ...options,
        name: given.name ?? '',
      });
    default:
      return type satisfies never;
  }
}
