import { comment as aggregate } from '../blog/comment.ts';
import { models } from '../blog/models.ts';
import { getModel } from '../model/datamodel.ts';
import { associationField } from './association-field.ts';
import { builder } from './builder.ts';
import { columnFields } from './column.ts';
import { connectionField } from './connection.ts';
import { associationOf, objectOf } from './object.ts';
import { createField, deleteField, updateField } from './mutation-field.ts';
import { recordField } from './record-field.ts';

const comment = getModel(models, 'Comment');

builder.objectType(objectOf(comment), {
  description: 'What a reader wrote under a post.',
  fields: (t) => ({
    ...columnFields(t, comment, {
      id: 'Unique among comments.',
      body: 'The text, at most 10,000 characters.',
      lockVersion:
        'Rises by 1 with every update of the comment; sent along with a write, it guards against overwriting what others wrote.',
      insertedAt: 'When the comment was created.',
      updatedAt: 'When the comment was last changed.',
    }),
    post: associationField(
      t,
      associationOf(comment, 'post'),
      'The post it stands under.',
    ),
  }),
});

builder.queryFields((t) => ({
  comment: recordField(t, comment, 'The comment of an id, or null.'),
  comments: connectionField(t, comment, 'All comments, page by page.'),
}));

builder.mutationFields((t) => ({
  createComment: createField(t, aggregate),
  updateComment: updateField(t, aggregate),
  deleteComment: deleteField(t, aggregate),
}));
