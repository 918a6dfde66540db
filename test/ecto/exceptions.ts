import { ChangesetError } from '../../src/changeset/changeset-error.ts';
import { ConstraintError, StaleEntryError } from '../../src/repo/errors/errors.ts';
import { sqlState } from '../../src/repo/errors/constraint-violation.ts';
import type { Expectation } from './case.ts';
import type { Observed, Phase } from './replay.ts';

/**
 * What we throw where Ecto raises: by the exception and the gist of its message, our error and what
 * it must say.
 */
interface Counterpart {
  readonly ecto: RegExp;
  readonly error: 'misuse' | 'stale' | 'constraint' | 'database';
  /** `$1` stands for what the first group of `ecto` found. */
  readonly says: string;
}

const counterparts: readonly Counterpart[] = [
  {
    ecto: /change relation :(\w+) of (\w+) but the `:on_replace` option of this relation is set to `:raise`/,
    error: 'misuse',
    says: '"$1" of $2.*onReplace is "raise"',
  },
  {
    ecto: /association `(\w+)` from `(\w+)` that was not loaded/,
    error: 'misuse',
    says: '"$1" of $2: it is not loaded',
  },
  {
    ecto: /cannot (insert|update|delete) related %(\w+)\{/,
    error: 'misuse',
    says: 'cannot $1 $2 .*associated',
  },
  {
    ecto: /cannot replace related %(\w+)\{/,
    error: 'misuse',
    says: 'cannot replace $1 .*once',
  },
  {
    ecto: /relation :(\w+) of (\w+) has `:on_replace` set to `:update`/,
    error: 'misuse',
    says: '"$1" of $2.*onReplace is "update"',
  },
  {
    ecto: /:(sort|drop)_param not supported/,
    error: 'misuse',
    says: '$1Param.*to-many',
  },
  {
    ecto: /invalid :with function for relation :(\w+) of cardinality one/,
    error: 'misuse',
    says: '"$1".*changeset function',
  },
  {
    ecto: /^ArgumentError: no_assoc_constraint can only be added/,
    error: 'misuse',
    says: 'cannot declare noAssocConstraint',
  },
  {
    ecto: /^ArgumentError: assoc_constraint can only be added/,
    error: 'misuse',
    says: 'cannot declare assocConstraint',
  },
  {
    ecto: /cannot (put|cast) assoc `(\w+)`/,
    error: 'misuse',
    says: 'cannot $1Assoc "$2"',
  },
  {
    ecto: /schema (\w+) does not have association or embed :(\w+)/,
    error: 'misuse',
    says: '"$2" of $1: there is no such association',
  },
  {
    ecto: /^Ecto\.StaleEntryError: .*?(update|delete) a stale struct: %(\w+)\{.*?\bid: (\d+)/,
    error: 'stale',
    says: 'cannot \\w+ $2 $3: it is stale',
  },
  {
    ecto: /^Ecto\.ConstraintError: .*?"(\w+)" \((unique|foreign|check)/,
    error: 'constraint',
    says: '$2\\w* constraint "$1"',
  },
  {
    // Prisma's client sends no null where none may be, so that the database is never asked.
    ecto: /^Postgrex\.Error: ERROR 23502 .*? null value in column "(\w+)"/,
    error: 'misuse',
    says: 'cannot (?:insert|update) \\w+: "$1" is null',
  },
  {
    // Ecto has no schema for a join table, and none of what onDelete deletes: there the driver's
    // error comes through. Here every row has a model.
    ecto: /^Postgrex\.Error: ERROR 235\d\d .*?violates (unique|foreign|check)[a-z ]* constraint "(\w+)"/,
    error: 'constraint',
    says: '$1\\w* constraint "$2"',
  },
  { ecto: /^Postgrex\.Error: ERROR (\w{5})/, error: 'database', says: '^$1$' },
  {
    ecto: /value .* for `(\w+)\.(\w+)` in `\w+` does not match type/,
    error: 'misuse',
    says: '"$2" of $1: it is not of type',
  },
  {
    ecto: /^Ecto\.CastError: expected params to be/,
    error: 'misuse',
    says: 'params must be',
  },
  { ecto: /unknown field `:?(\w+)`/, error: 'misuse', says: '"$1"' },
  {
    ecto: /expected changeset data to be a (?:Elixir\.)?(\w+)/,
    error: 'misuse',
    says: 'expected a $1',
  },
  {
    ecto: /cannot change belongs_to association `(\w+)` because there is already a change setting its foreign key `(\w+)`/,
    error: 'misuse',
    says: 'cannot change "$1" of .*"$2"',
  },
  {
    ecto: /got action :delete in changeset for associated (?:%|Elixir\.)?(\w+).*while inserting/,
    error: 'misuse',
    says: 'cannot delete $1 ',
  },
  {
    ecto: /a changeset with action :(\w+) was given to .*?\.(\w+)\/2/,
    error: 'misuse',
    says: 'cannot $2 .*its action is "$1"',
  },
  // Whatever else Ecto refuses is a programmer's mistake.
  { ecto: /^/, error: 'misuse', says: '' },
];

const phases: readonly Phase[] = ['load', 'changeset', 'repo'];

/** Why what we threw is not what Ecto raised, or null where it says the same. */
export function compareThrown(
  { exception = '', message = '', raisedIn }: Expectation,
  thrown: NonNullable<Observed['thrown']>,
): string | null {
  const raised = `${exception}: ${message.replace(/\s+/g, ' ')}`;
  for (const { ecto, error, says } of counterparts) {
    const found = ecto.exec(raised);
    if (!found) continue;
    const pattern = says.replace(/\$(\d)/g, (_, n) => found[Number(n)] ?? '');
    const fits = isOfKind(thrown.error, error, new RegExp(pattern));
    if (!fits) {
      return `expected ${error} /${pattern}/, got ${describeError(thrown.error)}`;
    }
    // Sooner is better; later is not.
    const late = raisedIn && phases.indexOf(thrown.phase) > phases.indexOf(raisedIn);
    return late ? `expected it to be thrown in ${raisedIn}, got it in ${thrown.phase}` : null;
  }
  return null;
}

/** An error in one line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message.replace(/\s+/g, ' ')}`;
}

function isOfKind(error: unknown, kind: Counterpart['error'], pattern: RegExp): boolean {
  if (kind === 'database') return pattern.test(sqlState(error) ?? '');
  if (!(error instanceof ChangesetError) || !pattern.test(error.message)) {
    return false;
  }
  const special =
    error instanceof StaleEntryError
      ? 'stale'
      : error instanceof ConstraintError
        ? 'constraint'
        : 'misuse';
  return special === kind;
}
