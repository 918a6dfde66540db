import { getModel } from '../../model/datamodel/read-models.ts';
import type { Model } from '../../model/model.ts';
import type { Delete, Insert, Link, Update, Via, Write } from '../plan.ts';
import {
  type Args,
  type Data,
  insertData,
  joinRow,
  keyOf,
  keySelection,
  rowId,
  type TranslateOptions,
  updateData,
  whereKey,
} from './args.ts';
import { type Frame, frameOf, isNested, nest, type OpenCall, type PrismaCall } from './call.ts';
import { updateManyArgs } from './update-many.ts';

/** Begins a call with an operation: on its owner if that can carry it, else on its own row. */
export function beginCall(operation: Write, index: number, options: TranslateOptions): OpenCall {
  const carried = beginCarried(operation, index, options);
  if (carried) return carried;
  switch (operation.action) {
    case 'insert':
      return beginInsert(operation, index, options);
    case 'update':
      return beginUpdate(operation, index, options);
    case 'delete':
      return beginDelete(operation, index, options);
    case 'link':
    case 'unlink':
      return beginLink(operation, index, options);
    default:
      return operation satisfies never;
  }
}

/**
 * A call on the owner that carries the operation, unless each operation is to have a call of its
 * own, or the call would change the owner: Prisma sets its @updatedAt.
 */
function beginCarried(operation: Write, index: number, options: TranslateOptions): OpenCall | null {
  if (!operation.via || options.oneByOne || !isNested(operation, options)) {
    return null;
  }
  if (getModel(options.models, operation.via.model).isStamped) return null;
  const carrier = beginCarrier(operation.via, options);
  return nest(carrier, operation, index, options) ? carrier : null;
}

/**
 * An update of the owner that changes none of its columns, only carries writes of its association.
 */
function beginCarrier(via: Via, options: TranslateOptions): OpenCall {
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

function beginInsert(operation: Insert, index: number, options: TranslateOptions): OpenCall {
  const model = getModel(options.models, operation.model);
  const data = insertData(model, operation.values, options);
  const call = { model, method: 'create', args: { data } } as const;
  return callOf(call, index, frameOf(operation, data));
}

function beginUpdate(operation: Update, index: number, options: TranslateOptions): OpenCall {
  const model = getModel(options.models, operation.model);
  if (operation.reason === 'cascaded') {
    const args = updateManyArgs(model, operation, options);
    return callOf({ model, method: 'updateMany', args }, index);
  }
  const where = whereKey(model, operation.row);
  const data = updateData(model, operation.changes, options);
  const call = { model, method: 'update', args: { where, data } } as const;
  return callOf(call, index, frameOf(operation, data));
}

function beginDelete(
  { model: name, row, reason }: Delete,
  index: number,
  { models }: TranslateOptions,
): OpenCall {
  const model = getModel(models, name);
  return reason === 'cascaded'
    ? callOf({ model, method: 'deleteMany', args: { where: keyOf(row) } }, index)
    : callOf({ model, method: 'delete', args: { where: whereKey(model, row) } }, index);
}

/**
 * A join row written on its own; Prisma's implicit join table can only be written through the
 * owner.
 */
function beginLink(operation: Link, index: number, options: TranslateOptions): OpenCall {
  const row = joinRow(operation, options);
  if (!row) {
    const carrier = beginCarrier(operation.via, options);
    nest(carrier, operation, index, options);
    return carrier;
  }
  const { model, values: data } = row;
  return operation.action === 'link'
    ? callOf({ model, method: 'create', args: { data } }, index)
    : callOf({ model, method: 'deleteMany', args: { where: data } }, index);
}

interface Begun {
  readonly model: Model;
  readonly method: PrismaCall['method'];
  readonly args: Args;
}

/**
 * A call of one operation. What writes one row gives it back whole, with what the database makes of
 * it, so that it need not be read again.
 */
function callOf({ model, method, args }: Begun, index: number, frame?: Frame): OpenCall {
  const frames = frame ? [frame] : [];
  return { model: model.name, method, args, operations: [index], frames };
}
