import type { Values } from '../model/value.ts';

/** What is wrong, for programs. */
export type IssueCode =
  | 'INVALID'
  | 'REQUIRED'
  | 'LENGTH'
  | 'FORMAT'
  | 'NUMBER'
  | 'INCLUSION'
  | 'UNIQUE'
  | 'FOREIGN_KEY'
  | 'CHECK'
  | 'STILL_ASSOCIATED'
  | 'REPLACE_NOT_ALLOWED'
  | 'NOT_IN_ASSOCIATION'
  | 'UNKNOWN_REF'
  | 'DUPLICATE_ENTRY'
  | 'CONFLICTING_INPUT';

/**
 * A user's mistake (as an entry of Ecto's `errors`). `message` is a template: `%{count}` stands for `params.count`.
 * `at` says where below the record the mistake is; left out, it is the field.
 */
export interface Issue {
  readonly field: string;
  readonly message: string;
  readonly params: Values;
  readonly code: IssueCode;
  readonly at?: Path;
  /** Only as long as the association is not set to something else: it was emptied, and may not be. */
  readonly emptied?: true;
}

/** Steps from a record to a value below it, in the sender's words. */
export type Path = readonly (string | number)[];
