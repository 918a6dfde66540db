import { models } from '../blog/domain.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import { associationField } from '../pothos/read/association-field.ts';
import { builder } from './builder.ts';
import { columnFields } from '../pothos/read/column.ts';
import { connectionField } from '../pothos/connection/connection.ts';
import { associationOf, objectOf } from '../pothos/read/object.ts';
import { recordField } from '../pothos/read/record-field.ts';

const tag = getModel(models, 'Tag');

builder.objectType(objectOf(tag), {
  description: 'A word that posts are filed under; many posts share it.',
  fields: (t) => ({
    ...columnFields(t, tag, {
      id: 'Unique among tags.',
      name: 'The word, at most 255 characters; no two tags share it.',
    }),
    posts: associationField(
      t,
      associationOf(tag, 'posts'),
      'The posts filed under it. Ordered by id unless orderBy says otherwise; `first` limits per tag, not per batch.',
    ),
  }),
});

builder.queryFields((t) => ({
  tag: recordField(t, tag, 'The tag of an id, or null.'),
  tags: connectionField(t, tag, 'All tags, page by page.'),
}));
