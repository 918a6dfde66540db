import { parentOf } from '../../model/key.ts';
import type { Field, Model } from '../../model/model.ts';
import type { ColumnKind } from '../parts.ts';

/** A column as the API shows it, filters and orders by it. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The field it is; of the `id` of a key of several fields, all of them. */
  readonly fields: readonly Field[];
  readonly isNullable: boolean;
  readonly isList: boolean;
}

/**
 * The columns of a model that clients see, in the schema's order. `id` is the primary key, whatever its fields are
 * called: where that is not one field id it comes first, and a field id that is another thing is
 * not shown.
 */
export function columnsOf(model: Model): readonly Column[] {
  const fields = [...model.fields.values()].filter(({ name }) => !model.hidden.includes(name));
  if (isKeyField(model, 'id')) return fields.map((field) => toColumn(model, field));
  const key = fieldsOf(model, 'id');
  const id: Column = { name: 'id', kind: 'ID', fields: key, isNullable: false, isList: false };
  const others = fields.filter(({ name }) => name !== 'id');
  return [id, ...others.map((field) => toColumn(model, field))];
}

/**
 * The column of a name.
 * @throws Error when the model has none.
 */
export function columnOf(model: Model, name: string): Column {
  const columns = columnsOf(model);
  const column = columns.find((known) => known.name === name);
  if (column) return column;
  const names = columns.map((known) => known.name).join(', ');
  throw new Error(`${model.name} has no column "${name}". It has: ${names}.`);
}

/** The fields that a name of the API means: of `id` those of the primary key. */
export function fieldsOf(model: Model, name: string): readonly Field[] {
  const names = name === 'id' ? model.primaryKey : [name];
  return names.flatMap((field) => model.fields.get(field) ?? []);
}

/** Whether a field is part of a foreign key: an id, of another record. */
export function isForeign(model: Model, name: string): boolean {
  return parentOf(model, name) !== undefined;
}

function toColumn(model: Model, field: Field): Column {
  const { name, isNullable } = field;
  return { name, kind: kindOf(model, field), fields: [field], isNullable, isList: field.isList };
}

function kindOf(model: Model, { name, type, nativeType }: Field): ColumnKind {
  // A UUID is compared as a whole, as ids are.
  const isId = isKeyField(model, name) ? name === 'id' : isForeign(model, name);
  if (isId || nativeType === 'Uuid') return 'ID';
  return type === 'Json' ? 'JSON' : type;
}

/** Whether a field alone is the primary key. */
function isKeyField({ primaryKey }: Model, name: string): boolean {
  return primaryKey.length === 1 && primaryKey[0] === name;
}
