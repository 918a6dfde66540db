import type { Values } from '../../model/value.ts';
import type { Constraint, ConstraintKind } from './declared.ts';

/** What the database refuses; `referenced` as in Constraint, left out where it is not known. */
export interface Refused {
  readonly kind: ConstraintKind;
  readonly name: string;
  readonly referenced?: boolean;
}

/**
 * The declared constraint that a refusal of the database is for, if there is one: of several the
 * last, as in Ecto. Both ends of a relation of a table to itself have one name: the end decides.
 */
export function findConstraint(
  constraints: readonly Constraint[],
  { kind, name, referenced }: Refused,
): Constraint | undefined {
  const named = constraints.filter((declared) => declared.kind === kind && matches(declared, name));
  const atEnd = named.findLast(
    (declared) => (declared.referenced ?? referenced) === (referenced ?? declared.referenced),
  );
  return atEnd ?? named.at(-1);
}

/** The params of the error that a constraint becomes. */
export function constraintParams({ kind, name }: Constraint): Values {
  return { constraint: kind, constraintName: String(name) };
}

function matches({ name, match }: Constraint, refused: string): boolean {
  if (typeof name !== 'string') return refused.search(name) >= 0;
  switch (match) {
    case 'exact':
      return refused === name;
    case 'prefix':
      return refused.startsWith(name);
    case 'suffix':
      return refused.endsWith(name);
    default:
      return match satisfies never;
  }
}
