import { noAssocConstraint } from '../changeset/constraint/constraint.ts';
import { validateRequired } from '../changeset/validate/validate.ts';
import { validateLength } from '../changeset/validate/validate-length.ts';
import type { Aggregate } from '../mutation/domain.ts';
import { post } from './post.ts';

const onReplace = ['markAsInvalid', 'nilify', 'delete'] as const;
const nested = ['comments', 'tags', 'permalink'];

/** Who wrote posts. An author who still has posts is not deleted. */
export const author: Aggregate = {
  model: 'Author',
  updatedAt: 'updatedAt',
  version: 'lockVersion',
  fields: ['name'],
  validate(changeset) {
    const named = validateRequired(changeset, ['name']);
    return noAssocConstraint(validateLength(named, 'name', { max: 255 }), 'posts');
  },
  associations: {
    posts: {
      part: post,
      cast: {
        fields: ['title', 'body'],
        nested,
        allowed: onReplace,
        chosen: 'nilify',
      },
      put: { allowed: onReplace, chosen: 'nilify' },
      build: { fields: ['title', 'body'], nested },
    },
  },
};
