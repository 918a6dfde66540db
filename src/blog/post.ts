import { foreignKeyConstraint } from '../changeset/constraint/constraint.ts';
import { validateRequired } from '../changeset/validate/validate.ts';
import { validateLength } from '../changeset/validate/validate-length.ts';
import { type Aggregate, ownedList } from '../mutation/domain.ts';
import { comment } from './comment.ts';
import { permalink } from './permalink.ts';
import { tag } from './tag.ts';

/** A post. With it go its comments, its permalink and its links to tags. */
export const post: Aggregate = {
  model: 'Post',
  updatedAt: 'updatedAt',
  version: 'lockVersion',
  fields: ['title', 'body', 'authorId'],
  validate(changeset) {
    const titled = validateRequired(changeset, ['title']);
    return foreignKeyConstraint(validateLength(titled, 'title', { max: 255 }), 'authorId');
  },
  associations: {
    author: {
      cast: {
        fields: ['name'],
        allowed: ['markAsInvalid', 'nilify', 'update'],
        chosen: 'nilify',
      },
      put: { allowed: ['markAsInvalid', 'nilify'], chosen: 'nilify' },
    },
    comments: ownedList(comment, ['body']),
    tags: {
      part: tag,
      joinThrough: ['postTags', 'tag'],
      onDelete: 'deleteAll',
      cast: {
        fields: ['name'],
        allowed: ['markAsInvalid', 'delete'],
        chosen: 'delete',
      },
      put: {
        allowed: ['markAsInvalid', 'delete'],
        chosen: 'delete',
        by: ['name'],
        create: true,
      },
      build: { fields: ['name'] },
    },
    permalink: {
      part: permalink,
      onDelete: 'deleteAll',
      cast: {
        fields: ['url'],
        allowed: ['markAsInvalid', 'nilify', 'update', 'delete'],
        chosen: 'update',
      },
      put: {
        allowed: ['markAsInvalid', 'nilify', 'delete'],
        chosen: 'nilify',
        by: ['url'],
      },
      build: { fields: ['url'] },
    },
  },
};
