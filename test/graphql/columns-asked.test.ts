import { describe, expect, test } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { read } from '../support/execute.ts';

const database = useDatabase();

/** What each statement of a document reads: `posts: id title`. */
async function columnsOf(document: string): Promise<string[]> {
  await database.sql(`
    INSERT INTO authors (id, name) VALUES (3, 'Ann');
    INSERT INTO posts (id, title, author_id) VALUES (7, 'One', 3), (8, 'Two', 3);
    INSERT INTO comments (id, body, post_id) VALUES (10, 'Great', 7), (11, 'Bad', 8);
    INSERT INTO tags (id, name) VALUES (1, 'fiction');
    INSERT INTO posts_tags (post_id, tag_id) VALUES (7, 1);
  `);
  const statements = await database.statementsOf(() => read(database.client, document));
  return statements.map(({ sql }) => {
    const [list = '', rest = ''] = sql.split(' FROM ');
    const table = /^"public"\."(\w+)"/.exec(rest)?.[1];
    const columns = list.split(', ').map((item) => /"(\w+)"( AS "\w+")?$/.exec(item)?.[1]);
    return `${table}: ${columns.toSorted((a = '', b = '') => (a < b ? -1 : 1)).join(' ')}`;
  });
}

describe('a read takes the columns that are asked for, the key and what leads on', () => {
  const cases: [name: string, document: string, ...statements: string[]][] = [
    ['of a record', '{ post(id: 7) { title } }', 'posts: id title'],
    [
      'of a list, with the column that leads to its owner',
      '{ post(id: 7) { comments { body } } }',
      'posts: id',
      'comments: body id post_id',
    ],
    [
      'of one record, with the foreign key that leads there',
      '{ post(id: 7) { author { name } } }',
      'posts: author_id id',
      'authors: id name',
    ],
    [
      'of a connection, with its order',
      '{ posts(orderBy: [{ updatedAt: Desc }]) { edges { cursor node { title } } } }',
      'posts: id title updated_at',
    ],
    [
      'in fragments as well',
      `query { post(id: 7) { ...Head ... on Post { body } ... @skip(if: false) { lockVersion } } }
       fragment Head on Post { __typename nodeId ...Deep } fragment Deep on Post { title }`,
      'posts: body id lock_version title',
    ],
    [
      'under two names of one list together',
      '{ post(id: 7) { a: comments { body } b: comments { insertedAt } } }',
      'posts: id',
      'comments: body id inserted_at post_id',
    ],
  ];
  test.each(cases)('%s', async (_name, document, ...statements) => {
    expect(await columnsOf(document)).toEqual(statements);
  });
});

test('what is asked for further down is read again, and what was read before is not', async () => {
  expect(
    await columnsOf('{ post(id: 7) { author { name posts { title author { name id } } } } }'),
  ).toHaveLength(3);
  const document = '{ post(id: 7) { author { name posts { author { name insertedAt } } } } }';
  const answer = await read(database.client, document);
  expect(answer).toMatchObject({
    post: { author: { posts: [{ author: { insertedAt: expect.any(String) } }, {}] } },
  });
});
