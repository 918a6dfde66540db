import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import type { WriteWay } from '../../src/repo/write/write-way.ts';
import { isOfBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { execute } from '../support/execute.ts';

/*
 * What works of many rows cost: the statements of the request without BEGIN and COMMIT. They are the
 * same however many rows there are.
 */

const database = useDatabase();

const ofBlog = ['Author', 'Post', 'Comment', 'Tag', 'PostTag', 'Permalink', 'IdempotencyKey'];
const isBlogAlone = [...blog.models.keys()].every((name) => ofBlog.includes(name));

const times = <T>(count: number, make: (i: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));

const seed = `
  INSERT INTO authors (id, name) VALUES (1, 'Ann');
  INSERT INTO posts (id, title, author_id) SELECT i, 'p' || i, 1 FROM generate_series(1, 20) AS i;
  INSERT INTO posts (id, title) VALUES (100, 'cast'), (1000, 'cast');
  INSERT INTO comments (id, body, post_id)
    SELECT 20 * p + i, 'c', p FROM generate_series(1, 20) AS p, generate_series(0, 19) AS i;
  INSERT INTO comments (id, body, post_id) SELECT 1000 + i, 'c', 100 FROM generate_series(0, 99) AS i;
  INSERT INTO comments (id, body, post_id) SELECT 2000 + i, 'c', 1000 FROM generate_series(0, 999) AS i;
  INSERT INTO tags (id, name) SELECT i, 't' || i FROM generate_series(1, 200) AS i;
  INSERT INTO posts_tags SELECT 1000, i FROM generate_series(101, 110) AS i;
  INSERT INTO permalinks (url, post_id) VALUES ('/x', 100);
  INSERT INTO posts_tags SELECT 100, i FROM generate_series(101, 110) AS i;
  SELECT setval(pg_get_serial_sequence(name, 'id'), 10000) FROM unnest(ARRAY['posts', 'comments', 'tags']) AS name`;

/** The entries of a cast of stored comments: some are left out, some changed, some are new. */
const entries = (first: number, all: number, { gone = 0, changed = 0, added = 0 }) => [
  ...times(all - gone, (i) => ({
    id: String(first + gone + i),
    body: i < changed ? 'changed' : 'c',
  })),
  ...times(added, (i) => ({ body: `new ${i}` })),
];
const castComments = (list: readonly object[]) => ({ comments: { cast: { entries: list } } });

const castOf3 = {
  id: '20',
  input: castComments(entries(400, 20, { gone: 1, changed: 1, added: 1 })),
};

const works: readonly (readonly [string, number, string, Record<string, unknown>])[] = [
  [
    'cast of 100',
    5,
    'updatePost',
    { id: '100', input: castComments(entries(1000, 100, { gone: 25, changed: 50, added: 25 })) },
  ],
  [
    'cast of 1,000',
    5,
    'updatePost',
    { id: '1000', input: castComments(entries(2000, 1000, { gone: 50, changed: 50, added: 50 })) },
  ],
  [
    'cast of 100, nothing changed',
    2,
    'updatePost',
    { id: '100', input: castComments(entries(1000, 100, {})) },
  ],
  [
    'an author with 20 posts of 20 comments, a change in each post',
    5,
    'updateAuthor',
    {
      id: '1',
      input: {
        posts: {
          cast: {
            entries: times(20, (p) => ({
              id: String(p + 1),
              title: `changed ${p}`,
              ...castComments(entries(20 * (p + 1), 20, { changed: 1 })),
            })),
          },
        },
      },
    },
  ],
  [
    'create with 50 comments and 10 tags',
    6,
    'createPost',
    {
      input: {
        title: 'new',
        comments: { build: times(50, (i) => ({ body: `c${i}` })) },
        tags: { build: times(10, (i) => ({ name: `new ${i}` })) },
      },
    },
  ],
  [
    'create with 50 comments and 10 tags that are put by new names',
    6,
    'createPost',
    {
      input: {
        title: 'new',
        comments: { cast: { entries: times(50, (i) => ({ body: `c${i}` })) } },
        tags: { put: { refs: times(10, (i) => ({ name: `new ${i}` })), create: true } },
      },
    },
  ],
  [
    'put of 100 tags',
    6,
    'updatePost',
    { id: '1000', input: { tags: { put: { refs: times(100, (i) => ({ id: String(i + 1) })) } } } },
  ],
  ['delete of a post with 100 comments, tags and a permalink', 8, 'deletePost', { id: '100' }],
];

test.each(works)('%s takes at most %i statements', async (_name, most, mutation, variables) => {
  const texts = await statementsOf(mutation, variables);
  expect(texts.length, texts.join('\n')).toBeLessThanOrEqual(most);
});

test.each([
  ['nested', 9],
  ['set', 5],
] as const)('cast of 3, written as %s, takes at most %i statements', async (writeWay, most) => {
  const texts = await statementsOf('updatePost', castOf3, { writeWay });
  expect(texts.length, texts.join('\n')).toBeLessThanOrEqual(most);
});

async function statementsOf(
  mutation: string,
  variables: Record<string, unknown>,
  more: { readonly writeWay?: WriteWay } = {},
): Promise<string[]> {
  await database.sql(seed);
  const input = mutation[0]?.toUpperCase() + mutation.slice(1) + 'Input';
  const declared = [
    ...('id' in variables ? ['$id: ID!'] : []),
    ...('input' in variables ? [`$input: ${input}!`] : []),
  ];
  const given = Object.keys(variables).map((name) => `${name}: $${name}`);
  const document = `mutation (${declared.join(', ')}) { m: ${mutation}(${given.join(', ')}) { __typename } }`;
  const statements = await database.statementsOf(async () => {
    const { data } = await execute(database.client, document, variables, { kind: 'open' }, more);
    expect(data).toMatchObject({ m: { __typename: expect.stringMatching(/Success$/) } });
  });
  // A model that refers to these rows may refuse their deletion: that is what the savepoint is for.
  const counted = isBlogAlone ? ['SAVEPOINT'] : [];
  const sent = statements.filter(
    ({ kind, verb }) => kind !== 'transaction' || counted.includes(verb),
  );
  return sent.map(({ sql }) => sql).filter(isOfBlog);
}
