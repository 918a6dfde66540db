import type { Association, ManyToMany, Model, Models } from '../model/model.ts';
import { getModel } from '../model/datamodel.ts';
import type { Value, Values } from '../model/value.ts';
import { keyText } from '../model/value.ts';
import { ChangesetError } from '../changeset/error.ts';
import type { Link, Operation, Plan, Row, Via } from './operation.ts';
import { isWrite } from './operation.ts';

/*
 * The only place, beside repo/, where Prisma's words for writes (create, update, delete, connect, disconnect) are spoken.
 */

/** The arguments of Prisma: plain objects. */
export type Args = { readonly [key: string]: unknown };

/** One call of Prisma's client, and the operations of the plan (by index) that it writes, in their order. */
export interface PrismaCall {
  readonly model: string;
  readonly method: 'create' | 'update' | 'delete';
  readonly args: Args;
  readonly operations: readonly number[];
}

/** What a translation needs beside the plan. */
export interface TranslateOptions {
  readonly models: Models;
  /** What updatedAt fields are set to. */
  readonly now: Date;
  /** Gives every operation a call of its own, so that a refusal of the database names its operation. Default false. */
  readonly oneByOne?: boolean;
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
    if (!call || !nest(call, operation, index, options))
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
  readonly data: Record<string, unknown>;
}

type Write = Exclude<Operation, { action: 'unchanged' }>;

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
      const data = { ...operation.values };
      const args = { data, select: keySelection(model) };
      return draft(
        operation.model,
        'create',
        args,
        index,
        frameOf(operation.model, operation.row, true, data),
      );
    }
    case 'update': {
      const data = updateData(model, operation.changes, options);
      const args = {
        where: whereKey(model, operation.row),
        data,
        select: keySelection(model),
      };
      return draft(
        operation.model,
        'update',
        args,
        index,
        frameOf(operation.model, operation.row, false, data),
      );
    }
    case 'delete':
      return draft(
        operation.model,
        'delete',
        { where: whereKey(model, operation.row), select: keySelection(model) },
        index,
      );
    case 'link':
    case 'unlink':
      return beginLink(operation, index, options);
    default:
      return operation satisfies never;
  }
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
  const select = keySelection(join.model);
  if (operation.action === 'link') {
    return draft(join.model.name, 'create', { data, select }, index);
  }
  const where = whereKey(join.model, { key: data });
  return draft(join.model.name, 'delete', { where, select }, index);
}

function manyToMany(operation: Link, options: TranslateOptions): ManyToMany {
  const association = associationOf(operation.via, options);
  if (association.kind === 'manyToMany') return association;
  throw new ChangesetError(`cannot link through "${association.name}".`);
}

function renamed(
  names: readonly string[],
  values: Values,
  from: readonly string[],
): Values {
  return Object.fromEntries(
    names.map((name, i) => [name, values[from[i] ?? ''] ?? null]),
  );
}

function draft(
  model: string,
  method: PrismaCall['method'],
  args: Args,
  index: number,
  frame?: Frame,
): Draft {
  return {
    model,
    method,
    args,
    operations: [index],
    frames: frame ? [frame] : [],
  };
}

function frameOf(
  model: string,
  row: Row,
  created: boolean,
  data: Record<string, unknown>,
): Frame {
  return { row: rowId(model, row), created, data };
}

/** An update of the owner that changes none of its columns, only carries writes of its association. */
function beginCarrier(via: Via, options: TranslateOptions): Draft {
  const owner = getModel(options.models, via.model);
  const data: Record<string, unknown> = {};
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
  if (step.data)
    call.frames.push(
      frameOf(
        operation.model,
        operation.row,
        operation.action === 'insert',
        step.data,
      ),
    );
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

interface Step {
  readonly field: string;
  readonly word: string;
  readonly item: unknown;
  /** The data of the row, where more can be nested into it. */
  readonly data: Record<string, unknown> | null;
  /** How Prisma takes the items of this word: as a list, as the one record of a to-one, or as one filter for all. */
  readonly takes: 'list' | 'one' | 'filter';
}

function nestedStep(operation: Write, options: TranslateOptions): Step {
  const model = getModel(options.models, operation.model);
  switch (operation.action) {
    case 'insert': {
      const association = operation.via
        ? associationOf(operation.via, options)
        : null;
      const fields =
        association?.kind === 'hasMany' || association?.kind === 'hasOne'
          ? association.relatedKey
          : [];
      const data = Object.fromEntries(
        Object.entries(operation.values).filter(
          ([name]) => !fields.includes(name),
        ),
      );
      const takes = association?.kind === 'hasOne' ? 'one' : 'list';
      return {
        field: operation.via?.association ?? '',
        word: 'create',
        item: data,
        data,
        takes,
      };
    }
    case 'update': {
      const data = updateData(model, operation.changes, options);
      const item = { where: whereKey(model, operation.row), data };
      return {
        field: operation.via?.association ?? '',
        word: 'update',
        item,
        data,
        takes: 'list',
      };
    }
    case 'delete': {
      const cascaded = operation.reason === 'cascaded';
      const item = cascaded
        ? keyOf(operation.row)
        : whereKey(model, operation.row);
      const word = cascaded ? 'deleteMany' : 'delete';
      return {
        field: operation.via?.association ?? '',
        word,
        item,
        data: null,
        takes: cascaded ? 'filter' : 'list',
      };
    }
    case 'link':
    case 'unlink':
      return linkStep(operation, options);
    default:
      return operation satisfies never;
  }
}

function linkStep(operation: Link, options: TranslateOptions): Step {
  const association = manyToMany(operation, options);
  const { join, related, relatedKey } = association;
  const links = operation.action === 'link';
  if (!join) {
    const word = links ? 'connect' : 'disconnect';
    const item = whereKey(related, operation.row);
    return { field: association.name, word, item, data: null, takes: 'list' };
  }
  const item = renamed(join.relatedKey, keyOf(operation.row), relatedKey);
  return {
    field: join.ownerField,
    word: links ? 'create' : 'deleteMany',
    item,
    data: null,
    takes: links ? 'list' : 'filter',
  };
}

/** Adds a step behind everything that is there; false where its word stands already and is not the last. */
function addStep(data: Record<string, unknown>, step: Step): boolean {
  const before = data[step.field];
  if (before === undefined) {
    data[step.field] = { [step.word]: started(step) };
    return true;
  }
  if (Object.keys(data).at(-1) !== step.field || !isArgs(before)) return false;
  const words = Object.keys(before);
  if (!words.includes(step.word)) {
    data[step.field] = { ...before, [step.word]: started(step) };
    return true;
  }
  const list = words.at(-1) === step.word ? openList(before[step.word]) : null;
  if (!list) return false;
  list.push(step.takes === 'filter' ? filterItem(step.item) : step.item);
  return true;
}

function started(step: Step): unknown {
  switch (step.takes) {
    case 'list':
      return [step.item];
    case 'one':
      return step.item;
    case 'filter': {
      const name = onlyName(step.item);
      return name === null
        ? { OR: [step.item] }
        : { [name]: { in: [filterItem(step.item)] } };
    }
    default:
      return step.takes satisfies never;
  }
}

/** The list of a word that can take one more item: the list itself, or the values of a filter. */
function openList(started: unknown): unknown[] | null {
  if (Array.isArray(started)) return started;
  const filter = isArgs(started) ? Object.values(started)[0] : null;
  if (Array.isArray(filter)) return filter;
  const values = isArgs(filter) ? filter['in'] : null;
  return Array.isArray(values) ? values : null;
}

/** What a filter's list holds of an item: the value of a key of one field, else the whole key. */
function filterItem(item: unknown): unknown {
  const name = onlyName(item);
  return name !== null && isArgs(item) ? item[name] : item;
}

function onlyName(item: unknown): string | null {
  const names = isArgs(item) ? Object.keys(item) : [];
  return names.length === 1 ? (names[0] ?? null) : null;
}

function isArgs(value: unknown): value is Args {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function updateData(
  model: Model,
  changes: Values,
  options: TranslateOptions,
): Record<string, unknown> {
  const data: Record<string, unknown> = { ...changes };
  if (model.version !== null && !(model.version in data))
    data[model.version] = { increment: 1 };
  if (model.updatedAt !== null && !(model.updatedAt in data))
    data[model.updatedAt] = options.now;
  return data;
}

function associationOf(via: Via, options: TranslateOptions): Association {
  const association = getModel(options.models, via.model).associations.get(
    via.association,
  );
  if (!association)
    throw new ChangesetError(
      `cannot write through "${via.association}": ${via.model} has no such association.`,
    );
  return association;
}

/** Prisma's unique filter of a row: its key, under the name of the key where it has several fields. */
export function whereKey(model: Model, row: Row): Args {
  const key = keyOf(row);
  return model.primaryKey.length === 1 ? key : { [model.primaryKeyName]: key };
}

function keySelection(model: Model): Args {
  return Object.fromEntries(model.primaryKey.map((name) => [name, true]));
}

function keyOf(row: Row): Values {
  if ('key' in row) return row.key;
  throw new ChangesetError(
    `cannot translate the plan: its new row ${row.new} has no key. Assign keys first.`,
  );
}

function rowId(model: string, row: Row): string {
  const key: readonly Value[] = Object.values(keyOf(row));
  return `${model} ${keyText(key)}`;
}
