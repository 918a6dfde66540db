import { datamodel } from '../../src/generated/datamodel.ts';
import type { Datamodel } from '../../src/model/datamodel/datamodel.ts';

const names = ['Author', 'Post', 'Comment', 'Tag', 'PostTag', 'Permalink', 'IdempotencyKey'];

const { models }: Datamodel = datamodel;

/** The blog's own models, without those that were added to it. */
export const blogDatamodel: Datamodel = {
  ...datamodel,
  models: Object.fromEntries(
    names.flatMap((name) => {
      const model = models[name];
      if (model === undefined) return [];
      const own = Object.entries(model.associations).filter(([, { to }]) => names.includes(to));
      return [[name, { ...model, associations: Object.fromEntries(own) }]];
    }),
  ),
};
