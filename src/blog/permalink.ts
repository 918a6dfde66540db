import {
  type Declaration,
  uniqueConstraint,
  validateFormat,
  validateLength,
  validateRequired,
} from 'prisma-assoc/changeset';
import type { AppDatamodel } from '../generated/datamodel.ts';

/** The address of a post: one url for one post, and a url only once. */
export const permalink: Declaration<AppDatamodel, 'Permalink'> = {
  cast: ['url'],
  validate(changeset) {
    changeset = validateRequired(changeset, ['url']);
    changeset = validateLength(changeset, 'url', { max: 255 });
    changeset = validateFormat(changeset, 'url', /^\S+$/);
    changeset = uniqueConstraint(changeset, 'url');
    // A post that has a permalink already takes no second one: the new record as a whole is at
    // fault, none of its fields.
    return uniqueConstraint(changeset, 'postId', { at: [] });
  },
};
