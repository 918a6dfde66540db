import { beginCall } from './begin-call.ts';
import type { Plan, Write } from '../plan.ts';
import { isWrite } from '../plan.ts';
import { keyOf, type TranslateOptions } from './args.ts';
import { nest, type OpenCall, type PrismaCall } from './call.ts';
import { addRow } from './update-many.ts';

/*
 * The only place, beside repo/, where Prisma's words for writes (create, update, delete, connect,
 * disconnect) are spoken: this file, begin-call.ts, prisma-call.ts, nested-step.ts, update-many.ts
 * and prisma-args.ts.
 */

/**
 * Translates a plan, whose keys are assigned, into Prisma calls that run its operations in its
 * order: children are nested in the write of their owner as long as that keeps the order (a nested
 * write runs its keys in the object's order), and a new call begins if it does not. Prisma
 * then writes rows of one table that are new, or that go, in one statement, where Ecto sends one
 * for each. Unchanged rows give nothing.
 * @throws ChangesetError for a plan with a row whose key is not assigned.
 */
export function toNestedWrite(plan: Plan, options: TranslateOptions): readonly PrismaCall[] {
  const calls: OpenCall[] = [];
  plan.operations.forEach((operation, index) => {
    if (!isWrite(operation)) return;
    if (!options.takesOpen) keyOf(operation.row);
    const call = options.oneByOne ? undefined : calls.at(-1);
    if (!call || !append(call, operation, index, options))
      calls.push(beginCall(operation, index, options));
  });
  return calls.map(({ model, method, args, operations }) => ({
    model,
    method,
    args,
    operations,
  }));
}

/** Adds an operation to a call: nested in it, or as one more row of an `updateMany`. */
function append(
  call: OpenCall,
  operation: Write,
  index: number,
  options: TranslateOptions,
): boolean {
  if (call.method !== 'updateMany') return nest(call, operation, index, options);
  const isOneMore = operation.model === call.model && addRow(call.args, operation);
  if (isOneMore) call.operations.push(index);
  return isOneMore;
}
