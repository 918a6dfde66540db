import type { DirectAssociation } from '../../model/model.ts';
import { allOf, anyOf, type Asked, asNotTrue, asTrue, type Condition } from './logic.ts';

/** Operators on the rows of a to-many association. */
export const manyOperators = ['some', 'every', 'none'] as const;

/** Operators on the record of a to-one association. */
export const oneOperators = ['is', 'isNot'] as const;

/** An operator on an association. */
export type AssociationOperator = (typeof manyOperators)[number] | (typeof oneOperators)[number];

/** What is asked of the associated rows: the association's rule decides which they are. */
export interface RelatedConditions {
  readonly rule: (asked: Asked) => Condition;
  readonly given: (asked: Asked) => Condition;
}

/** The condition of one operator of an association; of such a condition nothing is unknown. */
export function associationCondition(
  association: DirectAssociation,
  operator: AssociationOperator,
  { truth }: Asked,
  { rule, given }: RelatedConditions,
): Condition {
  switch (operator) {
    case 'some':
      return some(association, truth, allOf([rule(asTrue), given(asTrue)]));
    case 'none':
      return some(association, !truth, allOf([rule(asTrue), given(asTrue)]));
    case 'every':
      return some(association, !truth, allOf([rule(asTrue), given(asNotTrue)]));
    case 'is':
    case 'isNot':
      return (operator === 'is') === truth
        ? one(association, allOf([rule(asTrue), given(asTrue)]))
        : anyOf([
            absent(association),
            one(association, anyOf([rule(asNotTrue), given(asNotTrue)])),
          ]);
    default:
      return operator satisfies never;
  }
}

/** Whether some row of the association meets a condition, or (`truth` being false) none does. */
function some(association: DirectAssociation, truth: boolean, condition: Condition): Condition {
  if (condition === false) return !truth;
  const join = association.kind === 'manyToMany' ? association.join : null;
  const far = join && condition !== true ? { [join.relatedField]: { is: condition } } : condition;
  const where = far === true ? {} : far;
  return { [join?.ownerField ?? association.name]: truth ? { some: where } : { none: where } };
}

/** Whether the record is there and meets a condition. */
function one({ name }: DirectAssociation, condition: Condition): Condition {
  return condition === false ? false : { [name]: { is: condition === true ? {} : condition } };
}

/** Whether there is no record. Prisma refuses to ask that where the foreign key forbids it. */
function absent(association: DirectAssociation): Condition {
  const { kind, name, owner, ownerKey } = association;
  const isRequired =
    kind === 'belongsTo' && ownerKey.every((field) => !owner.fields.get(field)?.isNullable);
  return isRequired ? false : { [name]: { is: null } };
}
