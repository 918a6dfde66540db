import type { Model } from '../../model/model.ts';
import { castValue } from '../../model/types/cast-value.ts';
import type { QueryFields } from '../../graphql/builder.ts';
import { objectOf } from './object.ts';

/** A Query field that finds a record by its id. */
export function recordField(t: QueryFields, model: Model, description: string) {
  const field = idOf(model);
  return t.field({
    type: objectOf(model),
    nullable: true,
    description,
    args: {
      id: t.arg.id({
        required: true,
        description: 'The id; what is no id finds nothing.',
      }),
    },
    resolve: (_root, { id }, { loaders }) => {
      const cast = castValue(field, id);
      return cast.ok ? loaders.record(model, field.name, cast.value) : null;
    },
  });
}

function idOf(model: Model) {
  const [name] = model.primaryKey;
  const field = name === undefined ? undefined : model.fields.get(name);
  if (!field || model.primaryKey.length > 1) {
    throw new Error(`${model.name} has no id: its primary key is ${model.primaryKey.join(', ')}.`);
  }
  return field;
}
