import { getModel } from '../model/datamodel.ts';
import type { Model } from '../model/model.ts';
import { addStep, nestedStep, type Write } from './nested-step.ts';
import { addRow, updateManyArgs } from './update-many.ts';
import type { Link, Plan, Via } from './operation.ts';
import { isWrite } from './operation.ts';
import {
  type Args,
  associationOf,
  type Data,
  keyOf,
  keySelection,
  manyToMany,
  renamed,
  rowId,
  type TranslateOptions,
  insertData,
  updateData,
  whereKey,
} from './prisma-args.ts';

/*
 * The only place, beside repo/, where Prisma's words for writes (create, update, delete, connect, disconnect) are spoken:
 * this file, nested-step.ts and prisma-args.ts.
 */

/** One call of Prisma's client, and the operations of the plan (by index) that it writes, in their order. */
export interface PrismaCall {
  readonly model: string;
  /** `deleteMany`: of a row that may be gone already; `updateMany`: of rows that lose their owner with it. */
  readonly method: 'create' | 'update' | 'updateMany' | 'delete' | 'deleteMany';
  readonly args: Args;
  readonly operations: readonly number[];
}

/**
 * Translates a plan, whose keys are assigned, into Prisma calls that run its operations in its order: children are nested
 * in the write of their owner as long as that keeps the order (a nested write runs its keys in the object's order), and a
 * new call is begun where it does not. Unchanged rows give nothing.
 * @throws ChangesetError for a plan with a row whose key is not assigned.
 */
export function toNestedWrite(
  plan: Plan,
  options: TranslateOptions,
): readonly PrismaCall[] {
  const calls: Draft[] = [];
  plan.operations.forEach((operation, index) => {
    if (!isWrite(operation)) return;
    const call = options.oneByOne ? undefined : calls.at(-1);
    if (!call || !append(call, operation, index, options))
      calls.push(begin(operation, index, options));
  });
  return calls.map(({ model, method, args, operations }) => ({
    model,
    method,
    args,
    operations,
  }));
}

/** A call being made. `frames` is the way to the row written last: only there more can be added without losing order. */
interface Draft {
  readonly model: string;
  readonly method: PrismaCall['method'];
  readonly args: Args;
  readonly operations: number[];
  readonly frames: Frame[];
}

/** The write of one row within a call: its data, into which writes of its associations are nested. */
interface Frame {
  readonly row: string;
  readonly created: boolean;
  readonly data: Data;
}

function begin(
  operation: Write,
  index: number,
  options: TranslateOptions,
): Draft {
  const carried = beginCarried(operation, index, options);
  if (carried) return carried;
  const model = getModel(options.models, operation.model);
  switch (operation.action) {
    case 'insert': {
      const data = insertData(model, operation.values, options);
      const frame = frameOf(operation, data);
      return beginCall(
        model,
        { method: 'create', args: { data } },
        index,
        frame,
      );
    }
    case 'update': {
      if (operation.reason === 'cascaded') {
        const args = updateManyArgs(model, operation, options);
        return beginCall(model, { method: 'updateMany', args }, index);
      }
      const where = whereKey(model, operation.row);
      const data = updateData(model, operation.changes, options);
      const frame = frameOf(operation, data);
      return beginCall(
        model,
        { method: 'update', args: { where, data } },
        index,
        frame,
      );
    }
    case 'delete': {
      if (operation.reason === 'cascaded')
        return beginDeleteMany(model, keyOf(operation.row), index);
      const where = whereKey(model, operation.row);
      return beginCall(model, { method: 'delete', args: { where } }, index);
    }
    case 'link':
    case 'unlink':
      return beginLink(operation, index, options);
    default:
      return operation satisfies never;
  }
}

/** A call that gives back the whole row that it writes, with what the database makes of it: nobody need read it again. */
function beginCall(
  model: Model,
  { method, args }: Pick<PrismaCall, 'method' | 'args'>,
  index: number,
  frame?: Frame,
): Draft {
  return {
    model: model.name,
    method,
    args,
    operations: [index],
    frames: frame ? [frame] : [],
  };
}

function frameOf({ action, model, row }: Write, data: Data): Frame {
  return { row: rowId(model, row), created: action === 'insert', data };
}

/** A call on the owner that carries the operation, unless each operation is to have a call of its own. */
function beginCarried(
  operation: Write,
  index: number,
  options: TranslateOptions,
): Draft | null {
  if (!operation.via || options.oneByOne || !isNested(operation, options)) {
    return null;
  }
  const carrier = beginCarrier(operation.via, options);
  return nest(carrier, operation, index, options) ? carrier : null;
}

/** A join row written on its own; Prisma's implicit join table can only be written through the owner. */
function beginLink(
  operation: Link,
  index: number,
  options: TranslateOptions,
): Draft {
  const { join, ...association } = manyToMany(operation, options);
  if (!join) {
    const carrier = beginCarrier(operation.via, options);
    nest(carrier, operation, index, options);
    return carrier;
  }
  const owner = keyOf(operation.via.row);
  const data = {
    ...renamed(join.ownerKey, owner, association.ownerKey),
    ...renamed(join.relatedKey, keyOf(operation.row), association.relatedKey),
  };
  if (operation.action === 'link') {
    return beginCall(join.model, { method: 'create', args: { data } }, index);
  }
  return beginDeleteMany(join.model, data, index);
}

/** A deletion that asks for no key back: Prisma gives only a count. */
function beginDeleteMany(model: Model, where: Args, index: number): Draft {
  const call = { model: model.name, method: 'deleteMany' } as const;
  return { ...call, args: { where }, operations: [index], frames: [] };
}

/** Adds an operation to a call: nested in it, or as one more row of an `updateMany`. */
function append(
  call: Draft,
  operation: Write,
  index: number,
  options: TranslateOptions,
): boolean {
  if (call.method !== 'updateMany')
    return nest(call, operation, index, options);
  const isOneMore =
    operation.model === call.model && addRow(call.args, operation);
  if (isOneMore) call.operations.push(index);
  return isOneMore;
}

/** An update of the owner that changes none of its columns, only carries writes of its association. */
function beginCarrier(via: Via, options: TranslateOptions): Draft {
  const owner = getModel(options.models, via.model);
  const data: Data = {};
  const args = {
    where: whereKey(owner, via.row),
    data,
    select: keySelection(owner),
  };
  const frames = [{ row: rowId(via.model, via.row), created: false, data }];
  return { model: via.model, method: 'update', args, operations: [], frames };
}

/** Whether an operation can stand in a nested write of its owner. */
function isNested(operation: Write, options: TranslateOptions): boolean {
  if (!operation.via) return false;
  if (operation.action === 'link' || operation.action === 'unlink') return true;
  const association = associationOf(operation.via, options);
  if (association.kind !== 'hasMany') return false;
  return (
    operation.action !== 'update' ||
    !association.relatedKey.some((name) => name in operation.changes)
  );
}

/** Adds an operation to a call behind everything that is there; false where that cannot be. */
function nest(
  call: Draft,
  operation: Write,
  index: number,
  options: TranslateOptions,
): boolean {
  const { via } = operation;
  if (!via) return false;
  const depth = call.frames.findLastIndex(
    (frame) => frame.row === rowId(via.model, via.row),
  );
  const frame = call.frames[depth];
  if (!frame || !fits(frame, operation, options)) return false;
  const step = nestedStep(operation, options);
  if (!addStep(frame.data, step)) return false;
  call.frames.length = depth + 1;
  if (step.data) call.frames.push(frameOf(operation, step.data));
  call.operations.push(index);
  return true;
}

/** A has_one is nested only into the insert of its owner: elsewhere Prisma would detach the one that is there. */
function fits(
  frame: Frame,
  operation: Write,
  options: TranslateOptions,
): boolean {
  if (isNested(operation, options)) return true;
  return frame.created && operation.action === 'insert';
}
