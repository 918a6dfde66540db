import { expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';

/*
 * What typical writes cost: the statements of the whole request, BEGIN and COMMIT among them. The
 * bounds are what they cost today, so that nobody makes them worse unawares; whoever makes them
 * better lowers the bound.
 */

const blog = useBlog();

const comments = (count: number) =>
  Array.from({ length: count }, (_, i) => `{ body: "${i}" }`).join(' ');

test.each([
  ['updatePost of nothing', 3, 'updatePost(id: 1, input: {})'],
  ['updatePost of a title', 4, 'updatePost(id: 1, input: { title: "x" })'],
  ['updatePost of an authorId', 5, 'updatePost(id: 1, input: { authorId: 2 })'],
  [
    'a new author of a post',
    7,
    'updatePost(id: 1, input: { author: { cast: { entry: { name: "Cleo" } } } })',
  ],
  [
    'the worked example',
    11,
    `updatePost(id: 1, input: { comments: { cast: { entries: [
     { id: 12, body: "more" }
     { id: 13, body: "Thank you for the post" }
     { body: "Interesting" }
   ] } } })`,
  ],
  [
    'a cast of what is there',
    4,
    'updatePost(id: 1, input: { comments: { cast: { entries: [{ id: 11 } { id: 12 } { id: 13 }] } } })',
  ],
  ['a cast of none', 5, 'updatePost(id: 1, input: { comments: { cast: { entries: [] } } })'],
  [
    'a swap of two tag names',
    9,
    'updatePost(id: 1, input: { tags: { cast: { entries: [{ id: 41, name: "elixir" } { id: 42, name: "ecto" }] } } })',
  ],
  [
    'a put that moves a comment',
    8,
    'updatePost(id: 1, input: { comments: { put: { refs: [{ id: 11 } { id: 12 } { id: 13 } { id: 31 }] } } })',
  ],
  [
    'a cast that relates a comment',
    8,
    'updatePost(id: 1, input: { comments: { cast: { entries: [{ id: 11 } { id: 12 } { id: 13 } { id: 31 }] onUnknown: RELATE } } })',
  ],
  [
    'a cast that relates a tag',
    9,
    'updatePost(id: 1, input: { tags: { cast: { entries: [{ id: 41 } { id: 42 } { id: 43 }] onUnknown: RELATE } } })',
  ],
  [
    'a build of 10 comments',
    4,
    `updatePost(id: 1, input: { comments: { build: [${comments(10)}] } })`,
  ],
  ['createPost', 3, 'createPost(input: { title: "x" })'],
  [
    'createPost with 10 comments',
    5,
    `createPost(input: { title: "x", comments: { build: [${comments(10)}] } })`,
  ],
  [
    'createPost with 200 comments',
    5,
    `createPost(input: { title: "x", comments: { build: [${comments(200)}] } })`,
  ],
  ['deletePost', 11, 'deletePost(id: 1)'],
  ['buildPostComment', 4, 'buildPostComment(postId: 1, input: { body: "x" })'],
  ['createComment', 4, 'createComment(input: { body: "x", postId: 1 })'],
  ['updateComment of a body', 4, 'updateComment(id: 11, input: { body: "x" })'],
  ['updateComment of a postId', 5, 'updateComment(id: 11, input: { postId: 3 })'],
  ['deleteComment', 5, 'deleteComment(id: 11)'],
])('%s takes at most %i statements', async (_name, most, mutation) => {
  const statements = await blog.statementsOf(async () => {
    const data = await blog.read(`mutation { m: ${mutation} { __typename } }`);
    expect(data).toMatchObject({
      m: { __typename: expect.stringMatching(/Success$/) },
    });
  });
  // A model of one's own may refer to what is deleted: then the deletion has a savepoint.
  const texts = statements.map(({ sql }) => sql).filter((sql) => !sql.startsWith('SAVEPOINT'));
  expect(texts.length, texts.join('\n')).toBeLessThanOrEqual(most);
});
