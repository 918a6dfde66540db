import { builder, kit } from './builder.ts';

kit.object('Author', {
  description: 'Someone who writes posts.',
  fields: (t) => ({
    ...kit.columns(t, 'Author', {
      id: 'Unique among authors.',
      name: 'The name, at most 255 characters.',
      lockVersion:
        'Rises by 1 with every update of the author; sent along with a write, it guards against overwriting what others wrote.',
      insertedAt: 'When the author was created.',
      updatedAt: 'When the author was last changed; a change of the posts leaves it.',
    }),
    posts: kit.association(
      t,
      'Author',
      'posts',
      'What the author wrote. Ordered by id unless orderBy says otherwise; `first` limits per author, not per batch.',
    ),
    postsConnection: kit.associationConnection(
      t,
      'Author',
      'posts',
      'The same list as `posts`, page by page.',
    ),
  }),
});

builder.queryFields((t) => ({
  author: kit.record(t, 'Author', 'The author of an id, or null.'),
  authors: kit.connection(t, 'Author', 'All authors, page by page.'),
}));

builder.mutationFields((t) => kit.mutations(t, 'Author', { build: [] }));
