import type { Values } from '../../model/value.ts';
import type { Constraint, ConstraintKind } from './declared.ts';

/**
 * The declared constraint that a refusal of the database is for, if there is one: of several the
 * last, as in Ecto.
 */
export function findConstraint(
  constraints: readonly Constraint[],
  refused: { readonly kind: ConstraintKind; readonly name: string },
): Constraint | undefined {
  return constraints.findLast(
    (declared) => declared.kind === refused.kind && matches(declared, refused.name),
  );
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
