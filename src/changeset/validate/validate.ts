import type { Value } from '../../model/value.ts';
import { compareDecimals, readDecimal } from '../../model/types/decimal.ts';
import { equalValues, isBlankText } from '../../model/value.ts';
import type { Changeset } from '../changeset.ts';
import type { Issue, IssueCode } from '../issue.ts';
import { getAssoc } from '../apply-changes.ts';
import { addError, dropChange, getField, setAssoc } from '../changeset.ts';
import { assertField } from '../assert.ts';
import { ChangesetError } from '../changeset-error.ts';

/** The options of every validation. */
export interface ValidateOptions {
  /** Instead of the validation's own message. */
  readonly message?: string;
}

/**
 * Requires fields (or to-one associations) to have a value after the changes: null and blank text
 * are missing. A missing field loses its change; a field that has an error already gets no second
 * one. A to-many that is loaded is never missing: castAssoc can require it. As
 * Ecto.Changeset.validate_required/3.
 * @throws ChangesetError for a name that is neither, or an association of a stored record that is
 * not loaded.
 */
export function validateRequired<Name extends string>(
  changeset: Changeset<Name>,
  names: readonly NoInfer<Name>[],
  options: ValidateOptions = {},
): Changeset<Name> {
  const message = options.message ?? "can't be blank";
  const checked: Changeset = {
    ...changeset,
    required: [...changeset.required, ...names],
  };
  return names.reduce((done, name) => {
    if (done.errors.some((error) => error.field === name)) return done;
    if (!isMissing(done, name)) return done;
    const params = { validation: 'required' };
    const dropped = done.data.model.associations.has(name)
      ? setAssoc(done, name, null)
      : dropChange(done, name);
    return addError(dropped, name, message, {
      code: 'REQUIRED',
      params,
    });
  }, checked);
}

/**
 * The bounds in the order in which they are looked at: `holds` takes how the number compares, as
 * below, at or above zero.
 */
const bounds = [
  {
    name: 'lessThan',
    holds: (order: number) => order < 0,
    message: 'must be less than %{number}',
  },
  {
    name: 'greaterThan',
    holds: (order: number) => order > 0,
    message: 'must be greater than %{number}',
  },
  {
    name: 'lessThanOrEqualTo',
    holds: (order: number) => order <= 0,
    message: 'must be less than or equal to %{number}',
  },
  {
    name: 'greaterThanOrEqualTo',
    holds: (order: number) => order >= 0,
    message: 'must be greater than or equal to %{number}',
  },
  {
    name: 'equalTo',
    holds: (order: number) => order === 0,
    message: 'must be equal to %{number}',
  },
  {
    name: 'notEqualTo',
    holds: (order: number) => order !== 0,
    message: 'must be not equal to %{number}',
  },
] as const;

const boundNames = bounds.map(({ name }) => name);

/** The bounds of a number; the first that does not hold is reported. */
export type NumberOptions = ValidateOptions & {
  readonly [name in (typeof boundNames)[number]]?: number | bigint;
};

/**
 * Validates a changed number. As Ecto.Changeset.validate_number/3.
 * @throws ChangesetError for a field that does not exist, and without any bound.
 */
export function validateNumber<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  options: NumberOptions,
): Changeset<Name> {
  assertOption(changeset, name, 'validateNumber', options, boundNames);
  return validateChange(changeset, name, (value) => {
    for (const { name: kind, holds, message } of bounds) {
      const bound = options[kind];
      if (bound === undefined) continue;
      const order = compareNumbers(value, bound);
      if (order === null || holds(order)) continue;
      return [
        issue(name, options.message ?? message, 'NUMBER', {
          number: bound,
          kind,
          validation: 'number',
        }),
      ];
    }
    return [];
  });
}

/**
 * Validates a changed text against a pattern. As Ecto.Changeset.validate_format/4.
 * @throws ChangesetError for a field that does not exist.
 */
export function validateFormat<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  pattern: RegExp,
  options: ValidateOptions = {},
): Changeset<Name> {
  return validateChange(changeset, name, (value) => {
    if (typeof value !== 'string' || value.search(pattern) >= 0) return [];
    return [
      issue(name, options.message ?? 'has invalid format', 'FORMAT', {
        validation: 'format',
      }),
    ];
  });
}

/**
 * Validates that a changed value is one of a list. As Ecto.Changeset.validate_inclusion/4.
 * @throws ChangesetError for a field that does not exist.
 */
export function validateInclusion<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  allowed: readonly Value[],
  options: ValidateOptions = {},
): Changeset<Name> {
  return validateChange(changeset, name, (value) => {
    if (allowed.some((item) => equalValues(item, value))) return [];
    const params = { validation: 'inclusion', enum: allowed };
    return [issue(name, options.message ?? 'is invalid', 'INCLUSION', params)];
  });
}

/**
 * Runs a validation of one's own on a changed value that is not null; what it returns is added to
 * the errors. As Ecto.Changeset.validate_change/3.
 * @throws ChangesetError for a field that does not exist.
 */
export function validateChange<Name extends string>(
  changeset: Changeset<Name>,
  name: NoInfer<Name>,
  validate: (value: Exclude<Value, null>, changeset: Changeset) => readonly Issue[],
): Changeset<Name> {
  assertField(changeset.data.model, name, 'validate');
  const value = changeset.changes[name];
  if (value === undefined || value === null) return changeset;
  const issues = validate(value, changeset);
  return issues.reduceRight(
    (done, { field, message, ...rest }) => addError<string>(done, field, message, rest),
    changeset,
  );
}

/**
 * A number, or the text of a decimal, against a bound: below, at or above zero; null for what is no
 * number.
 */
function compareNumbers(value: Value, bound: number | bigint): number | null {
  if (typeof value === 'number' || typeof value === 'bigint')
    return value < bound ? -1 : value > bound ? 1 : 0;
  const text = typeof value === 'string' ? readDecimal(value) : null;
  const limit = readDecimal(String(bound));
  return text === null || limit === null ? null : compareDecimals(text, limit);
}

/**
 * Checks that a validation has at least one of its options.
 * @throws ChangesetError when it is not.
 */
export function assertOption(
  changeset: Changeset,
  name: string,
  tried: string,
  options: object,
  oneOf: readonly string[],
): void {
  if (oneOf.some((option) => option in options)) return;
  const model = changeset.data.model.name;
  throw new ChangesetError(
    `cannot ${tried} "${name}" of ${model}: give at least one of ${oneOf.join(', ')}.`,
  );
}

function isMissing(changeset: Changeset, name: string): boolean {
  const association = changeset.data.model.associations.get(name);
  if (!association) {
    const value = getField(changeset, name);
    return value === null || isBlankText(value);
  }
  const records = getAssoc(changeset, name);
  return association.cardinality === 'one' && records.length === 0;
}

/** An error of a validation. */
export function issue(
  field: string,
  message: string,
  code: IssueCode,
  params: Issue['params'],
): Issue {
  return { field, message, params, code };
}
