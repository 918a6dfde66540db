import { beforeEach, expect, test } from 'vitest';
import { writeBlog } from '../support/old-blog.ts';
import { useDatabase } from '../support/database.ts';
import { useService } from '../support/service.ts';

/*
 * What typical writes cost: the statements of the whole request, BEGIN and COMMIT among them. The
 * bounds are what they cost today, so that nobody makes them worse unawares; whoever makes them
 * better lowers the bound.
 */

const database = useDatabase();
const service = useService(database);
beforeEach(() => writeBlog(database));

const comments = (count: number) =>
  Array.from({ length: count }, (_, i) => `{ body: "${i}" }`).join(' ');

test.each([
  ['updatePost of nothing', 3, 'updatePost(id: 7, input: {})'],
  ['updatePost of a title', 4, 'updatePost(id: 7, input: { title: "x" })'],
  ['updatePost of an authorId', 6, 'updatePost(id: 7, input: { authorId: 2 })'],
  [
    'a new author of a post',
    10,
    'updatePost(id: 7, input: { author: { cast: { entry: { name: "Cleo" } } } })',
  ],
  [
    'the worked example',
    14,
    `updatePost(id: 7, input: { comments: { cast: { entries: [
     { id: 11, body: "What happened next?" }
     { id: 12, body: "Thank you for the post" }
     { body: "Interesting" }
   ] } } })`,
  ],
  [
    'a cast of what is there',
    4,
    'updatePost(id: 7, input: { comments: { cast: { entries: [{ id: 10 } { id: 11 } { id: 12 }] } } })',
  ],
  ['a cast of none', 9, 'updatePost(id: 7, input: { comments: { cast: { entries: [] } } })'],
  [
    'a swap of two tag names',
    9,
    'updatePost(id: 7, input: { tags: { cast: { entries: [{ id: 1, name: "elixir" } { id: 2, name: "ecto" }] } } })',
  ],
  [
    'a put that moves a comment',
    10,
    'updatePost(id: 7, input: { comments: { put: { refs: [{ id: 10 } { id: 11 } { id: 12 } { id: 20 }] } } })',
  ],
  [
    'a build of 10 comments',
    7,
    `updatePost(id: 7, input: { comments: { build: [${comments(10)}] } })`,
  ],
  ['createPost', 4, 'createPost(input: { title: "x" })'],
  [
    'createPost with 10 comments',
    6,
    `createPost(input: { title: "x", comments: { build: [${comments(10)}] } })`,
  ],
  [
    'createPost with 200 comments',
    6,
    `createPost(input: { title: "x", comments: { build: [${comments(200)}] } })`,
  ],
  ['deletePost', 20, 'deletePost(id: 7)'],
  ['buildPostComment', 5, 'buildPostComment(postId: 7, input: { body: "x" })'],
  ['createComment', 5, 'createComment(input: { body: "x", postId: 7 })'],
  ['updateComment of a body', 4, 'updateComment(id: 10, input: { body: "x" })'],
  ['updateComment of a postId', 6, 'updateComment(id: 10, input: { postId: 8 })'],
  ['deleteComment', 6, 'deleteComment(id: 10)'],
])('%s takes at most %i statements', async (_name, most, mutation) => {
  const statements = await database.statementsOf(async () => {
    const { data } = await service.sendText(`mutation { m: ${mutation} { __typename } }`);
    expect(data).toMatchObject({
      m: { __typename: expect.stringMatching(/Success$/) },
    });
  });
  const texts = statements.map(({ sql }) => sql);
  expect(texts.length, texts.join('\n')).toBeLessThanOrEqual(most);
});
