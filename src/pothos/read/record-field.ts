import type { Model } from '../../model/model.ts';
import type { Field, QueryFields } from '../builder.ts';
import { castId, completeKey } from '../../model/key.ts';
import { columnsAsked } from './columns-asked.ts';
import { objectOf, type Parts } from '../parts.ts';

/** A Query field that finds a record by its id. */
export function recordField(
  parts: Parts,
  t: QueryFields,
  model: Model,
  description: string,
): Field {
  const columns = columnsAsked(parts, model);
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
    resolve: (_root, { id }, context, info) => {
      const key = completeKey(model, castId(model, id));
      return key && parts.loaders(context).record(model, key, columns(info));
    },
  });
}
