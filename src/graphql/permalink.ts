import { kit } from './builder.ts';

kit.object('Permalink', {
  description: 'A lasting address of a post.',
  fields: (t) => ({
    ...kit.columns(t, 'Permalink', {
      id: 'Unique among permalinks.',
      url: 'The address, at most 255 characters without white space; no two permalinks share it.',
    }),
    post: kit.association(
      t,
      'Permalink',
      'post',
      'The post it leads to; null once it was detached.',
    ),
  }),
});
