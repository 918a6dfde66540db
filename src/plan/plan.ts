import type { Issue, Path } from '../changeset/issue.ts';
import type { Constraint } from '../changeset/constraint/declared.ts';
import type { Values } from '../model/value.ts';

/**
 * A row: by its primary key, or, if a plan inserts it and its key is not made yet, by its number
 * in the plan.
 */
export type Row = { readonly key: Values } | { readonly new: number };

/**
 * Why an operation is there: the request names the row, a list left it out, or it goes with its
 * owner.
 */
export type Reason = 'given' | 'replaced' | 'cascaded';

/** The owner and the has_one or has_many through which a row is written. */
export interface Via {
  readonly model: string;
  readonly row: Row;
  readonly association: string;
}

/** Foreign key fields that are to hold the key of a row which the same plan inserts. */
export interface Reference {
  readonly fields: readonly string[];
  readonly to: number;
  readonly toFields: readonly string[];
}

interface Base {
  /** Prisma's model name; of a link: the far record's. */
  readonly model: string;
  readonly row: Row;
  /** Where in the request the row comes from. */
  readonly path: Path;
  readonly reason: Reason;
}

/**
 * A row to be inserted; `values` holds what its record has, and null only if a change asks for
 * it.
 */
export interface Insert extends Base {
  readonly action: 'insert';
  readonly via: Via | null;
  readonly values: Values;
  readonly references: readonly Reference[];
  readonly constraints: readonly Constraint[];
}

/** A row to be updated. Without changes it is only touched: its updatedAt and version. */
export interface Update extends Base {
  readonly action: 'update';
  readonly via: Via | null;
  readonly from: Values;
  readonly changes: Values;
  readonly references: readonly Reference[];
  /**
   * The fields in which the row is parked before the first write, because another row takes its
   * unique value earlier.
   */
  readonly parks?: readonly string[];
  /** Values that the stored row must still have; else it is stale. */
  readonly expects: Values;
  readonly constraints: readonly Constraint[];
}

/** A row to be deleted; `ifExists`: a row that is gone already is no matter. */
export interface Delete extends Base {
  readonly action: 'delete';
  readonly via: Via | null;
  readonly from: Values;
  readonly expects: Values;
  readonly ifExists: boolean;
  readonly constraints: readonly Constraint[];
}

/** A join row of a many_to_many to be inserted or deleted, between `owner` and `row`. */
export interface Link extends Base {
  readonly action: 'link' | 'unlink';
  readonly via: Via;
  readonly constraints: readonly Constraint[];
}

/** A row that the request names and that stays as it is. */
export interface Unchanged extends Base {
  readonly action: 'unchanged';
  readonly expects: Values;
}

/** One step of a plan. */
export type Operation = Insert | Update | Delete | Link | Unchanged;

/**
 * What is to be written, in the order in which it is to be written; unchanged rows last. A value:
 * showing it runs nothing. (Ecto has none, it finds out while it writes.)
 */
export interface Plan {
  readonly operations: readonly Operation[];
}

/** What makes a request impossible to plan, with the way to it. */
export interface PlanIssue extends Issue {
  readonly path: Path;
}

/** An operation that runs SQL. */
export type Write = Exclude<Operation, Unchanged>;

/** Whether an operation runs SQL. */
export function isWrite(operation: Operation): operation is Write {
  return operation.action !== 'unchanged';
}
