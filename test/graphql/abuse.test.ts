import { expect, test } from 'vitest';

import { models } from '../../src/blog/domain.ts';
import { post as aggregate } from '../../src/blog/post.ts';
import { buildInput } from '../../src/pothos/input/association-input.ts';
import { columnFields } from '../../src/pothos/read/column.ts';
import { buildField } from '../../src/pothos/mutation-fields.ts';
import { associationOf } from '../../src/pothos/read/object.ts';
import { recordField } from '../../src/pothos/read/record-field.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';

/* What a type's file may get wrong, as the one who adds a model reads it. */

const post = getModel(models, 'Post');
const noAssociation =
  'Post has no association "nope". It has: author, comments, postTags, permalink, tags.';
const noColumn =
  'Post has no column "nope". It has: id, title, body, authorId, lockVersion, insertedAt, updatedAt.';

// None of these asks its field builder for anything before it throws.
const t = {} as never;

/** Function, wrong use, call, message. */
const abuse: readonly (readonly [string, string, () => unknown, string])[] = [
  [
    'associationOf',
    'an association that is not there',
    () => associationOf(post, 'nope'),
    noAssociation,
  ],
  [
    'buildField',
    'an association that is not there',
    () => buildField(t, aggregate, 'nope'),
    noAssociation,
  ],
  [
    'columnFields',
    'the description of what is no column',
    () => columnFields(t, post, { nope: 'Not there.' }),
    noColumn,
  ],
  [
    'recordField',
    'a model whose key has two fields',
    () => recordField(t, getModel(models, 'PostTag'), 'A link.'),
    'PostTag has no id: its primary key is postId, tagId.',
  ],
  [
    'buildInput',
    'an association of which the far aggregate is not declared',
    () => buildInput(aggregate, 'postTags'),
    'the aggregate of PostTag is not declared: name it as the part of Post.postTags.',
  ],
];

test.each(abuse)('%s refuses %s', (_name, _use, call, message) => {
  expect(call).toThrow(new Error(message));
});
