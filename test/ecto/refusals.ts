import { ChangesetError } from '../../src/changeset/changeset-error.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { ConstraintError, StaleEntryError } from '../../src/repo/errors/errors.ts';
import type { Errors, Expectation } from './case.ts';
import { changesetsIn, isSamePath } from './changesets.ts';
import type { Observed } from './replay.ts';

/*
 * For which constraints a write was refused, in the names that `askedRows` gives to what rows
 * break; null where it was not the database that refused.
 */

/** What Ecto was refused for. */
export function refusalsOfEcto(
  { status, exception = '', message = '', errors = [], transaction }: Expectation,
  given: Changeset | null,
): readonly string[] | null {
  if (status === 'raises') {
    if (exception === 'Ecto.StaleEntryError') return ['stale'];
    const raised = `${exception}: ${message}`;
    const [, column] = /ERROR 23502 [^]*? in column "(\w+)"/.exec(raised) ?? [];
    if (column !== undefined) return [`column ${column}`];
    const [, named, violated] = constraintOf.exec(raised) ?? [];
    const name = named ?? violated;
    return name === undefined ? null : [name];
  }
  // Without a transaction no SQL was run: the errors are the changeset's own.
  return status === 'invalid' && transaction ? declared(errors, given) : null;
}

const constraintOf =
  /^Ecto\.ConstraintError: [^]*?"(\w+)" \(|^Postgrex\.Error: ERROR 235[^]*? constraint "(\w+)"/;

/** What our side was refused for. */
export function refusalsOfOurs({
  thrown,
  status,
  errors,
  given,
}: Observed): readonly string[] | null {
  if (!thrown) return status === 'invalid' ? declared(errors, given) : null;
  const { error } = thrown;
  if (error instanceof ConstraintError) return [error.constraint];
  if (error instanceof StaleEntryError) return ['stale'];
  if (!(error instanceof ChangesetError)) return null;
  for (const [said, name] of misuses) {
    if (said.test(error.message)) return [name];
  }
  const [, column] = /: "(\w+)" is null/.exec(error.message) ?? [];
  return column === undefined ? null : [`column ${column}`];
}

/** What no database has to find. */
const misuses = [
  [/: it has no value of its key/, 'no key'],
  [/: its foreign key "\w+" is set to another record/, 'two keys'],
  [/: its owner is being inserted/, 'new owner'],
] as const;

/** The declared constraints that became errors; null where an error is of none. */
function declared(errors: Errors, given: Changeset | null): readonly string[] | null {
  const places = changesetsIn(given).flatMap(({ path, changeset }) =>
    changeset.constraints.map(({ field, message, name }) => ({
      path: [...path, field],
      message,
      name: String(name),
    })),
  );
  const names = errors.map(
    (error) =>
      places.find(({ path, message }) => message === error.message && isSamePath(path, error.path))
        ?.name,
  );
  const known = names.filter((name) => name !== undefined);
  return known.length > 0 && known.length === names.length ? known : null;
}

/**
 * Whether rows break a constraint that is declared under a name, which may be a part of the
 * constraint's own.
 */
export function breaks(broken: ReadonlySet<string>, name: string): boolean {
  return [...broken].some((own) => own === name || own.startsWith(name) || own.endsWith(name));
}
