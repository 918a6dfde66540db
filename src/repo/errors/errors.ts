import type { Path } from '../../changeset/issue.ts';
import type { Changeset } from '../../changeset/changeset.ts';
import { ChangesetError } from '../../changeset/changeset-error.ts';
import { listErrors, messageOf } from '../../changeset/traverse-errors.ts';
import type { Values } from '../../model/value.ts';
import type { Write } from '../../plan/plan.ts';
import type { ConstraintViolation } from './constraint-violation.ts';

/**
 * A row is not as it was when it was loaded: gone, no longer in its association, or of another
 * version. (Ecto writes a row that has left its association all the same, by its id alone.)
 */
export class StaleEntryError extends ChangesetError {
  override readonly name = 'StaleEntryError';
  readonly model: string;
  readonly key: Values;
  /** Where in the request the row comes from; if its version differs, the version. */
  readonly path: Path;

  constructor(action: string, model: string, key: Values, path: Path) {
    const shown = Object.values(key).map(String).join(', ');
    super(
      `cannot ${action} ${model} ${shown}: it is stale. It was changed, moved or deleted since it was loaded.`,
    );
    this.model = model;
    this.key = key;
    this.path = path;
  }
}

/**
 * A write of a function that throws was refused: `changeset` holds the errors. As
 * Ecto.InvalidChangesetError, 3.13.
 */
export class InvalidChangesetError extends ChangesetError {
  override readonly name = 'InvalidChangesetError';
  readonly changeset: Changeset;

  constructor(changeset: Changeset) {
    const { action, data } = changeset;
    const shown = listErrors(changeset).map(
      (issue) => `${issue.path.join('.')} ${messageOf(issue)}`,
    );
    super(
      `cannot ${action} ${data.model.name}: its changeset has errors: ${shown.join('; ')}. ` +
        'Use the function that gives the changeset back to report them.',
    );
    this.changeset = changeset;
  }
}

/**
 * The database refused a write for a constraint that the changeset does not declare; `cause` is its
 * own error.
 */
export class ConstraintError extends ChangesetError {
  override readonly name = 'ConstraintError';
  readonly constraint: string;

  constructor(
    { action, model, constraints }: Write,
    violation: ConstraintViolation,
    cause: unknown,
  ) {
    const declared = constraints.map(({ name }) => String(name)).join(', ');
    const hint = declared ? `It declares: ${declared}.` : 'It declares none.';
    super(
      `cannot ${action} ${model}: the database refuses it for the ${violation.kind} constraint "${violation.name}". ` +
        `Declare the constraint on the changeset to get an error of it instead. ${hint}`,
      { cause },
    );
    this.constraint = violation.name;
  }
}
