import {
  type Declaration,
  uniqueConstraint,
  validateLength,
  validateRequired,
} from 'prisma-assoc/changeset';
import type { AppDatamodel } from '../generated/datamodel.ts';

/** A tag, known by its name, which many posts may share. With it go its links, the posts stay. */
export const tag: Declaration<AppDatamodel, 'Tag'> = {
  cast: ['name'],
  validate(changeset) {
    changeset = validateRequired(changeset, ['name']);
    changeset = validateLength(changeset, 'name', { max: 255 });
    return uniqueConstraint(changeset, 'name');
  },
  manyToMany: { posts: { joinThrough: ['postTags', 'post'], onDelete: 'deleteAll' } },
};
