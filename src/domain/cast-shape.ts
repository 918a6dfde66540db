import { castAssoc } from '../changeset/assoc/assoc.ts';
import type { CastChild } from '../changeset/assoc/options.ts';
import { cast } from '../changeset/cast.ts';
import { type RecordShape, validated } from './aggregate.ts';

/**
 * The changeset function of a shape, as an Ecto schema's changeset/2: casts a record's fields, and the
 * associations that are cast of those that the params hold, then validates it. `context` is
 * what validators take of the request.
 */
export function castShape({ aggregate, fields, nested }: RecordShape, context: unknown): CastChild {
  return (record, params) => {
    const changeset = nested.reduce(
      (done, { association: { name }, cast: tool }) =>
        tool && params[name] !== undefined
          ? castAssoc(done, name, { with: castShape(tool, context), onReplace: tool.default })
          : done,
      cast(record, params, fields),
    );
    return validated(aggregate, changeset, context);
  };
}
