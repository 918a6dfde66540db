import { castAssoc } from '../changeset/assoc/assoc.ts';
import { cast } from '../changeset/cast.ts';
import type { Changeset, Params } from '../changeset/changeset.ts';
import { foreignKeys } from '../model/key.ts';
import type { Struct } from '../model/struct.ts';
import { type RecordShape, validated } from './aggregate.ts';
import { requireValues } from './require-values.ts';

/** Makes the changeset of a record from what a form holds of it; also for `castAssoc`. */
export type RecordChangeset = (record: Struct, params: Params) => Changeset;

/**
 * The changeset function of a shape, as an Ecto schema's changeset/2: casts a record's fields, and the
 * associations that are cast of those that the params hold, validates it, and requires what its
 * columns and the domain do. No parent that is not sent: `castAssoc` and who puts one give it later.
 * `context` is what validators take of the request.
 */
export function castShape(
  { aggregate, fields, nested }: RecordShape,
  context: unknown,
): RecordChangeset {
  const parents = foreignKeys(aggregate.model).flatMap(({ ownerKey }) => ownerKey);
  const own = fields.filter((name) => !parents.includes(name));
  const castable = nested.filter(({ cast: tool }) => tool);
  const children = castable.filter(({ association }) => association.kind !== 'belongsTo');
  return (record, params) => {
    const tools = castable.filter(({ association: { name } }) => params[name] !== undefined);
    const changeset = tools.reduce(
      (done, { association: { name }, cast: tool }) =>
        tool
          ? castAssoc(done, name, { with: castShape(tool, context), onReplace: tool.default })
          : done,
      cast(record, params, fields),
    );
    const checked = validated(aggregate, changeset, context);
    return requireValues(checked, { fields: own, nested: children, tools });
  };
}
