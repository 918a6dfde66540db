import { idText, pick } from '../../model/key.ts';
import type { Model } from '../../model/model.ts';
import { isList, valueText } from '../../model/value.ts';
import type { Row } from '../../repo/row.ts';
import type { Fields, ObjectFields } from '../builder.ts';
import type { Parts } from '../parts.ts';
import { type Column, columnOf } from './column.ts';
import { typeOf } from './column-type.ts';
import { readsColumns } from './columns-asked.ts';

/**
 * The fields of an object type that are columns: the described ones, in the order of their
 * descriptions.
 * @throws Error for a description of what is no column of the model.
 */
export function columnFields(
  parts: Parts,
  t: ObjectFields<Row>,
  model: Model,
  descriptions: { readonly [column: string]: string },
): Fields {
  const fields = Object.entries(descriptions).map(([name, description]) => {
    const column = columnOf(model, name);
    const options = {
      type: typeOf(parts, model, column),
      description,
      extensions: readsColumns(column.fields.map((field) => field.name)),
    };
    const field = column.isNullable
      ? t.field({
          ...options,
          nullable: true,
          resolve: (row) => toOutput(model, column, row),
        })
      : t.field({
          ...options,
          nullable: false,
          resolve: (row) => toOutput(model, column, row) ?? missing(model, name),
        });
    return [name, field] as const;
  });
  return Object.fromEntries(fields);
}

function toOutput(model: Model, { name, kind, fields }: Column, row: Row): unknown {
  const [field, ...others] = fields;
  if (others.length > 0) return idText(Object.values(pick(row, model.primaryKey)));
  const value = row[field?.name ?? name] ?? null;
  if (kind !== 'ID' || value === null) return value;
  return isList(value) ? value.map(valueText) : valueText(value);
}

function missing(model: Model, name: string): never {
  throw new Error(`a row of ${model.name} was read without its "${name}"`);
}
