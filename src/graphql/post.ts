import { builder, kit } from './builder.ts';

kit.object('Post', {
  description: 'A text with a title that readers comment on.',
  fields: (t) => ({
    ...kit.columns(t, 'Post', {
      id: 'Unique among posts.',
      title: 'The headline, at most 255 characters.',
      body: 'The text; null when there is none.',
      lockVersion:
        'Rises by 1 with every update of the post itself; sent along with a write, it guards against overwriting what others wrote.',
      insertedAt: 'When the post was created.',
      updatedAt: 'When the post itself was last changed; a change of its comments leaves it.',
    }),
    author: kit.association(t, 'Post', 'author', 'Who wrote it; null when nobody is named.'),
    comments: kit.association(
      t,
      'Post',
      'comments',
      'What readers wrote. Ordered by id unless orderBy says otherwise; `first` limits per post, not per batch.',
    ),
    commentCount: kit.count(
      t,
      'Post',
      'comments',
      'How many comments there are, of those that meet the conditions.',
    ),
    commentsConnection: kit.associationConnection(
      t,
      'Post',
      'comments',
      'The same list as `comments`, page by page.',
    ),
    tags: kit.association(
      t,
      'Post',
      'tags',
      'The tags it is filed under. Ordered by id unless orderBy says otherwise; `first` limits per post, not per batch.',
    ),
    tagsConnection: kit.associationConnection(
      t,
      'Post',
      'tags',
      'The same list as `tags`, page by page.',
    ),
    permalink: kit.association(
      t,
      'Post',
      'permalink',
      'Its lasting address; null when it has none.',
    ),
  }),
});

builder.queryFields((t) => ({
  post: kit.record(t, 'Post', 'The post of an id, or null.'),
  posts: kit.connection(t, 'Post', 'All posts, page by page.'),
}));

builder.mutationFields((t) => kit.mutations(t, 'Post', { build: ['comments'] }));

builder.subscriptionFields((t) => ({
  postChanged: kit.changes(
    t,
    'Post',
    'First the post as it is now (changeset null), then each write that touches it, its comments, tags or permalink, with the post as of delivery. Whoever was cut off subscribes again and begins with the post as it is: no state is missed. No such post, or deleted: post null, and the stream ends.',
    ['comments', 'tags', 'permalink'],
  ),
}));
