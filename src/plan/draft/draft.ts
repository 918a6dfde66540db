import type { Model } from '../../model/model.ts';
import { pick, rowKeyText } from '../../model/key.ts';
import type { Struct } from '../../model/struct.ts';
import type { Values } from '../../model/value.ts';
import { ChangesetError } from '../../changeset/changeset-error.ts';
import type { Operation, Row } from '../plan.ts';

/** When an operation runs, other things being equal; see the order of a plan in order.ts. */
export type Phase = 'root' | 'removal' | 'update' | 'insert' | 'link' | 'last' | 'unchanged';

/**
 * An operation while the plan is being made, with what ordering and conflicts need to know of it.
 */
export interface Draft {
  readonly operation: Operation;
  readonly model: Model;
  readonly phase: Phase;
  /** The row as text if it is stored already; null for a new row and for a link. */
  readonly rowText: string | null;
  /**
   * Of a row that a has_one or has_many lists, and that stays as it is: the foreign key by which it
   * stays there.
   */
  readonly keeps: readonly string[];
  /** The row (as text) whose removal brings this one along. */
  readonly cascadeOf: string | null;
  /** The values of the stored row, as far as they are known. */
  readonly stored: Values;
}

/** Drafts an operation of a row of a model. */
export function makeDraft(
  operation: Operation,
  model: Model,
  phase: Phase,
  keeps: readonly string[] = [],
): Draft {
  const links = operation.action === 'link' || operation.action === 'unlink';
  const stored = !links && 'key' in operation.row;
  return {
    operation,
    model,
    phase,
    rowText: stored ? rowKeyText(model, operation.row.key) : null,
    keeps,
    cascadeOf: null,
    stored: 'from' in operation ? operation.from : {},
  };
}

/**
 * The row of a stored record.
 * @throws ChangesetError for a record without a key.
 */
export function storedRow({ model, fields }: Struct): Row {
  const key = pick(fields, model.primaryKey);
  const missing = model.primaryKey.find((name) => key[name] === null);
  if (missing === undefined) return { key };
  throw new ChangesetError(
    `cannot update or delete ${model.name}: it has no value of its key "${missing}". Insert it, or load it first.`,
  );
}
