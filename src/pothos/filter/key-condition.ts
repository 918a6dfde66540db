import { castId, completeKey } from '../../model/key.ts';
import type { Model } from '../../model/model.ts';
import { type ArgumentPath, badUserInput } from '../bad-user-input.ts';
import { type FilterInput, nullInput } from './column-condition.ts';
import { allOf, anyOf, type Asked, type Condition } from './logic.ts';

/**
 * The condition of a filter of a primary key of several fields, none of which is ever null.
 * @throws GraphQLError BAD_USER_INPUT for null, but of `equals`, and for what is no id of the model.
 */
export function keyCondition(
  model: Model,
  filter: FilterInput,
  { truth }: Asked,
  path: ArgumentPath,
): Condition {
  const conditions = Object.entries(filter).flatMap(([operator, input]): Condition[] => {
    if (input === undefined) return [];
    const isOneOf = operator === 'equals' || operator === 'in';
    if (input === null && operator === 'equals') return [!truth];
    const at = [...path, operator];
    const ids: readonly unknown[] = Array.isArray(input) ? input : [input];
    const listed = anyOf(
      ids.map((id, i) => hasKey(model, id, Array.isArray(input) ? [...at, String(i)] : at)),
    );
    return [isOneOf === truth ? listed : not(listed)];
  });
  return truth ? allOf(conditions) : anyOf(conditions);
}

function hasKey(model: Model, id: unknown, path: ArgumentPath): Condition {
  if (id === null) throw nullInput(path);
  const key = completeKey(model, castId(model, id));
  if (key === null) throw badUserInput(path, `is no id of ${model.name}: ${JSON.stringify(id)}`);
  return key;
}

function not(condition: Condition): Condition {
  return typeof condition === 'boolean' ? !condition : { NOT: condition };
}
