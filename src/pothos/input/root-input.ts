import { withArticle } from '../../changeset/assert.ts';
import { type Aggregate, rootShape } from '../../domain/aggregate.ts';
import type { Parts } from '../parts.ts';
import { associationInput } from './association-input.ts';
import type { InputType } from './input-type.ts';
import { recordInput } from './record-input.ts';

/** The input of a root that is created: CreatePostInput. */
export function createInput(parts: Parts, aggregate: Aggregate): InputType {
  const { name } = aggregate.model;
  return recordInput(parts, `Create${name}Input`, rootShape(aggregate), {
    purpose: 'create',
    inputOf: associationInput,
    description: `A new ${name} and what belongs to it.`,
  });
}

/** The input of a root that is updated: UpdatePostInput. */
export function updateInput(parts: Parts, aggregate: Aggregate): InputType {
  const { name } = aggregate.model;
  return recordInput(parts, `Update${name}Input`, rootShape(aggregate), {
    purpose: 'update',
    inputOf: associationInput,
    description: `Changes of ${withArticle(name)} and of what belongs to it. What is absent stays as it is.`,
  });
}
