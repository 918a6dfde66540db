import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeBlog } from '../support/old-blog.ts';
import { useDatabase } from '../support/database.ts';
import { endSession, waiters, whileHeld } from '../support/held.ts';
import { type MutationResult, mutationText } from '../support/mutation.ts';
import { useProxy } from '../support/proxy.ts';
import { readTables } from '../support/rows.ts';
import { type Answer, post, useService } from '../support/service.ts';
import { readConfig } from '../../src/server/config.ts';

/*
 * A database that is slow, full or away: what is answered, how soon, and that nothing is written by
 * half.
 */

const database = useDatabase();
const proxy = useProxy(database);
const service = useService(proxy, {
  limits: {
    ...readConfig({}).limits,
    poolSize: 2,
    poolTimeout: 400,
    lockTimeout: 600,
    statementTimeout: 1_000,
    transactionTimeout: 2_000,
  },
});

beforeEach(() => writeBlog(database));
afterEach(async () => {
  proxy.open = true;
  proxy.toDatabase = () => 'pass';
  proxy.toService = () => 'pass';
  await database.sql('DROP FUNCTION IF EXISTS hinder CASCADE');
});

const castComments = (): Promise<Answer<{ result: MutationResult }>> =>
  post(service.url, mutationText('updatePost'), {
    id: '7',
    input: {
      comments: {
        cast: { entries: [{ id: '12', body: 'Changed' }, { body: 'New' }] },
      },
    },
  });

const unavailable = {
  status: 503,
  retryAfter: '1',
  data: null,
  errors: [
    {
      message: 'The database is not available. Try again later.',
      path: ['result'],
      extensions: { code: 'UNAVAILABLE' },
    },
  ],
};

const bodies = async () => {
  const rows = await database.sql<{ body: string }>(
    'SELECT body FROM comments WHERE post_id = 7 ORDER BY body',
  );
  return rows.map(({ body }) => body);
};

/** Makes every UPDATE of a comment run some SQL first. */
const hinder = (sql: string) =>
  database.sql(`
    CREATE FUNCTION hinder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${sql}; RETURN NEW; END $$;
    CREATE TRIGGER hinder BEFORE UPDATE ON comments FOR EACH ROW EXECUTE FUNCTION hinder()`);

const readiness = async () => (await fetch(`${service.url}/ready`)).status;

async function isWellAgain(): Promise<void> {
  expect(await readiness()).toBe(200);
  const { data } = await castComments();
  expect(data.result.__typename).toBe('UpdatePostSuccess');
  expect(await bodies()).toEqual(['Changed', 'New']);
}

/** Expects that nothing was written, and an answer within `limit` ms. */
async function expectRefused(limit: number): Promise<void> {
  const rows = await readTables(database);
  const started = Date.now();
  expect(await castComments()).toMatchObject(unavailable);
  expect(Date.now() - started).toBeLessThan(limit);
  expect(await readTables(database)).toEqual(rows);
}

test('a refusal for a fault says when to come again', async () => {
  proxy.open = false;
  proxy.cutAll();
  const answer = await post(service.url, '{ post(id: 7) { title } }');
  expect(answer).toMatchObject({
    status: 503,
    retryAfter: '1',
    data: { post: null },
    errors: [{ path: ['post'], extensions: { code: 'UNAVAILABLE' } }],
  });
});

describe('a transaction is begun anew', () => {
  test('where its connection is killed in a statement', async () => {
    const answer = await whileHeld(database, 'SELECT FROM posts FOR UPDATE', async () => {
      const answer = castComments();
      const [pid] = await waiters(database);
      await endSession(database, pid);
      await sleep(50);
      return { answer };
    });
    const { data } = await answer.answer;
    expect(data.result.__typename).toBe('UpdatePostSuccess');
    expect(await bodies()).toEqual(['Changed', 'New']);
  });

  test('where its connection is lost between two statements', async () => {
    let cuts = 0;
    proxy.toDatabase = (bytes) => {
      if (cuts > 1 || !bytes.includes('Changed')) return 'pass';
      cuts += 1;
      return 'cut';
    };
    const { data } = await castComments();
    expect(cuts).toBe(2);
    expect(data.result.__typename).toBe('UpdatePostSuccess');
    expect(await bodies()).toEqual(['Changed', 'New']);
  });

  test.each(['40001', '40P01'])('where the database ends it with %s', async (state) => {
    await database.sql('CREATE SEQUENCE tries');
    await hinder(`IF nextval('tries') < 3 THEN RAISE 'no' USING ERRCODE = '${state}'; END IF`);
    const { data } = await castComments();
    await database.sql('DROP SEQUENCE tries');
    expect(data.result.__typename).toBe('UpdatePostSuccess');
    expect(await bodies()).toEqual(['Changed', 'New']);
  });

  test('a few times only', async () => {
    await hinder(`RAISE 'no' USING ERRCODE = '40001'`);
    await expectRefused(2_500);
  });
});

describe('a request is refused within its time', () => {
  afterEach(isWellAgain);

  test('where a statement takes too long', async () => {
    await hinder('PERFORM pg_sleep(5)');
    await expectRefused(1_500);
    await database.sql('DROP FUNCTION hinder CASCADE');
  });

  test('where the transaction takes too long', async () => {
    await hinder('PERFORM pg_sleep(0.8)');
    const entries = ['10', '11', '12'].map((id) => ({ id, body: 'x' }));
    const started = Date.now();
    const answer = await post(service.url, mutationText('updatePost'), {
      id: '7',
      input: { comments: { cast: { entries } } },
    });
    expect(answer).toMatchObject(unavailable);
    expect(Date.now() - started).toBeLessThan(3_000);
    await database.sql('DROP FUNCTION hinder CASCADE');
  });

  test('where another holds the row', async () => {
    await whileHeld(database, 'SELECT FROM posts FOR UPDATE', () => expectRefused(1_500));
  });

  test('where no connection is free; /ready says so', async () => {
    await whileHeld(database, 'SELECT FROM posts FOR UPDATE', async () => {
      const stuck = [castComments(), castComments()];
      await waiters(database, 2);
      const [ready] = await Promise.all([readiness(), expectRefused(1_000)]);
      expect(ready).toBe(503);
      expect(await Promise.all(stuck)).toMatchObject([unavailable, unavailable]);
    });
  });

  test('where the database is away; /ready says so', async () => {
    proxy.open = false;
    proxy.cutAll();
    await expectRefused(3_000);
    expect(await readiness()).toBe(503);
    proxy.open = true;
  });

  test('where the network swallows a statement; /ready says so', async () => {
    let begun = false;
    proxy.toDatabase = (bytes) => {
      if (begun) return 'swallow';
      begun = bytes.includes('BEGIN');
      return 'pass';
    };
    await expectRefused(4_500);
    expect(await readiness()).toBe(503);
    proxy.toDatabase = () => 'pass';
    proxy.cutAll();
    await sleep(50);
  });

  test('clients that hang up leave nothing behind', async () => {
    await whileHeld(database, 'SELECT FROM posts FOR UPDATE', async () => {
      for (let turn = 0; turn < 4; turn += 1) {
        const hangUp = new AbortController();
        const asked = fetch(`${service.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            query: mutationText('deletePost'),
            variables: { id: '7', lockVersion: 99 },
          }),
          signal: hangUp.signal,
        });
        await sleep(30);
        hangUp.abort();
        await expect(asked).rejects.toThrow('abort');
      }
    });
    await sleep(100);
  });
});

test('a connection that ends in the moment it is handed out ends nothing else', async () => {
  proxy.cutAll();
  const isReady = Buffer.from('Z\0\0\0\u0005I');
  const goodbye = 'SFATAL\0VFATAL\0C57P01\0Mgoodbye\0\0';
  const fatal = Buffer.from(`E\0\0\0${String.fromCharCode(goodbye.length + 4)}${goodbye}`);
  let ended = 0;
  proxy.toService = (bytes) => {
    if (ended === 2 || !bytes.includes(isReady)) return 'pass';
    ended += 1;
    return Buffer.concat([bytes, fatal]);
  };
  const { data } = await castComments();
  expect(ended).toBe(2);
  expect(data.result.__typename).toBe('UpdatePostSuccess');
});

test('reads find another connection where theirs was lost', async () => {
  const read = () => post<unknown>(service.url, '{ post(id: 7) { comments { id } } }');
  const first = await read();
  proxy.cutAll();
  expect(await read()).toEqual(first);
  expect(first.errors).toBeUndefined();
});
