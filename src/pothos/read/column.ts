import type { Field, Model, ScalarType } from '../../model/model.ts';
import type { Value } from '../../model/value.ts';
import type { Row } from '../../repo/row.ts';
import type { Fields, ObjectFields } from '../builder.ts';
import type { ColumnKind, Parts } from '../parts.ts';

/** A column that the API shows or filters by. */
export interface Column {
  readonly field: Field;
  readonly kind: ColumnKind;
}

const kinds: { readonly [type in ScalarType]?: ColumnKind } = {
  String: 'String',
  Int: 'Int',
  Float: 'Float',
  Boolean: 'Boolean',
  DateTime: 'DateTime',
};

/**
 * The columns of a model in the schema's order, without lists and types that GraphQL has no scalar
 * for.
 */
export function columnsOf(model: Model): readonly Column[] {
  return [...model.fields.values()].flatMap((field) => {
    const kind = isKey(model, field) ? 'ID' : kinds[field.type];
    const isOut = field.isList || model.hidden.includes(field.name);
    return kind === undefined || isOut ? [] : [{ field, kind }];
  });
}

/**
 * The fields of an object type that are columns: the described ones, in the order of their
 * descriptions.
 * @throws Error for a description of what is no column of the model.
 */
export function columnFields(
  { scalars }: Parts,
  t: ObjectFields<Row>,
  model: Model,
  descriptions: { readonly [column: string]: string },
): Fields {
  const fields = Object.entries(descriptions).map(([name, description]) => {
    const column = columnOf(model, name);
    const options = { type: scalars[column.kind], description };
    const field = column.field.isNullable
      ? t.field({
          ...options,
          nullable: true,
          resolve: (row) => toOutput(row[name]),
        })
      : t.field({
          ...options,
          nullable: false,
          resolve: (row) => toOutput(row[name]) ?? missing(model, name),
        });
    return [name, field] as const;
  });
  return Object.fromEntries(fields);
}

/**
 * The column of a name.
 * @throws Error when the model has none that GraphQL has a scalar for.
 */
export function columnOf(model: Model, name: string): Column {
  const columns = columnsOf(model);
  const column = columns.find(({ field }) => field.name === name);
  if (column) return column;
  const field = model.fields.get(name);
  if (field) {
    const type = `${field.type}${field.isList ? '[]' : ''}`;
    throw new Error(
      `${model.name}.${name} is of type ${type}, for which there is no GraphQL scalar. Leave it out of what is cast and shown, or show it by a field of your own.`,
    );
  }
  const names = columns.map(({ field: { name: other } }) => other);
  throw new Error(`${model.name} has no column "${name}". It has: ${names.join(', ')}.`);
}

/** Whether a column is an id: primary and foreign keys are, whatever the database keeps them as. */
function isKey(model: Model, { name }: Field): boolean {
  if (model.primaryKey.includes(name)) return true;
  return [...model.associations.values()].some(
    (association) => association.kind === 'belongsTo' && association.ownerKey.includes(name),
  );
}

function toOutput(value: Value | undefined) {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return value;
  if (typeof value === 'object' || value === undefined) return null;
  return value;
}

function missing(model: Model, name: string): never {
  throw new Error(`a row of ${model.name} was read without its "${name}"`);
}
