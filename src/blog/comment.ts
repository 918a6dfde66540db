import { foreignKeyConstraint } from '../changeset/constraint/constraint.ts';
import { validateRequired } from '../changeset/validate/validate.ts';
import { validateLength } from '../changeset/validate/validate-length.ts';
import type { Aggregate } from '../mutation/domain.ts';

/** A comment, which cannot stand without its post. */
export const comment: Aggregate = {
  model: 'Comment',
  updatedAt: 'updatedAt',
  version: 'lockVersion',
  fields: ['body', 'postId'],
  validate(changeset) {
    const written = validateRequired(changeset, ['body']);
    return foreignKeyConstraint(validateLength(written, 'body', { max: 10_000 }), 'postId');
  },
  associations: {
    post: {
      cast: {
        fields: ['title', 'body'],
        allowed: ['markAsInvalid', 'nilify', 'update'],
        chosen: 'nilify',
        entry: 'CastCommentPostEntry',
      },
      put: { allowed: ['markAsInvalid', 'nilify'], chosen: 'nilify' },
    },
  },
};
