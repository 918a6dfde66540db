import { defineDomain, owned, validateRequired } from 'prisma-assoc/changeset';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { datamodel } from '../../src/generated/datamodel.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { endSession, waiters, whileHeld } from '../support/held.ts';
import { type Asked, runMutation } from '../support/run-mutation.ts';

/* `afterCommit` of a declaration: when it runs, how often, and what becomes of its failure. */

const database = useDatabase();

/** Told of every afterCommit that runs: the model, and the writes of the plan. */
type Told = string[];

const tell = (model: string) => async (plan: Plan, told: Told) => {
  const writes = plan.operations.filter(({ action }) => action !== 'unchanged');
  const [row] = await database.sql<{ post: string }>('SELECT max(title) AS post FROM posts');
  told.push(`${model}: ${writes.map(({ action, model: of }) => `${action} ${of}`).join(', ')}`);
  if (row?.post === 'Fail') throw new Error('the bus is down');
};

const domain = defineDomain(datamodel, {
  Author: { cast: ['name'], associations: { posts: owned() }, afterCommit: tell('Author') },
  Post: {
    cast: ['title', 'body'],
    validate: (post) => validateRequired(post, ['title']),
    associations: { comments: owned(), author: { put: {} } },
    afterCommit: tell('Post'),
  },
  Comment: { cast: ['body'], afterCommit: tell('Comment') },
});

let told: Told;
let errors: unknown[];

const run = (asked: Asked, options = {}) =>
  runMutation(
    {
      client: database.client,
      domain,
      context: told,
      onError: (error) => void errors.push(error),
    },
    asked,
    options,
  );

const post = (input: Asked['input'] = {}): Asked => ({
  kind: 'update',
  model: 'Post',
  id: '1',
  input,
});

beforeEach(async () => {
  told = [];
  errors = [];
  await writeBlog(database);
});

test.each([
  ['the root', post({ body: 'B' }), ['Post: update Post']],
  [
    'the model that is asked, also where only what is below it is written',
    post({ comments: { build: [{ body: 'x' }] } }),
    ['Post: insert Comment', 'Comment: insert Comment'],
  ],
  [
    'the owner through which a record is built',
    { kind: 'build', model: 'Post', id: '1', association: 'comments', input: { body: 'x' } },
    ['Post: insert Comment', 'Comment: insert Comment'],
  ],
  [
    'every model of which a row is written, in the order of the declarations',
    {
      kind: 'create',
      model: 'Author',
      input: { name: 'A', posts: { build: [{ title: 'T' }, { title: 'U' }] } },
    },
    [
      'Author: insert Author, insert Post, insert Post',
      'Post: insert Author, insert Post, insert Post',
    ],
  ],
] as const)('it is told once of %s', async (_what, asked, expected) => {
  expect((await run(asked)).kind).toBe('success');
  expect(told).toEqual(expected);
});

describe('it does not run', () => {
  test('for a dry run', async () => {
    expect((await run(post({ body: 'B' }), { dryRun: true })).kind).toBe('dryRun');
    expect(told).toEqual([]);
  });

  test.each([
    ['is refused', post({ title: '' }), 'invalid'],
    ['finds nothing', { ...post(), id: '99' }, 'notFound'],
    ['writes nothing', post({ title: 'One' }), 'success'],
  ])('for a mutation that %s', async (_what, asked, kind) => {
    expect((await run(asked)).kind).toBe(kind);
    expect(told).toEqual([]);
  });

  test('for a replay under an idempotency key', async () => {
    const key = { idempotencyKey: 'k' };
    expect(await run(post({ body: 'B' }), key)).toMatchObject({ isReplay: false });
    expect(await run(post({ body: 'B' }), key)).toMatchObject({ isReplay: true });
    expect(told).toEqual(['Post: update Post']);
  });
});

test('it runs once where the transaction was retried', async () => {
  const result = await whileHeld(
    database,
    'SELECT FROM posts WHERE id = 1 FOR UPDATE',
    async () => {
      const running = run(post({ body: 'B' }));
      const [pid] = await waiters(database);
      await endSession(database, pid);
      await waiters(database);
      return { running };
    },
  );
  expect((await result.running).kind).toBe('success');
  expect(told).toEqual(['Post: update Post']);
});

test('what it throws is told to onError, the next one runs, and the answer stands', async () => {
  const asked = post({ title: 'Fail', comments: { build: [{ body: 'x' }] } });
  await database.sql(
    'DELETE FROM comments; DELETE FROM posts_tags; DELETE FROM permalinks; DELETE FROM posts WHERE id <> 1',
  );
  expect((await run(asked)).kind).toBe('success');
  expect(told).toHaveLength(2);
  expect(errors).toEqual([new Error('the bus is down'), new Error('the bus is down')]);
  expect(await database.sql('SELECT title FROM posts')).toEqual([{ title: 'Fail' }]);
});

test('without onError the console has it', async () => {
  const written = vi.spyOn(console, 'error').mockReturnValue();
  const own = defineDomain(datamodel, {
    Post: {
      cast: ['body'],
      afterCommit() {
        throw new Error('at once');
      },
    },
  });
  await runMutation({ client: database.client, domain: own }, post({ body: 'B' }));
  expect(written).toHaveBeenCalledExactlyOnceWith(new Error('at once'));
  written.mockRestore();
});
