import { comment as aggregate } from '../blog/comment.ts';
import { models } from '../blog/domain.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import { associationField } from '../pothos/read/association-field.ts';
import { builder } from './builder.ts';
import { columnFields } from '../pothos/read/column.ts';
import { connectionField } from '../pothos/connection/connection.ts';
import { associationOf, objectOf } from '../pothos/read/object.ts';
import { createField, deleteField, updateField } from '../pothos/mutation-fields.ts';
import { recordField } from '../pothos/read/record-field.ts';

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
    post: associationField(t, associationOf(comment, 'post'), 'The post it stands under.'),
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
