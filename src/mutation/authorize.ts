import { getModel } from '../model/datamodel/read-models.ts';
import { pick } from '../model/key.ts';
import type { Models } from '../model/model.ts';
import type { Values } from '../model/value.ts';
import { joinRow, keyOf } from '../plan/prisma/args.ts';
import type { PlannedOperation } from '../plan/planned-operation.ts';
import { isWrite, type Plan, type Write } from '../plan/plan.ts';
import { type Delegates, toPrisma } from '../repo/delegate.ts';
import type { Locks } from '../repo/lock/row-locks.ts';
import type { Rollback } from '../repo/transaction/transaction.ts';
import type { Result } from './request.ts';

/** What decides whether a sender may do what is planned. */
export interface Policy<Context> {
  /**
   * Which of the planned operations the sender may not do: one that is denied refuses the mutation.
   * Asked once about all writes of a mutation, again if the transaction is retried, before the first
   * is run; `tx` is the Prisma client of the transaction. A dry run asks too, and a replay under an
   * idempotency key, about what was asked at first. Default all is allowed.
   */
  authorize?(
    operations: readonly PlannedOperation[],
    tx: unknown,
    context: Context,
  ): readonly PlannedOperation[] | Promise<readonly PlannedOperation[]>;
  /**
   * Whether a sender may do everything: then `authorize` is not asked, and the INSERT of a new row may make
   * its key, which else has to be made before. Default no.
   */
  allowsAll?(context: Context): boolean;
}

/** The operations that a policy is asked about; null where they are not known. */
export type Asked = readonly PlannedOperation[] | null;

/** Ends the transaction if one of the operations is denied, or if they are not known. */
export type Ask = (operations: Asked) => Promise<void>;

/** What asks the policy for a mutation; null if there is nothing to ask. */
export function askOf(
  policy: Policy<unknown> & { readonly context?: unknown },
  tx: Delegates,
  rollback: Rollback<Result>,
): Ask | null {
  if (!policy.authorize || policy.allowsAll?.(policy.context)) return null;
  return async (operations) => {
    if (operations?.length === 0) return;
    const denied =
      operations && (await policy.authorize?.(operations, toPrisma(tx), policy.context));
    const [first] = denied ?? [{ path: [] }];
    if (first) rollback({ kind: 'forbidden', path: first.path });
  };
}

/** The writes of a plan whose rows are locked and whose keys are made. */
export function plannedOperations(
  { operations }: Plan,
  models: Models,
  locks: Locks,
): readonly PlannedOperation[] {
  return operations.filter(isWrite).map((operation) => {
    const { action, model, row, via, path } = operation;
    const key = keyOf(row);
    const stored = locks.row(getModel(models, model), key) ?? {};
    return {
      action,
      model,
      key,
      ...rowsOf(operation, stored, models),
      via: via && { model: via.model, association: via.association, key: keyOf(via.row) },
      path,
      origin: originOf(operation, models),
    };
  });
}

function rowsOf(
  operation: Write,
  stored: Values,
  models: Models,
): Pick<PlannedOperation, 'before' | 'after'> {
  switch (operation.action) {
    case 'insert':
      return { before: null, after: operation.values };
    case 'update':
      return { before: stored, after: { ...stored, ...operation.changes } };
    case 'delete':
      return { before: stored, after: null };
    case 'link':
      return { before: null, after: joinRow(operation, { models })?.values ?? {} };
    case 'unlink':
      return { before: joinRow(operation, { models })?.values ?? {}, after: null };
    default:
      return operation satisfies never;
  }
}

/** An update through a list that changes whose list the row is in takes it from another. */
function originOf(operation: Write, models: Models): PlannedOperation['origin'] {
  const { reason } = operation;
  if (operation.action !== 'update' || !operation.via || reason !== 'given') return reason;
  const { via, from } = operation;
  const association = getModel(models, via.model).associations.get(via.association);
  if (association?.kind !== 'hasOne' && association?.kind !== 'hasMany') return reason;
  const left = Object.values(pick(from, association.relatedKey));
  return left.some((value) => value !== null) ? 'moved' : reason;
}
