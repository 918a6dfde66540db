import { getModel } from '../../model/datamodel/read-models.ts';
import { renameKey } from '../../model/key.ts';
import type { Delete, Insert, Link, Write } from '../plan.ts';
import type { Data, TranslateOptions } from './args.ts';
import {
  type Args,
  associationOf,
  insertData,
  keyOf,
  manyToMany,
  updateData,
  whereKey,
} from './args.ts';

/** An operation as a word of Prisma within the data of its owner. */
export interface Step {
  readonly field: string;
  readonly word: string;
  readonly item: unknown;
  /** The data of the row, if more can be nested into it. */
  readonly data: Data | null;
  /**
   * How Prisma takes the items of this word: as a list, as the one record of a to-one, or as one
   * filter for all.
   */
  readonly takes: 'list' | 'one' | 'filter';
}

/** The word of an operation within the data of its owner. */
export function nestedStep(operation: Write, options: TranslateOptions): Step {
  switch (operation.action) {
    case 'insert':
      return insertStep(operation, options);
    case 'update': {
      const model = getModel(options.models, operation.model);
      const data = updateData(model, operation.changes, options);
      const item = { where: whereKey(model, operation.row), data };
      return { field: fieldOf(operation), word: 'update', item, data, takes: 'list' };
    }
    case 'delete':
      return deleteStep(operation, options);
    case 'link':
    case 'unlink':
      return linkStep(operation, options);
    default:
      return operation satisfies never;
  }
}

function fieldOf({ via }: Write): string {
  return via?.association ?? '';
}

/**
 * Prisma sets the foreign key of what is nested into a has_one or has_many by itself, and refuses
 * it in the data.
 */
function insertStep(operation: Insert, options: TranslateOptions): Step {
  const { model, values, via } = operation;
  const association = via ? associationOf(via, options) : null;
  const isHas = association?.kind === 'hasMany' || association?.kind === 'hasOne';
  const set = isHas ? association.relatedKey : [];
  const columns = insertData(getModel(options.models, model), values, options);
  const data = Object.fromEntries(Object.entries(columns).filter(([name]) => !set.includes(name)));
  const takes = association?.kind === 'hasOne' ? 'one' : 'list';
  const field = fieldOf(operation);
  return { field, word: 'create', item: data, data, takes };
}

function deleteStep(operation: Delete, { models }: TranslateOptions): Step {
  const { model, row, reason } = operation;
  const base = { field: fieldOf(operation), data: null };
  if (reason === 'cascaded') {
    return { ...base, word: 'deleteMany', item: keyOf(row), takes: 'filter' };
  }
  const item = whereKey(getModel(models, model), row);
  return { ...base, word: 'delete', item, takes: 'list' };
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
  const item = renameKey(keyOf(operation.row), relatedKey, join.relatedKey);
  const base = { field: join.ownerField, item, data: null };
  return links
    ? { ...base, word: 'create', takes: 'list' }
    : { ...base, word: 'deleteMany', takes: 'filter' };
}

/**
 * Adds a step behind everything that is there; false if its word stands already and is not the
 * last.
 */
export function addStep(data: Data, step: Step): boolean {
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
    case 'filter':
      return filterOf(step.item);
    default:
      return step.takes satisfies never;
  }
}

/** A filter of one row, by its key; `extendFilter` adds more. */
export function filterOf(key: unknown): Args {
  const name = onlyName(key);
  return name === null ? { OR: [key] } : { [name]: { in: [filterItem(key)] } };
}

/** Adds a row to a filter. */
export function extendFilter(filter: unknown, key: unknown): void {
  openList(filter)?.push(filterItem(key));
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
