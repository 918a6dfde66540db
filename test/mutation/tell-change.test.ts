import { expect, test } from 'vitest';
import type { Channel } from '../../src/repo/channel/channel.ts';
import { useBlog } from '../support/blog.ts';
import { execute } from '../support/execute.ts';

/* Which writes are told, of which posts, and when in the transaction. */

const blog = useBlog();

const channel: Channel = {
  name: 'told',
  join: () => Promise.reject(new Error('nobody subscribes')),
};

/** What a document sends before COMMIT: the ids of the posts, for each notification. */
async function toldBy(document: string): Promise<readonly (readonly string[])[]> {
  const statements = await blog.database.statementsOf(() => run(document));
  const told = statements.flatMap(({ sql, parameters }, i) => {
    if (!sql.includes('pg_notify')) return [];
    expect(statements[i + 1]?.verb).toBe('COMMIT');
    return [[...parameters.matchAll(/Post id bigint:(\d+)/g)].map(([, id = '']) => id)];
  });
  return told;
}

async function run(document: string): Promise<void> {
  const { client } = blog.database;
  const { errors } = await execute(client, document, {}, { kind: 'open' }, { channel });
  expect(errors).toEqual([]);
}

const update = (id: number, input: string) => `updatePost(id: ${id}, input: { ${input} })`;

test.each<[string, string, readonly string[]]>([
  ['a post', update(1, 'title: "Uno"'), ['1']],
  ['its foreign key', update(1, 'authorId: 2'), ['1']],
  ['a new post', 'createPost(input: { title: "New" })', ['201']],
  ['a post that goes', 'deletePost(id: 1)', ['1']],
  ['a comment', 'updateComment(id: 11, input: { body: "x" })', ['1']],
  ['a comment that moves', 'updateComment(id: 11, input: { postId: 2 })', ['1', '2']],
  [
    'a comment that another post takes',
    update(2, 'comments: { put: { refs: [{ id: 21 }, { id: 31 }] } }'),
    ['2', '3'],
  ],
  ['a comment that goes', 'deleteComment(id: 11)', ['1']],
  ['a new comment', 'buildPostComment(postId: 2, input: { body: "x" })', ['2']],
  ['a new comment by its foreign key', 'createComment(input: { body: "x", postId: 3 })', ['3']],
  ['a tag that is linked', update(2, 'tags: { put: { refs: [{ id: 41 }] } }'), ['2']],
  ['a tag that is renamed', 'updateTag(id: 41, input: { name: "Ecto" })', ['1']],
  ['a tag that goes', 'deleteTag(id: 43)', ['3']],
  ['a permalink that moves', update(2, 'permalink: { put: { ref: { id: 51 } } }'), ['1', '2']],
  [
    'the posts that an author loses',
    'updateAuthor(id: 1, input: { posts: { put: { refs: [] } } })',
    ['1', '2'],
  ],
  [
    'posts that are made with their author',
    'createAuthor(input: { name: "A", posts: { build: [{ title: "T" }, { title: "U" }] } })',
    ['201', '202'],
  ],
])('readers are told of %s, as the last of the transaction', async (_what, field, posts) => {
  const told = await toldBy(`mutation { ${field} { __typename } }`);
  expect(told.map((ids) => ids.toSorted())).toEqual([posts]);
});

test('a tag that is renamed is told to all posts that have it, whatever else the request does', async () => {
  await blog.database.sql('INSERT INTO posts_tags (post_id, tag_id) VALUES (2, 43), (4, 43)');
  const tags = 'tags: { cast: { entries: [{ id: 41, name: "Ecto" }] } }';
  const cast =
    'cast: { entries: [{ id: 2, tags: { cast: { entries: [{ id: 43, name: "Prisma" }] } } }] }';
  expect(await toldBy(`mutation { ${update(1, tags)} { __typename } }`)).toEqual([['1']]);
  const [posts = []] = await toldBy(
    `mutation { updateAuthor(id: 1, input: { posts: { ${cast} } }) { __typename } }`,
  );
  expect(posts.toSorted()).toEqual(['1', '2', '3', '4']);
});

test.each([
  ['an author alone', 'updateAuthor(id: 1, input: { name: "Anna" })'],
  ['a new tag', 'createTag(input: { name: "new" })'],
  ['what changes nothing', update(1, 'title: "One"')],
  ['what is refused', update(1, 'title: ""')],
  ['what is not there', update(99, 'title: "x"')],
  ['a dry run', 'updatePost(id: 1, input: { title: "Uno" }, options: { dryRun: true })'],
])('nobody is told of %s', async (_what, field) => {
  expect(await toldBy(`mutation { ${field} { __typename } }`)).toEqual([]);
});

test('a request under an idempotency key is told once', async () => {
  const field = 'updatePost(id: 1, input: { title: "Uno" }, options: { idempotencyKey: "k" })';
  expect(await toldBy(`mutation { ${field} { __typename } }`)).toEqual([['1']]);
  expect(await toldBy(`mutation { ${field} { __typename } }`)).toEqual([]);
});

test('each mutation of a request is told for itself', async () => {
  const document = `mutation { a: ${update(1, 'title: "Uno"')} { __typename } b: ${update(2, 'title: "Due"')} { __typename } }`;
  expect(await toldBy(document)).toEqual([['1'], ['2']]);
});
