import { datamodel } from '../generated/datamodel.ts';
import { readModels } from '../model/datamodel.ts';

const written = { updatedAt: 'updatedAt', version: 'lockVersion' };

/** The models of the blog, by name. */
export const models = readModels(datamodel, {
  Author: written,
  Post: {
    ...written,
    associations: { tags: { joinThrough: ['postTags', 'tag'] } },
  },
  Comment: written,
  Tag: { associations: { posts: { joinThrough: ['postTags', 'post'] } } },
});
