import type { IssueCode, Path } from '../issue.ts';

/** The kinds of constraint a database can refuse a write for. */
export type ConstraintKind = 'unique' | 'foreignKey' | 'check' | 'exclusion';

/** How a declared name is compared with the one the database reports. */
export type ConstraintMatch = 'exact' | 'prefix' | 'suffix';

/**
 * A constraint of the database, and the error it becomes when the database refuses the write for
 * it.
 */
export interface Constraint {
  readonly kind: ConstraintKind;
  readonly name: string | RegExp;
  readonly match: ConstraintMatch;
  readonly field: string;
  readonly message: string;
  readonly code: IssueCode;
  readonly at?: Path;
  /**
   * Of a foreign key: whether it is of the row that is referred to, and not of the one that refers.
   * Left out where the declaration does not say.
   */
  readonly referenced?: boolean;
}
