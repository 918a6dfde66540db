import { datamodel } from '../../src/generated/datamodel.ts';
import type { Datamodel } from '../../src/model/datamodel/dmmf.ts';

const names = ['Author', 'Post', 'Comment', 'Tag', 'PostTag', 'Permalink', 'IdempotencyKey'];

const { models }: Datamodel = datamodel;

/** The blog's own models, without those that were added to it. */
export const blogDatamodel: Datamodel = {
  ...datamodel,
  models: models
    .filter(({ name }) => names.includes(name))
    .map((model) => ({
      ...model,
      fields: model.fields.filter(({ kind, type }) => kind !== 'object' || names.includes(type)),
    })),
};
