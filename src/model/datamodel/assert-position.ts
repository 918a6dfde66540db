import { parentOf } from '../key.ts';
import type { Association, Has } from '../model.ts';
import { limitsOf, orderedLists } from '../position.ts';
import { namesOf } from './read-associations.ts';

/** @throws Error for a position that cannot keep the order of its association. */
export function assertPosition(association: Association): void {
  const { kind, owner, name, rules } = association;
  if (rules.position === null) return;
  const problem =
    kind === 'hasMany' ? findProblem(association, rules.position) : problemOfKind(kind);
  if (problem === null) return;
  throw new Error(`${owner.name}.${name} cannot keep its order in "${rules.position}": ${problem}`);
}

function problemOfKind(kind: Exclude<Association['kind'], 'hasMany'>): string {
  return kind === 'manyToMany'
    ? 'a many_to_many keeps none, since its records are in many lists. Write its join rows as a has_many, and give them the position.'
    : 'only a has_many keeps an order. Leave the position out.';
}

function findProblem({ owner, name, related, relatedKey, rules }: Has, position: string) {
  const field = related.fields.get(position);
  if (!field) {
    return `${related.name} has no such field. It has: ${namesOf(related.fields)}.`;
  }
  if (limitsOf(field) === null) {
    return `${related.name}.${position} is no whole number. Take a column of type Int or BigInt.`;
  }
  const refers = parentOf(related, position) !== undefined;
  if (related.primaryKey.includes(position) || refers) {
    return `it is part of a key of ${related.name}, which must not change. Take a column of its own.`;
  }
  if (position === related.version) {
    return `it is the version of ${related.name}. Take a column of its own.`;
  }
  const isUnique = related.uniqueKeys.some(
    (key) => key.includes(position) && !relatedKey.every((part) => key.includes(part)),
  );
  if (isUnique) {
    return `it is unique over the lists of all owners. Make it unique together with ${relatedKey.join(', ')}: @@unique([${[...relatedKey, position].join(', ')}]).`;
  }
  const other = orderedLists(related).find(
    (list) => list.rules.position === position && (list.owner !== owner || list.name !== name),
  );
  if (other) {
    return `${other.owner.name}.${other.name} keeps its own there. Give each list a column.`;
  }
  const [first] = rules.preloadOrder;
  if (rules.preloadOrder.length > 1 || first?.field !== position || first.direction !== 'asc') {
    return 'its preloadOrder is another. Leave that out.';
  }
  return Object.keys(rules.where).length > 0
    ? 'its "where" hides rows that have a place in it. Leave that out.'
    : null;
}
