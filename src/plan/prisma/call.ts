import { addStep, nestedStep } from './nested-operation.ts';
import type { Write } from '../plan.ts';
import { type Args, associationOf, type Data, rowId, type TranslateOptions } from './args.ts';

/**
 * One call of Prisma's client, and the operations of the plan (by index) that it writes, in their
 * order.
 */
export interface PrismaCall {
  readonly model: string;
  /** `deleteMany`: of a row that may be gone already; `updateMany`: of rows that lose their owner with it. */
  readonly method: 'create' | 'update' | 'updateMany' | 'delete' | 'deleteMany';
  readonly args: Args;
  readonly operations: readonly number[];
}

/**
 * A call being made. `frames` is the way to the row written last: only there more can be added
 * without losing order.
 */
export interface OpenCall {
  readonly model: string;
  readonly method: PrismaCall['method'];
  readonly args: Args;
  readonly operations: number[];
  readonly frames: Frame[];
}

/**
 * The write of one row within a call: its data, into which writes of its associations are nested.
 */
export interface Frame {
  readonly row: string;
  readonly created: boolean;
  readonly data: Data;
}

/** The frame of the row that an operation writes. */
export function frameOf({ action, model, row }: Write, data: Data): Frame {
  return { row: rowId(model, row), created: action === 'insert', data };
}

/** Adds an operation to a call behind everything that is there; false if that cannot be. */
export function nest(
  call: OpenCall,
  operation: Write,
  index: number,
  options: TranslateOptions,
): boolean {
  const { via } = operation;
  if (!via) return false;
  const depth = call.frames.findLastIndex((frame) => frame.row === rowId(via.model, via.row));
  const frame = call.frames[depth];
  if (!frame || !fits(frame, operation, options)) return false;
  const step = nestedStep(operation, options);
  if (!addStep(frame.data, step)) return false;
  call.frames.length = depth + 1;
  if (step.data) call.frames.push(frameOf(operation, step.data));
  call.operations.push(index);
  return true;
}

/**
 * A has_one is nested only into the insert of its owner: elsewhere Prisma would detach the one that
 * is there.
 */
function fits(frame: Frame, operation: Write, options: TranslateOptions): boolean {
  if (isNested(operation, options)) return true;
  return frame.created && operation.action === 'insert';
}

/** Whether an operation can stand in a nested write of its owner. */
export function isNested(operation: Write, options: TranslateOptions): boolean {
  if (!operation.via) return false;
  if (operation.action === 'link' || operation.action === 'unlink') return true;
  const association = associationOf(operation.via, options);
  if (association.kind !== 'hasMany') return false;
  return (
    operation.action !== 'update' ||
    !association.relatedKey.some((name) => name in operation.changes)
  );
}
