import type { Errors, Path } from './case.ts';
import { changesetsIn, errorsAsCounted, isSamePath, isWithin } from './changesets.ts';
import type { Seen } from './seen.ts';

/** The associations that Ecto refuses to replace, by their places. */
export function refusedLists({
  expected,
  observed,
}: Pick<Seen, 'expected' | 'observed'>): readonly {
  readonly owner: string;
  readonly name: string;
  readonly path: Path;
}[] {
  const errors = expected.status === 'invalid' ? (expected.errors ?? []) : [];
  return changesetsIn(observed.end).flatMap(({ path, changeset: { data } }) =>
    [...data.model.associations.values()]
      .filter(({ rules }) => rules.onReplace === 'markAsInvalid')
      .map(({ name }) => ({
        owner: data.model.name,
        name,
        path: [...path, name],
      }))
      .filter(
        (place) =>
          errors.some((error) => isSamePath(error.path, place.path)) &&
          // A list that Ecto refuses is none of its changes.
          !expected.actions?.some(({ path: at }) => isWithin(at, place.path)),
      ),
  );
}

/** Rule 3: the errors within refused lists, as they are where the lists may be replaced. */
export function errorsBeside(seen: Seen): Errors {
  const lists = refusedLists(seen);
  return errorsAsCounted(seen.ifReplaced?.end ?? null).filter(({ path }) =>
    lists.some((list) => isWithin(path, list.path) && !isSamePath(path, list.path)),
  );
}

/** They are expected, too; the entries that show them are nothing of Ecto's. */
export function besideRefusal(seen: Seen): Partial<Seen> {
  const { expected, observed } = seen;
  const lists = refusedLists(seen);
  const errors = [...(expected.errors ?? []), ...errorsBeside(seen)];
  const actions =
    observed.actions?.filter(({ path }) => !lists.some((list) => isWithin(path, list.path))) ??
    null;
  return {
    expected: { ...expected, errors },
    observed: { ...observed, actions },
  };
}
