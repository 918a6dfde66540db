import { models } from '../blog/domain.ts';
import { getModel } from '../model/datamodel/read-models.ts';
import { associationField } from '../pothos/read/association-field.ts';
import { builder } from './builder.ts';
import { columnFields } from '../pothos/read/column.ts';
import { associationOf, objectOf } from '../pothos/read/object.ts';

const permalink = getModel(models, 'Permalink');

builder.objectType(objectOf(permalink), {
  description: 'A lasting address of a post.',
  fields: (t) => ({
    ...columnFields(t, permalink, {
      id: 'Unique among permalinks.',
      url: 'The address, at most 255 characters without white space; no two permalinks share it.',
    }),
    post: associationField(
      t,
      associationOf(permalink, 'post'),
      'The post it leads to; null once it was detached.',
    ),
  }),
});
