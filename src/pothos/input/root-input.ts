import { type Aggregate, writableNames } from '../../mutation/domain.ts';
import { associationInput } from './association-input.ts';
import type { InputType } from './input-type.ts';
import { recordInput } from './record-input.ts';

/** The input of a root that is created: CreatePostInput. */
export function createInput(aggregate: Aggregate): InputType {
  return recordInput(`Create${aggregate.model}Input`, aggregate, {
    purpose: 'create',
    fields: aggregate.fields,
    nested: writableNames(aggregate),
    inputOf: associationInput,
    description: `A new ${aggregate.model} and what belongs to it.`,
  });
}

/** The input of a root that is updated: UpdatePostInput. */
export function updateInput(aggregate: Aggregate): InputType {
  return recordInput(`Update${aggregate.model}Input`, aggregate, {
    purpose: 'update',
    fields: aggregate.fields,
    nested: writableNames(aggregate),
    inputOf: associationInput,
    description: `Changes of a ${aggregate.model} and of what belongs to it. What is absent stays as it is.`,
  });
}
