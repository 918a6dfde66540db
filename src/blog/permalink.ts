import { uniqueConstraint } from '../changeset/constraint/constraint.ts';
import { validateFormat, validateRequired } from '../changeset/validate/validate.ts';
import { validateLength } from '../changeset/validate/validate-length.ts';
import type { Aggregate } from '../mutation/domain.ts';

/** The address of a post: one url for one post, and a url only once. */
export const permalink: Aggregate = {
  model: 'Permalink',
  fields: ['url'],
  validate(changeset) {
    const given = validateRequired(changeset, ['url']);
    const short = validateLength(given, 'url', { max: 255 });
    const formed = validateFormat(short, 'url', /^\S+$/);
    // A post that has a permalink already takes no second one: the new record as a whole is at
    // fault, none of its fields.
    return uniqueConstraint(uniqueConstraint(formed, 'url'), 'postId', {
      at: [],
    });
  },
  associations: { post: {} },
};
