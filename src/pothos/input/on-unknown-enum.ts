import type { Parts } from '../parts.ts';

/** What a client may ask for where an entry's id is not in the list: one enum for all casts. */
export function onUnknownEnum({ builder, named }: Parts) {
  return named('CastOnUnknown', () =>
    builder.enumType('CastOnUnknown', {
      description: 'What an entry means whose id is not in the association.',
      values: {
        MARK_AS_INVALID: {
          value: 'issue',
          description: 'Refused: NOT_IN_ASSOCIATION at its id, or StaleEntry if it has a version.',
        },
        RELATE: {
          value: 'relate',
          description: 'The stored record of that id comes here, with the changes of the entry.',
        },
      } as const,
    }),
  );
}
