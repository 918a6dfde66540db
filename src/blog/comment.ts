import {
  type Declaration,
  foreignKeyConstraint,
  validateLength,
  validateRequired,
} from 'prisma-assoc/changeset';
import type { AppDatamodel } from '../generated/datamodel.ts';

/** A comment, which cannot stand without its post. */
export const comment: Declaration<AppDatamodel, 'Comment'> = {
  updatedAt: 'updatedAt',
  version: 'lockVersion',
  cast: ['body', 'postId'],
  validate(changeset) {
    changeset = validateRequired(changeset, ['body']);
    changeset = validateLength(changeset, 'body', { max: 10_000 });
    return foreignKeyConstraint(changeset, 'postId');
  },
  associations: {
    post: {
      cast: { fields: ['title', 'body'], nested: [], entry: 'CastCommentPostEntry' },
      put: {},
    },
  },
};
