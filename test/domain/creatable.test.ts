import { type Declaration, defineDomain } from 'prisma-assoc/changeset';
import { expect, test } from 'vitest';
import { assertCreatable } from '../../src/domain/assert-creatable.ts';
import { blogDatamodel } from '../support/blog-datamodel.ts';

/** What is said to the mutations of a model in a domain that declares no more than this of the blog. */
function assertIn(
  declarations: { readonly [model: string]: Declaration },
  model: string,
  create = true,
): () => void {
  const aggregate = defineDomain(blogDatamodel, declarations).aggregate(model);
  return () => assertCreatable(aggregate, { create, built: [] });
}

const unfilled = (field: string, other = '') =>
  `nothing gives "${field}" of a new Comment a value, and its column takes no null. Cast it${other}, put it in prepare, or give the column a default.`;

const post: Declaration = { cast: ['title'], associations: { comments: { cast: {}, build: {} } } };

test.each<[string, string, { readonly [model: string]: Declaration }, string]>([
  [
    'a column that no client casts',
    'Comment',
    { Comment: { cast: ['postId'] } },
    `cannot offer createComment: ${unfilled('body')} Or leave the mutation out: { create: false }.`,
  ],
  [
    'a foreign key that no client casts',
    'Comment',
    { Comment: { cast: ['body'] } },
    `cannot offer createComment: ${unfilled('postId', ', give "post" a tool')} Or leave the mutation out: { create: false }.`,
  ],
  [
    'a column of what is made below',
    'Post',
    { Post: post, Comment: {} },
    `cannot declare Post.comments: ${unfilled('body')}`,
  ],
  [
    'a column of what is built below with fewer fields',
    'Post',
    {
      Post: { cast: ['title'], associations: { comments: { build: { fields: [] } } } },
      Comment: { cast: ['body'] },
    },
    `cannot declare Post.comments: ${unfilled('body')}`,
  ],
])('%s is found before any request, with the way out', (_what, model, declared, message) => {
  expect(assertIn(declared, model)).toThrow(new Error(message));
});

test.each<[string, string, { readonly [model: string]: Declaration }]>([
  ['the owner', 'Post', { Post: post, Comment: { cast: ['body'] } }],
  [
    'a parent that is put',
    'Comment',
    { Comment: { cast: ['body'], associations: { post: { put: {} } } }, Post: {} },
  ],
  ['prepare', 'Comment', { Comment: { prepare: (comment) => comment } }],
  [
    'the defaults of an association',
    'Post',
    {
      Post: { cast: ['title'], associations: { comments: { build: {}, defaults: { body: 'x' } } } },
      Comment: {},
    },
  ],
  [
    'who casts it elsewhere, where an entry of a cast takes less',
    'Post',
    {
      Post: { cast: ['title'], associations: { comments: { cast: { fields: [] } } } },
      Comment: { cast: ['body'] },
    },
  ],
])('a column may be filled by %s', (_what, model, declared) => {
  expect(assertIn(declared, model)).not.toThrow();
});

test('nothing needs to fill a record that nobody creates', () => {
  expect(assertIn({ Comment: {} }, 'Comment', false)).not.toThrow();
});
