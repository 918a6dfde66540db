import { parentOf } from '../../model/key.ts';
import type { Field, Model } from '../../model/model.ts';
import { limitsOf } from '../../model/position.ts';
import { type Values, valueText } from '../../model/value.ts';
import type { Operation, Plan } from '../plan.ts';
import { keyOf } from '../prisma/args.ts';

/*
 * Rows that exchange unique values: no order of their updates keeps the unique key, so one of them
 * parks its value first. It holds null, or a text or whole number that no row has, until its own
 * update, which alone raises its version and its updatedAt.
 */

/** Rows of one model to be parked in one field, by one statement. */
export interface Parking {
  readonly model: string;
  readonly field: string;
  /** The primary keys of the rows. */
  readonly keys: readonly Values[];
  /** Values, as texts, that the field is given in the plan: no row is parked with one of them. */
  readonly reserved: readonly string[];
  /** The updates of the rows, by their index in the plan. */
  readonly operations: readonly number[];
}

/**
 * The field, of those that an update changes, in which a row can hold something else until then:
 * null, or a text or whole number that no row has. Not one by which the row is found, nor one by
 * which it refers to another row.
 */
export function parkableField(model: Model, changed: readonly string[]): Field | null {
  const fields = changed
    .filter((name) => !model.primaryKey.includes(name))
    .flatMap((name) => model.fields.get(name) ?? []);
  const nullable = fields.find(({ isNullable }) => isNullable);
  const free = fields.filter((field) => !refers(model, field));
  return nullable ?? free.find(isText) ?? free.find((field) => limitsOf(field) !== null) ?? null;
}

const textTypes: readonly (string | null)[] = [null, 'Text', 'VarChar', 'Char', 'Citext'];

function refers(model: Model, { name }: Field): boolean {
  return parentOf(model, name) !== undefined;
}

function isText({ type, nativeType, isList }: Field): boolean {
  return type === 'String' && !isList && textTypes.includes(nativeType);
}

// PostgreSQL takes 32,767 parameters in a statement.
const MOST_ROWS = 5_000;

/** What a plan, whose keys are assigned, parks before its first write. */
export function findParkings(
  plan: Plan,
  { oneByOne = false }: { readonly oneByOne?: boolean } = {},
): readonly Parking[] {
  const most = oneByOne ? 1 : MOST_ROWS;
  const parkings: (Parking & { keys: Values[]; operations: number[] })[] = [];
  plan.operations.forEach((operation, index) => {
    for (const field of parkedFields(operation)) {
      const { model, row } = operation;
      const open = parkings.findLast(
        (parking) => parking.model === model && parking.field === field,
      );
      const reserved = open?.reserved ?? valuesGiven(plan, model, field);
      const full = !open || open.keys.length >= most;
      const parking = full ? { model, field, keys: [], reserved, operations: [] } : open;
      if (full) parkings.push(parking);
      parking.keys.push(keyOf(row));
      parking.operations.push(index);
    }
  });
  return parkings;
}

function parkedFields(operation: Operation): readonly string[] {
  return operation.action === 'update' ? (operation.parks ?? []) : [];
}

function valuesGiven({ operations }: Plan, model: string, field: string): readonly string[] {
  const values = operations.flatMap((operation) => {
    if (operation.model !== model) return [];
    if (operation.action === 'insert') return [operation.values[field]];
    return operation.action === 'update' ? [operation.changes[field]] : [];
  });
  return values.filter((value) => value !== undefined && value !== null).map(valueText);
}
