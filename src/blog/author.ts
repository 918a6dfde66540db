import {
  type Declaration,
  noAssocConstraint,
  validateLength,
  validateRequired,
} from 'prisma-assoc/changeset';
import type { AppDatamodel } from '../generated/datamodel.ts';
import { nameSubject } from './policy.ts';

const allowed = ['markAsInvalid', 'nilify', 'delete'] as const;

/** Who wrote posts. An author who still has posts is not deleted. */
export const author: Declaration<AppDatamodel, 'Author'> = {
  updatedAt: 'updatedAt',
  version: 'lockVersion',
  cast: ['name'],
  hidden: ['subject'],
  validate(changeset) {
    changeset = validateRequired(changeset, ['name']);
    changeset = validateLength(changeset, 'name', { max: 255 });
    return noAssocConstraint(changeset, 'posts');
  },
  prepare: nameSubject,
  associations: {
    posts: {
      cast: { allowed, default: 'nilify', relate: true },
      put: { allowed, default: 'nilify' },
      build: {},
    },
  },
};
