import {
  cast,
  defineDomain,
  foreignKeyConstraint,
  owned,
  uniqueConstraint,
  validateRequired,
} from 'prisma-assoc/changeset';
import { makeRepo } from 'prisma-assoc';
import { beforeEach, describe, expect, test } from 'vitest';
import { datamodel } from '../../src/generated/datamodel.ts';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import type { Delegates } from '../../src/repo/delegate.ts';
import { StaleReadError } from '../../src/repo/lock/row-locks.ts';
import {
  type Attempt,
  beginsTransactions,
  runTransaction,
} from '../../src/repo/transaction/transaction.ts';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { whileHeld } from '../support/held.ts';
import { type Asked, issuesOf, runMutation } from '../support/run-mutation.ts';

/* mutate and a repo in a transaction that the caller has opened: they are a part of it. */

const database = useDatabase();

const domain = defineDomain(datamodel, {
  Author: { cast: ['name'] },
  Post: {
    cast: ['title', 'authorId'],
    validate: (post) => foreignKeyConstraint(validateRequired(post, ['title']), 'authorId'),
    associations: { comments: owned() },
    afterCommit: (_plan, told: string[]) => told.push('kept'),
  },
  Comment: { cast: ['body'] },
  Permalink: { cast: ['url'], validate: (link) => uniqueConstraint(link, 'url') },
});

let told: string[];

beforeEach(() => {
  told = [];
  return writeBlog(database);
});

const run = (client: Delegates, asked: Asked, options = {}) =>
  runMutation({ client, domain, context: told }, asked, options);

const retitle: Asked = { kind: 'update', model: 'Post', id: '1', input: { title: 'New' } };

const titles = async (client: Delegates) => {
  const rows = await client.$queryRawUnsafe('SELECT title FROM posts WHERE id = 1');
  return (rows as { title: string }[]).map(({ title }) => title);
};

/** What a task does in a transaction; `end` decides what becomes of that. */
async function inTransaction<T>(
  task: (tx: Prisma.TransactionClient) => Promise<T>,
  end: 'commit' | 'roll back' = 'commit',
): Promise<T> {
  let done: { readonly value: T } | undefined;
  const rollback = new Error('rolled back');
  await database.client
    .$transaction(async (tx) => {
      done = { value: await task(tx) };
      if (end === 'roll back') throw rollback;
    })
    .catch((error: unknown) => {
      if (error !== rollback) throw error;
    });
  if (!done) throw new Error('the task has not ended');
  return done.value;
}

test('a client, extended or not, begins transactions; a transaction of it does not', async () => {
  const extended = database.client.$extends({ query: {} });
  expect(beginsTransactions(database.client)).toBe(true);
  expect(beginsTransactions(extended)).toBe(true);
  await database.client.$transaction(async (tx) => expect(beginsTransactions(tx)).toBe(false));
  await extended.$transaction(async (tx) => expect(beginsTransactions(tx)).toBe(false));
});

describe('mutate', () => {
  test("is kept with the caller's transaction, and hands afterCommit back", async () => {
    const result = await inTransaction((tx) => run(tx, retitle));
    expect(result).toMatchObject({ kind: 'success', record: { title: 'New' } });
    expect(await titles(database.client)).toEqual(['New']);
    expect(told).toEqual([]);
    if (result.kind === 'success') await result.afterCommit?.();
    expect(told).toEqual(['kept']);
  });

  test("goes with the caller's transaction", async () => {
    expect((await inTransaction((tx) => run(tx, retitle), 'roll back')).kind).toBe('success');
    expect(await titles(database.client)).toEqual(['One']);
  });

  test('sends neither BEGIN nor COMMIT of its own', async () => {
    const statements = await database.statementsOf(() => inTransaction((tx) => run(tx, retitle)));
    const verbs = statements.filter(({ kind }) => kind === 'transaction').map(({ verb }) => verb);
    expect(verbs).toEqual(['BEGIN', 'SAVEPOINT', 'RELEASE', 'COMMIT']);
  });

  test('that is refused by the database leaves the rest of the transaction as it is', async () => {
    const results = await inTransaction(async (tx) => [
      await run(tx, retitle),
      await run(tx, { ...retitle, id: '2', input: { title: 'Two!', authorId: '999' } }),
      await run(tx, { kind: 'create', model: 'Author', input: { name: 'Zoe' } }),
    ]);
    expect(results.map(issuesOf)).toEqual([['success'], ['FOREIGN_KEY authorId'], ['success']]);
    expect(await database.sql('SELECT title FROM posts WHERE id < 3 ORDER BY id')).toEqual([
      { title: 'New' },
      { title: 'Two' },
    ]);
    expect(await database.sql(`SELECT FROM authors WHERE name = 'Zoe'`)).toHaveLength(1);
  });

  test('as a dry run keeps nothing of its own', async () => {
    const kinds = await inTransaction(async (tx) => [
      (await run(tx, { kind: 'create', model: 'Author', input: { name: 'Zoe' } })).kind,
      (await run(tx, retitle, { dryRun: true })).kind,
      ...(await titles(tx)),
    ]);
    expect(kinds).toEqual(['success', 'dryRun', 'One']);
    expect(await database.sql(`SELECT FROM authors WHERE name = 'Zoe'`)).toHaveLength(1);
  });

  test('sees what the transaction has written before', async () => {
    const result = await inTransaction(async (tx) => {
      const { id } = await tx.post.create({ data: { title: 'Mine' } });
      return run(tx, {
        ...retitle,
        id: String(id),
        input: { comments: { build: [{ body: 'x' }] } },
      });
    });
    expect(result.kind).toBe('success');
  });

  test('fails at once where another transaction stands in its way', async () => {
    let runs = 0;
    const own = defineDomain(datamodel, {
      Post: {
        cast: ['title'],
        prepare(post) {
          runs += 1;
          return post;
        },
      },
    });
    const error = await database.client
      .$transaction(
        async (tx) => {
          await tx.$queryRawUnsafe('SELECT 1');
          await database.sql(`UPDATE posts SET title = 'Theirs' WHERE id = 1`);
          return runMutation({ client: tx, domain: own }, retitle);
        },
        { isolationLevel: 'RepeatableRead' },
      )
      .catch((failure: unknown) => failure);
    expect(String(error)).toMatch(/could not serialize access|write conflict/);
    expect(runs).toBe(0);
    expect(await titles(database.client)).toEqual(['Theirs']);
  });

  test('starts again from a savepoint with the locks that it lacked, and what it did is undone', async () => {
    const ahead: number[] = [];
    await inTransaction((tx) => {
      const run = async (attempt: Attempt<void>) => {
        ahead.push(attempt.ahead.length);
        await attempt.tx.$executeRawUnsafe(`INSERT INTO authors (name) VALUES ('Zoe')`);
        const row = {
          model: domain.model('Author'),
          keys: [{ id: 1n }],
          strength: 'UPDATE',
        } as const;
        if (ahead.length === 1) throw new StaleReadError([row]);
      };
      return runTransaction<void>(tx, run);
    });
    expect(ahead).toEqual([0, 1]);
    expect(await database.sql(`SELECT FROM authors WHERE name = 'Zoe'`)).toHaveLength(1);
  });
});

describe('a repo', () => {
  const permalink = (url: string) => {
    const { models } = domain;
    const model = models.get('Permalink');
    if (!model) throw new Error('there is no Permalink');
    const struct = { kind: 'struct', model, state: 'built', fields: {}, assocs: {} } as const;
    return uniqueConstraint(cast(struct, { url }, ['url']), 'url');
  };

  test("writes in the caller's transaction, and a refusal leaves the rest of that", async () => {
    const outcomes = await inTransaction(async (tx) => {
      const repo = makeRepo(tx, domain.models);
      return [
        await repo.insert(permalink('/new')),
        await repo.insert(permalink('/new')),
        await repo.insert(permalink('/other')),
      ];
    });
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(
      await database.sql(`SELECT url FROM permalinks WHERE url IN ('/new', '/other') ORDER BY id`),
    ).toEqual([{ url: '/new' }, { url: '/other' }]);
  });

  test('undoes its own transaction alone where that throws', async () => {
    const { client } = database;
    await client.$transaction(async (tx) => {
      const repo = makeRepo(tx, domain.models);
      await repo.insert(permalink('/new'));
      await expect(
        repo.transaction(async (inner) => {
          await inner.insert(permalink('/other'));
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
    });
    expect(
      await database.sql(`SELECT url FROM permalinks WHERE url IN ('/new', '/other')`),
    ).toEqual([{ url: '/new' }]);
  });

  test('gives a lock that is not to be had back to the caller, and the transaction lives on', async () => {
    const { client } = database;
    await whileHeld(database, 'SELECT FROM posts WHERE id = 1 FOR UPDATE', () =>
      client.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(`SET LOCAL lock_timeout = '50ms'`);
        await expect(run(tx, retitle)).rejects.toThrow();
        await tx.author.create({ data: { name: 'Zoe' } });
      }),
    );
    expect(await database.sql(`SELECT FROM authors WHERE name = 'Zoe'`)).toHaveLength(1);
  });
});
