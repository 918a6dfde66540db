import type { Field, Model } from '../../model/model.ts';
import type { EnumType } from '../builder.ts';
import type { Parts } from '../parts.ts';
import { lazyScalars } from '../scalars.ts';
import type { Column } from './column.ts';

/** To the builder's types a column is of any value, as JSON is. */
type ColumnType = Parts['scalars']['JSON'];

/** The GraphQL type of a column. */
export function typeOf(parts: Parts, model: Model, column: Column): ColumnType | [ColumnType] {
  const type = itemTypeOf(parts, model, column);
  return column.isList ? [type] : type;
}

/** The GraphQL type of a column's values; of a list, of its items. */
export function itemTypeOf(parts: Parts, model: Model, column: Column): ColumnType {
  const { kind, fields } = column;
  const [field] = fields;
  const type =
    kind === 'Enum' && field
      ? enumOf(parts, field)
      : (parts.scalars[kind as keyof Parts['scalars']] ?? addScalar(parts, model, column));
  return type as ColumnType;
}

/** The enum type of a column: the user's, else one of the enum's name and values. */
function enumOf({ builder, enums, named }: Parts, { enumName, enumValues }: Field): EnumType {
  const name = enumName ?? '';
  return (
    enums[name] ??
    named(`enum ${name}`, () => builder.enumType(name, { values: [...enumValues.keys()] }))
  );
}

/**
 * A scalar that GraphQL lacks, added where the first column of it is shown.
 * @throws Error where the builder has another type of that name.
 */
function addScalar({ builder, named }: Parts, { name: model }: Model, column: Column): string {
  const { kind, name } = column;
  return named(`scalar ${kind}`, () => {
    const add = lazyScalars[kind];
    if (!add || builder.configStore.hasImplementation(kind)) {
      throw new Error(
        `${model}.${name} needs a scalar for ${kind}, and the builder has a type of that name. ` +
          `Name the builder's own in the kit's option: scalars: { ${kind}: '...' }. Or do not show the column.`,
      );
    }
    add(builder);
    return kind;
  });
}
