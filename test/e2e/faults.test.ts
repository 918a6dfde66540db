import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { endSession, waiters, whileHeld } from '../support/held.ts';
import { type MutationResult, mutationText } from '../support/mutation.ts';
import { wideLimits } from '../support/limits.ts';
import { useProxy } from '../support/proxy.ts';
import { readTables } from '../support/rows.ts';
import { type Answer, post, type TestService, useService } from '../support/service.ts';
import { type Config, readConfig } from '../../src/server/config.ts';

/*
 * A database that is slow, full or away: what is answered, and that nothing is written by half.
 * What hinders a request does not end before its answer: that it is answered at all says that the
 * limit holds. Afterwards the service is well again, however long that takes a slow machine.
 */

const database = useDatabase();
const proxy = useProxy(database);
const patient = useService(proxy);
const config = readConfig({});

/** A service of which some limits are short, in ms. */
const serviceWith = (limit: Partial<Config['limits']>) =>
  useService(proxy, { limits: { ...config.limits, ...wideLimits, poolSize: 2, ...limit } });

beforeEach(() => writeBlog(database));
afterEach(async () => {
  proxy.open = true;
  proxy.toDatabase = () => 'pass';
  proxy.toService = () => 'pass';
  await database.sql('DROP FUNCTION IF EXISTS hinder CASCADE');
});

const castComments = (service = patient): Promise<Answer<{ result: MutationResult }>> =>
  post(service.url, mutationText('updatePost'), {
    id: '1',
    input: {
      comments: {
        cast: { entries: [{ id: '13', body: 'Changed' }, { body: 'New' }] },
      },
    },
  });

const unavailable = {
  status: 503,
  retryAfter: '1',
  data: { result: null },
  errors: [
    {
      message: 'The database is not available. Try again later.',
      path: ['result'],
      extensions: { code: 'UNAVAILABLE' },
    },
  ],
};

/** What takes too long by itself would do so again. */
const timedOut = {
  status: 200,
  data: { result: null },
  errors: [{ path: ['result'], extensions: { code: 'TIMEOUT' } }],
};

const bodies = async () => {
  const rows = await database.sql<{ body: string }>(
    'SELECT body FROM comments WHERE post_id = 1 ORDER BY body',
  );
  return rows.map(({ body }) => body);
};

/** Makes every UPDATE of a comment run some SQL first. */
const hinder = (sql: string) =>
  database.sql(`
    CREATE FUNCTION hinder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${sql}; RETURN NEW; END $$;
    CREATE TRIGGER hinder BEFORE UPDATE ON comments FOR EACH ROW EXECUTE FUNCTION hinder()`);

const readiness = async ({ url }: TestService) => (await fetch(`${url}/ready`)).status;

/** Waits until a write succeeds. */
async function isWellAgain(service: TestService): Promise<void> {
  for (;;) {
    const { data } = await castComments(service);
    if (data?.result.__typename === 'UpdatePostSuccess') break;
  }
  expect(await bodies()).toEqual(['Changed', 'New']);
}

async function expectRefused(service: TestService, refusal: object = unavailable): Promise<void> {
  const rows = await readTables(database);
  expect(await castComments(service)).toMatchObject(refusal);
  expect(await readTables(database)).toEqual(rows);
}

test('a refusal for a fault says when to come again', async () => {
  proxy.open = false;
  proxy.cutAll();
  const answer = await post(patient.url, '{ post(id: 1) { title } }');
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
    await expectRefused(patient);
  });
});

describe('a request is refused within its time', () => {
  const strict = {
    statements: serviceWith({ statementTimeout: 500 }),
    transactions: serviceWith({ transactionTimeout: 1_000 }),
    locks: serviceWith({ lockTimeout: 500 }),
    pool: serviceWith({ poolSize: 1, poolTimeout: 1_000 }),
    // A silent connection is given up 2 s after the statement should have ended.
    all: serviceWith({ poolTimeout: 1_000, statementTimeout: 500, transactionTimeout: 5_000 }),
  };

  test('where a statement takes too long', async () => {
    await hinder('PERFORM pg_sleep(3600)');
    await expectRefused(strict.statements, timedOut);
    await database.sql('DROP FUNCTION hinder CASCADE');
    await isWellAgain(strict.statements);
  });

  test('where the transaction takes too long', async () => {
    await hinder('PERFORM pg_sleep(0.4)');
    const entries = ['11', '12', '13'].map((id) => ({ id, body: 'x' }));
    const answer = await post(strict.transactions.url, mutationText('updatePost'), {
      id: '1',
      input: { comments: { cast: { entries } } },
    });
    expect(answer).toMatchObject(timedOut);
    expect(answer.retryAfter).toBeUndefined();
    await database.sql('DROP FUNCTION hinder CASCADE');
    await isWellAgain(strict.transactions);
  });

  test('where another holds the row', async () => {
    await whileHeld(database, 'SELECT FROM posts FOR UPDATE', () => expectRefused(strict.locks));
    await isWellAgain(strict.locks);
  });

  test('where no connection is free; /ready says so', async () => {
    const { pool } = strict;
    await isWellAgain(pool);
    const stuck = await whileHeld(database, 'SELECT FROM posts FOR UPDATE', async () => {
      const stuck = castComments(pool);
      await waiters(database);
      const [ready] = await Promise.all([readiness(pool), expectRefused(pool)]);
      expect(ready).toBe(503);
      return { stuck };
    });
    await stuck.stuck;
    await isWellAgain(pool);
  });

  test('where a statement takes too long that waits for no lock, though the locks were waited for', async () => {
    await hinder('PERFORM pg_sleep(3600)');
    const answer = await whileHeld(database, 'SELECT FROM posts FOR UPDATE', async () => {
      const answer = castComments(strict.statements);
      await waiters(database);
      return { answer };
    });
    expect(await answer.answer).toMatchObject(unavailable);
  });

  test('where what stands before it in the request was kept, which is answered', async () => {
    const answer = await whileHeld(database, 'SELECT FROM posts WHERE id = 3 FOR UPDATE', () =>
      post(
        strict.locks.url,
        `mutation {
          a: updatePost(id: 1, input: { title: "kept" }) { __typename }
          b: updatePost(id: 3, input: { title: "held" }) { __typename }
          c: updatePost(id: 2, input: { title: "kept too" }) { __typename }
        }`,
      ),
    );
    expect(answer).toMatchObject({
      status: 200,
      data: {
        a: { __typename: 'UpdatePostSuccess' },
        b: null,
        c: { __typename: 'UpdatePostSuccess' },
      },
      errors: [{ path: ['b'], extensions: { code: 'UNAVAILABLE' } }],
    });
    expect(answer.retryAfter).toBeUndefined();
    expect(await database.sql('SELECT title FROM posts WHERE id < 4 ORDER BY id')).toEqual([
      { title: 'kept' },
      { title: 'kept too' },
      { title: 'Three' },
    ]);
  });

  test('where the database is away; /ready says so', async () => {
    proxy.open = false;
    proxy.cutAll();
    await expectRefused(strict.transactions);
    expect(await readiness(strict.transactions)).toBe(503);
    proxy.open = true;
    await isWellAgain(strict.transactions);
  });

  test('where the network swallows a statement; /ready says so', async () => {
    let begun = false;
    proxy.toDatabase = (bytes) => {
      if (begun) return 'swallow';
      begun = bytes.includes('BEGIN');
      return 'pass';
    };
    await expectRefused(strict.all);
    expect(await readiness(strict.all)).toBe(503);
    proxy.toDatabase = () => 'pass';
    proxy.cutAll();
    await isWellAgain(strict.all);
  });

  test('where its client hangs up nothing is left behind', async () => {
    await whileHeld(database, 'SELECT FROM posts FOR UPDATE', async () => {
      for (let turn = 0; turn < 4; turn += 1) {
        const hangUp = new AbortController();
        const asked = fetch(`${strict.locks.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            query: mutationText('deletePost'),
            variables: { id: '1', lockVersion: 99 },
          }),
          signal: hangUp.signal,
        });
        await waiters(database);
        hangUp.abort();
        await expect(asked).rejects.toThrow('abort');
      }
    });
    await isWellAgain(strict.locks);
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
  const read = () => post<unknown>(patient.url, '{ post(id: 1) { comments { id } } }');
  const first = await read();
  proxy.cutAll();
  expect(await read()).toEqual(first);
  expect(first.errors).toBeUndefined();
});
