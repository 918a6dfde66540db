import { uniqueConstraint } from '../changeset/constraint/constraint.ts';
import { validateRequired } from '../changeset/validate/validate.ts';
import { validateLength } from '../changeset/validate/validate-length.ts';
import type { Aggregate } from '../mutation/domain.ts';

/** A tag, known by its name, which many posts may share. */
export const tag: Aggregate = {
  model: 'Tag',
  fields: ['name'],
  validate(changeset) {
    const named = validateRequired(changeset, ['name']);
    return uniqueConstraint(validateLength(named, 'name', { max: 255 }), 'name');
  },
  associations: { posts: { joinThrough: ['postTags', 'post'] } },
};
