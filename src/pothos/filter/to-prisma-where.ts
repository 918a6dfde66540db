import type { Association, DirectAssociation, Model } from '../../model/model.ts';
import { castValue } from '../../model/types/cast-value.ts';
import { type ArgumentPath, badUserInput } from '../bad-user-input.ts';
import { standardInputLimits } from '../input-limits.ts';
import { associationCondition, manyOperators, oneOperators } from './association-condition.ts';
import { fieldsOf } from '../read/column.ts';
import { columnCondition, type FilterInput, nullInput } from './column-condition.ts';
import { keyCondition } from './key-condition.ts';
import { allOf, anyOf, type Asked, asTrue, type Condition, opposite, toWhere } from './logic.ts';
import { makeMeasure, type Measure } from './measure.ts';

/** A where as GraphQL coerced it: what combines others, filters by column and by association. */
export interface WhereInput {
  readonly [name: string]: unknown;
}

/**
 * Prisma's where of a where input; {} where it is no condition. `path` is where it was sent.
 * @throws GraphQLError BAD_USER_INPUT for null within it (but `equals: null`), for a value that its
 * column cannot hold, and for a where without measure.
 */
export function toPrismaWhere(
  model: Model,
  input: WhereInput | null | undefined,
  path: ArgumentPath = ['where'],
  measure: Measure = makeMeasure(standardInputLimits),
): object {
  if (!input) return {};
  measure.values(input, path);
  return toWhere(model, translate({ model, path, measure }, input, asTrue));
}

/**
 * Prisma's where of a scope, which decides what is deleted: every object and list of it must hold a
 * condition, of the model's own columns.
 * @throws GraphQLError BAD_USER_INPUT as `toPrismaWhere`, and for a scope that does not.
 */
export function toPrismaScope(
  model: Model,
  input: unknown,
  path: ArgumentPath,
  measure: Measure,
): object {
  if (!isWhere(input)) throw badUserInput(path, 'is null: leave it out to mean the whole list');
  const where = toPrismaWhere(model, input, path, measure);
  assertConditions(model, input, path);
  return where;
}

interface Place {
  readonly model: Model;
  readonly path: ArgumentPath;
  readonly measure: Measure;
}

/** The parts of a where are all to hold; asked whether it fails, one of them is to. */
function translate(place: Place, input: WhereInput, asked: Asked): Condition {
  const parts = Object.entries(input).flatMap(([name, part]) => {
    if (part === undefined) return [];
    const path = [...place.path, name];
    if (part === null) throw nullInput(path);
    return [translatePart({ ...place, path }, name, part, asked)];
  });
  return asked.truth ? allOf(parts) : anyOf(parts);
}

function translatePart(place: Place, name: string, part: unknown, asked: Asked): Condition {
  if (name === 'AND' || name === 'OR' || name === 'NOT') {
    const each = name === 'NOT' ? opposite(asked) : asked;
    const items = (Array.isArray(part) ? part : [part]).map((item: unknown, i) => {
      const path = [...place.path, String(i)];
      if (!isWhere(item)) throw nullInput(path);
      return translate({ ...place, path }, item, each);
    });
    // All of AND and of NOT are to hold, one of OR; asked whether it fails, the other way round.
    return (name === 'OR') === asked.truth ? anyOf(items) : allOf(items);
  }
  const { model, path } = place;
  const filter = isWhere(part) ? part : {};
  const [field, ...others] = fieldsOf(model, name);
  if (field && others.length === 0) {
    const cast = (input: unknown) => castValue(field, input);
    return columnCondition(field, filter, asked, { path, cast });
  }
  if (field) return keyCondition(model, filter, asked, path);
  const association = model.associations.get(name);
  return isDirect(association) ? translateAssociation(place, association, filter, asked) : true;
}

function translateAssociation(
  place: Place,
  association: DirectAssociation,
  filter: FilterInput,
  asked: Asked,
): Condition {
  const { related: model, rules } = association;
  const ruled = Object.entries(rules.where).map(([name, equals]) => [name, { equals }]);
  const rule: WhereInput = Object.fromEntries(ruled);
  const operators = association.cardinality === 'many' ? manyOperators : oneOperators;
  const conditions = operators.flatMap((operator) => {
    const where = filter[operator];
    if (where === undefined) return [];
    const path = [...place.path, operator];
    if (!isWhere(where)) throw nullInput(path);
    place.measure.association(path);
    const below = { ...place, model, path };
    return [
      associationCondition(association, operator, asked, {
        rule: (of) => translate(below, rule, of),
        given: (of) => translate(below, where, of),
      }),
    ];
  });
  return asked.truth ? allOf(conditions) : anyOf(conditions);
}

/** Refuses an object or a list of a scope that holds no condition, at any depth. */
function assertConditions(model: Model, input: WhereInput, path: ArgumentPath): void {
  const parts = Object.entries(input).filter(([, part]) => part !== undefined);
  if (parts.length === 0) throw noCondition(path);
  for (const [name, part] of parts) {
    const at = [...path, name];
    if (model.associations.has(name)) {
      throw badUserInput(at, 'is a condition on an association, whose rows a scope does not lock');
    }
    if (Array.isArray(part)) {
      if (part.length === 0) throw noCondition(at);
      for (const [i, item] of part.entries()) assertConditions(model, item, [...at, String(i)]);
    } else if (isWhere(part)) {
      const operators = Object.entries(part).filter(
        ([key, to]) => key !== 'mode' && to !== undefined,
      );
      if (operators.length === 0) throw noCondition(at);
    }
  }
}

function noCondition(path: ArgumentPath): Error {
  return badUserInput(path, 'holds no condition: a scope decides what is deleted');
}

function isDirect(association: Association | undefined): association is DirectAssociation {
  return association !== undefined && association.kind !== 'through';
}

function isWhere(value: unknown): value is WhereInput {
  return typeof value === 'object' && value !== null;
}
