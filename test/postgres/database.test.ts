import { expect, test } from 'vitest';
import { useDatabase, writesOf } from '../support/database.ts';

const database = useDatabase();

test('the client reads and writes the tables of the service', async () => {
  const author = await database.client.author.create({
    data: { name: 'Ann', posts: { create: { title: 'A story' } } },
    include: { posts: true },
  });
  expect(author).toMatchObject({ id: 1n, name: 'Ann', lockVersion: 1 });
  expect(await database.sql('SELECT title FROM posts')).toEqual([{ title: 'A story' }]);
});

test('the statement log tells reads, writes and transactions apart', async () => {
  await database.client.author.create({ data: { name: 'Ann' } });
  const statements = await database.statementsOf(() =>
    database.client.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM authors WHERE name <> 'UPDATE x' FOR NO KEY UPDATE`;
      await tx.author.updateMany({ data: { name: "it's\nBob" } });
      await tx.$executeRaw`WITH gone AS (DELETE FROM posts RETURNING id) SELECT 1`;
    }),
  );
  expect(statements.map(({ kind, verb }) => `${kind} ${verb}`)).toEqual([
    'transaction BEGIN',
    'read SELECT',
    'write UPDATE',
    'write DELETE',
    'transaction COMMIT',
  ]);
  expect(statements[2]?.parameters).toContain("$1 = 'it''s\nBob'");
  expect(writesOf(statements)).toEqual(['UPDATE authors', 'DELETE posts']);
});

test('sessions run in UTC whatever the address asks for', async () => {
  expect(await database.sql('SHOW TimeZone')).toEqual([{ TimeZone: 'UTC' }]);
});
