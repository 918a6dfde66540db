import { builder, kit } from './builder.ts';

kit.object('Tag', {
  description: 'A word that posts are filed under; many posts share it.',
  fields: (t) => ({
    ...kit.columns(t, 'Tag', {
      id: 'Unique among tags.',
      name: 'The word, at most 255 characters; no two tags share it.',
    }),
    posts: kit.association(
      t,
      'Tag',
      'posts',
      'The posts filed under it. Ordered by id unless orderBy says otherwise; `first` limits per tag, not per batch.',
    ),
    postsConnection: kit.associationConnection(
      t,
      'Tag',
      'posts',
      'The same list as `posts`, page by page.',
    ),
  }),
});

builder.queryFields((t) => ({
  tag: kit.record(t, 'Tag', 'The tag of an id, or null.'),
  tags: kit.connection(t, 'Tag', 'All tags, page by page.'),
}));
