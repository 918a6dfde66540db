import { expect, test } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { useService } from '../support/service.ts';

const database = useDatabase();
const service = useService(database);

test('a tag that two posts of one request create by name is made once and linked to both', async () => {
  const answer = await service.sendText(`mutation {
    createAuthor(input: { name: "Ann", posts: { build: [
      { title: "One", tags: { put: { refs: [{ name: "new" }], create: true } } }
      { title: "Two", tags: { put: { refs: [{ name: "new" }], create: true } } }
    ] } }) {
      __typename
      ... on CreateAuthorSuccess { changeset { counts { inserted linked } } }
    }
  }`);
  expect(answer).toMatchObject({
    data: {
      createAuthor: {
        __typename: 'CreateAuthorSuccess',
        changeset: { counts: { inserted: 4, linked: 2 } },
      },
    },
  });
  expect(await database.sql('SELECT name FROM tags')).toEqual([{ name: 'new' }]);
  expect(await database.sql('SELECT count(*)::int AS links FROM posts_tags')).toEqual([
    { links: 2 },
  ]);
});
