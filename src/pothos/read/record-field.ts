import type { Model } from '../../model/model.ts';
import type { Field, QueryFields } from '../builder.ts';
import { castId } from './cast-id.ts';
import { objectOf, type Parts } from '../parts.ts';

/** A Query field that finds a record by its id. */
export function recordField(
  parts: Parts,
  t: QueryFields,
  model: Model,
  description: string,
): Field {
  const field = idOf(model);
  return t.field({
    type: objectOf(parts, model),
    nullable: true,
    description,
    args: {
      id: t.arg.id({
        required: true,
        description: 'The id; what is no id finds nothing.',
      }),
    },
    resolve: (_root, { id }, context) => {
      const cast = castId(field, id, parts.maxIdBytes);
      return cast.ok ? parts.loaders(context).record(model, field.name, cast.value) : null;
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
