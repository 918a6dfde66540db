import { post as aggregate } from '../blog/post.ts';
import { models } from '../blog/domain.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import { associationField, countField } from '../pothos/read/association-field.ts';
import { builder } from './builder.ts';
import { columnFields } from '../pothos/read/column.ts';
import { connectionField } from '../pothos/connection/connection.ts';
import { associationOf, objectOf } from '../pothos/read/object.ts';
import { buildField, createField, deleteField, updateField } from '../pothos/mutation-fields.ts';
import { recordField } from '../pothos/read/record-field.ts';

const post = getModel(models, 'Post');
const comments = associationOf(post, 'comments');

builder.objectType(objectOf(post), {
  description: 'A text with a title that readers comment on.',
  fields: (t) => ({
    ...columnFields(t, post, {
      id: 'Unique among posts.',
      title: 'The headline, at most 255 characters.',
      body: 'The text; null when there is none.',
      lockVersion:
        'Rises by 1 with every update of the post itself; sent along with a write, it guards against overwriting what others wrote.',
      insertedAt: 'When the post was created.',
      updatedAt: 'When the post itself was last changed; a change of its comments leaves it.',
    }),
    author: associationField(
      t,
      associationOf(post, 'author'),
      'Who wrote it; null when nobody is named.',
    ),
    comments: associationField(
      t,
      comments,
      'What readers wrote. Ordered by id unless orderBy says otherwise; `first` limits per post, not per batch.',
    ),
    commentCount: countField(
      t,
      comments,
      'How many comments there are, of those that meet the conditions.',
    ),
    tags: associationField(
      t,
      associationOf(post, 'tags'),
      'The tags it is filed under. Ordered by id unless orderBy says otherwise; `first` limits per post, not per batch.',
    ),
    permalink: associationField(
      t,
      associationOf(post, 'permalink'),
      'Its lasting address; null when it has none.',
    ),
  }),
});

builder.queryFields((t) => ({
  post: recordField(t, post, 'The post of an id, or null.'),
  posts: connectionField(t, post, 'All posts, page by page.'),
}));

builder.mutationFields((t) => ({
  createPost: createField(t, aggregate),
  updatePost: updateField(t, aggregate),
  deletePost: deleteField(t, aggregate),
  buildPostComment: buildField(t, aggregate, 'comments'),
}));
