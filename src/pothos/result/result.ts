import type { Model } from '../../model/model.ts';
import { operationsOf } from './changeset-payload.ts';
import { changesetType } from './changeset-type.ts';
import type { Result } from '../../mutation/request.ts';
import { failureTypes, memberNames, type Of } from './failures.ts';
import { lowerFirst } from '../names.ts';
import { objectOf, type Parts } from '../parts.ts';

/**
 * The result union of a mutation; its own success type, among the members, holds the record under
 * the name of its model.
 */
export function resultType(parts: Parts, name: string, model: Model) {
  const { builder, named, typeName } = parts;
  const success = typeName(`${name}Success`);
  return named(`${name}Result`, (union) =>
    builder.unionType(union, {
      description: `What ${lowerFirst(name)} answers. Where several apply, the first of: LimitExceeded, IdempotencyConflict, NotFound, StaleEntry, InvalidChangeset, Forbidden.`,
      types: [makeSuccess(parts, success, model), ...failureTypes(parts)],
      resolveType: ({ kind }: Result) =>
        kind === 'success' ? success : typeName(memberNames[kind]),
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
        resolve: (payload) => operationsOf(parts.domain, payload),
      }),
    }),
  });
}
