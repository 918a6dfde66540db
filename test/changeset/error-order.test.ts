import { describe, expect, test } from 'vitest';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import type { Changeset } from '../../src/changeset/changeset.ts';
import { addError, change } from '../../src/changeset/changeset.ts';
import { listErrors, messageOf, traverseErrors } from '../../src/changeset/traverse-errors.ts';
import { validateRequired } from '../../src/changeset/validate/validate.ts';
import { validateLength } from '../../src/changeset/validate/validate-length.ts';
import { buildStruct, loadStruct } from '../../src/model/struct.ts';
import { modelOf, modelsWith } from '../support/core.ts';

const models = modelsWith({ 'Post.comments': { onReplace: 'delete' } });
const post = modelOf(models, 'Post');
const comment = modelOf(models, 'Comment');
const stored = (id: bigint) => loadStruct(comment, { id, body: 'b', post_id: 7n, position: null });

/**
 * Post 7 with comments 1, 2 and 3, to which a list of bodies is cast; the first is that of comment
 * 3.
 */
function castBodies(...bodies: readonly string[]): Changeset {
  const comments = bodies.map((body, i) => ({ id: i === 0 ? 3 : null, body }));
  const data = loadStruct(
    post,
    { id: 7n, title: 't' },
    { comments: [stored(1n), stored(2n), stored(3n)] },
  );
  return castAssoc(cast(data, { comments }, []), 'comments', {
    with: (child, params) =>
      validateLength(validateRequired(cast(child, params, ['body']), ['body']), 'body', { min: 2 }),
  });
}

describe('traverseErrors', () => {
  test('gives a list of messages for a field, the newest first', () => {
    const first = addError(change(buildStruct(post)), 'title', 'first');
    const changeset = addError(first, 'title', 'second');
    expect(changeset.errors.map(({ message }) => message)).toEqual(['second', 'first']);
    expect(traverseErrors(changeset)).toEqual({ title: ['second', 'first'] });
    expect(listErrors(changeset).map(messageOf)).toEqual(['first', 'second']);
  });

  test('lets a formatter see the error and the changeset it is in', () => {
    const changeset = castBodies('x');
    const tree = traverseErrors(
      changeset,
      ({ field, code }, { data }) => `${code} of ${data.model.name} ${field}`,
    );
    expect(tree).toEqual({ comments: [{ body: ['LENGTH of Comment body'] }] });
  });
});
