import {
  type Declaration,
  foreignKeyConstraint,
  owned,
  validateLength,
  validateRequired,
} from 'prisma-assoc/changeset';
import type { AppDatamodel } from '../generated/datamodel.ts';
import { nameAuthor } from './policy.ts';

/** A post. With it go its comments, its permalink and its links to tags. */
export const post: Declaration<AppDatamodel, 'Post'> = {
  updatedAt: 'updatedAt',
  version: 'lockVersion',
  cast: ['title', 'body', 'authorId'],
  validate(changeset) {
    changeset = validateRequired(changeset, ['title']);
    changeset = validateLength(changeset, 'title', { max: 255 });
    return foreignKeyConstraint(changeset, 'authorId');
  },
  prepare: nameAuthor,
  associations: {
    author: { cast: {}, put: {} },
    comments: owned({ relate: true }),
    permalink: {
      onDelete: 'deleteAll',
      cast: { allowed: ['markAsInvalid', 'nilify', 'update', 'delete'], default: 'update' },
      put: { allowed: ['markAsInvalid', 'nilify', 'delete'], default: 'nilify', by: ['url'] },
      build: {},
    },
  },
  manyToMany: {
    tags: {
      joinThrough: ['postTags', 'tag'],
      onDelete: 'deleteAll',
      cast: { relate: true },
      put: { by: ['name'], create: true },
      build: {},
    },
  },
};
