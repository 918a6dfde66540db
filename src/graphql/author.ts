import { author as aggregate } from '../blog/author.ts';
import { models } from '../blog/domain.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import { associationField } from '../pothos/read/association-field.ts';
import { builder } from './builder.ts';
import { columnFields } from '../pothos/read/column.ts';
import { connectionField } from '../pothos/connection/connection.ts';
import { associationOf, objectOf } from '../pothos/read/object.ts';
import { createField, deleteField, updateField } from '../pothos/mutation-fields.ts';
import { recordField } from '../pothos/read/record-field.ts';

const author = getModel(models, 'Author');

builder.objectType(objectOf(author), {
  description: 'Someone who writes posts.',
  fields: (t) => ({
    ...columnFields(t, author, {
      id: 'Unique among authors.',
      name: 'The name, at most 255 characters.',
      lockVersion:
        'Rises by 1 with every update of the author; sent along with a write, it guards against overwriting what others wrote.',
      insertedAt: 'When the author was created.',
      updatedAt: 'When the author was last changed; a change of the posts leaves it.',
    }),
    posts: associationField(
      t,
      associationOf(author, 'posts'),
      'What the author wrote. Ordered by id unless orderBy says otherwise; `first` limits per author, not per batch.',
    ),
  }),
});

builder.queryFields((t) => ({
  author: recordField(t, author, 'The author of an id, or null.'),
  authors: connectionField(t, author, 'All authors, page by page.'),
}));

builder.mutationFields((t) => ({
  createAuthor: createField(t, aggregate),
  updateAuthor: updateField(t, aggregate),
  deleteAuthor: deleteField(t, aggregate),
}));
