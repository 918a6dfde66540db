import type { Model } from '../../model/model.ts';
import { changesetType } from './changeset-type.ts';
import { failureTypes, memberNames, type Of, type Payload } from './failures.ts';
import { lowerFirst, typeName } from '../names.ts';
import { objectOf, type Parts } from '../parts.ts';

/**
 * The result union of a mutation; its own success type, among the members, holds the record under
 * the name of its model.
 */
export function resultType(parts: Parts, name: string, model: Model) {
  const { builder, named } = parts;
  const success = typeName(parts, `${name}Success`);
  const union = typeName(parts, `${name}Result`);
  return named(union, () =>
    builder.unionType(union, {
      description: `What ${lowerFirst(name)} answers. Where several apply, the first of: LimitExceeded, IdempotencyConflict, NotFound, StaleEntry, InvalidChangeset, Forbidden.`,
      types: [makeSuccess(parts, success, model), ...failureTypes(parts)],
      resolveType: ({ kind }: Payload) =>
        kind === 'success' ? success : typeName(parts, memberNames[kind]),
    }),
  );
}

function makeSuccess(parts: Parts, name: string, model: Model) {
  return parts.builder.objectRef<Of<'success'>>(name).implement({
    description: 'The write was made, all of it.',
    fields: (t) => ({
      [lowerFirst(model.name)]: t.field({
        type: objectOf(parts, model),
        nullable: false,
        description: `The ${model.name} as it is now; of a delete as it was last, its associations as of now.`,
        resolve: ({ record }) => record,
      }),
      changeset: t.field({
        type: changesetType(parts),
        nullable: false,
        description: 'What was done.',
        resolve: (payload) => payload,
      }),
    }),
  });
}
