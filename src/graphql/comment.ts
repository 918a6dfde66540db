import { builder, kit } from './builder.ts';

kit.object('Comment', {
  description: 'What a reader wrote under a post.',
  fields: (t) => ({
    ...kit.columns(t, 'Comment', {
      id: 'Unique among comments.',
      body: 'The text, at most 10,000 characters.',
      lockVersion:
        'Rises by 1 with every update of the comment; sent along with a write, it guards against overwriting what others wrote.',
      insertedAt: 'When the comment was created.',
      updatedAt: 'When the comment was last changed.',
    }),
    post: kit.association(t, 'Comment', 'post', 'The post it stands under.'),
  }),
});

builder.queryFields((t) => ({
  comment: kit.record(t, 'Comment', 'The comment of an id, or null.'),
  comments: kit.connection(t, 'Comment', 'All comments, page by page.'),
}));

builder.mutationFields((t) => kit.mutations(t, 'Comment'));
