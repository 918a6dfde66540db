import { expect, test } from 'vitest';
import { readConfig } from '../../src/server/config.ts';
import { openDatabase } from '../../src/server/database/open-database.ts';
import { seed } from '../../src/server/database/seed.ts';
import { makeLogger } from '../../src/server/logger.ts';
import { graphql } from '../generated/gql.ts';
import { useDatabase } from '../support/database.ts';
import { useService } from '../support/service.ts';

const database = useDatabase();
const service = useService(database);

const postWithComments = graphql(`
  query PostWithComments($id: ID!) {
    post(id: $id) {
      title
      author {
        name
      }
      comments {
        id
        body
      }
    }
  }
`);

test('the service answers a typed document over HTTP', async () => {
  await seed(database.client);
  const { status, data, errors } = await service.send(postWithComments, {
    id: '7',
  });
  expect({ status, errors }).toEqual({ status: 200, errors: undefined });
  expect(data.post).toEqual({
    title: 'A story...',
    author: { name: 'Ann' },
    comments: [
      { id: '10', body: 'Great story!' },
      { id: '11', body: 'What happened next?' },
      { id: '12', body: 'Thanks for the article' },
    ],
  });
});

test('a variable of the wrong type is a request error with its code', async () => {
  const { data, errors } = await service.sendText(postWithComments.toString(), {
    id: { not: 'an id' },
  });
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test("Prisma's query compiler is loaded before the first request", async () => {
  const { url, directUrl } = database;
  const config = { ...readConfig({}), databaseUrl: url, directUrl, migrateOnStart: false };
  let pools = 0;
  const opened = await openDatabase(config, makeLogger('silent'), { onPool: () => (pools += 1) });
  expect(pools).toBe(1);
  await opened.close();
});
