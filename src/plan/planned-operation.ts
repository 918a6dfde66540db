import type { Path } from '../changeset/issue.ts';
import type { Values } from '../model/value.ts';
import type { Reason, Write } from './plan.ts';

/** What a policy is asked about: one write that is planned, whatever part of the request it is for. */
export interface PlannedOperation {
  readonly action: Write['action'];
  /** Prisma's model name; of a link the far record's. */
  readonly model: string;
  /** The primary key of its row; of a link the far record's. A new row's is made already. */
  readonly key: Values;
  /**
   * The whole row as it is stored, under its lock; null of what is not there yet. Of a link the join
   * row: by the field names of the join model, empty for Prisma's implicit join table.
   */
  readonly before: Values | null;
  /**
   * The row as it will be, without what the database and the clock fill in; null of what goes. Of a
   * link the join row.
   */
  readonly after: Values | null;
  /** The owner through whose list it is written; of a link its other end. */
  readonly via: {
    readonly model: string;
    readonly association: string;
    readonly key: Values;
  } | null;
  /** Where in the request it comes from, from the root record. */
  readonly path: Path;
  /**
   * The request names it, and then it may leave another owner's list (moved); a list left it out; it
   * goes with its owner.
   */
  readonly origin: Reason | 'moved';
}
