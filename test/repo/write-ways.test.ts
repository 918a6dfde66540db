import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { change, type Changeset, type Params } from '../../src/changeset/changeset.ts';
import { uniqueConstraint } from '../../src/changeset/constraint/constraint.ts';
import { listErrors } from '../../src/changeset/traverse-errors.ts';
import { buildStruct, type Struct } from '../../src/model/struct.ts';
import { makeRepo } from '../../src/repo/repo.ts';
import type { TransactionClient } from '../../src/repo/transaction/transaction.ts';
import type { WriteWay } from '../../src/repo/write/write-way.ts';
import { writesOf } from '../support/database.ts';
import { load, modelOf, modelsWith, NOW, useCore } from '../support/core.ts';

/*
 * What is sent to the database in each way to write a plan. That all ways end alike is a law.
 */

const database = useCore();
const models = modelsWith(
  {
    'Author.posts': { onReplace: 'delete' },
    'Post.comments': { onReplace: 'delete', forceUpdateOnChange: false },
    'Post.tags': { onReplace: 'delete', forceUpdateOnChange: false },
  },
  { Comment: 'lock_version' },
);

const repoIn = (writeWay: WriteWay, client: TransactionClient = database.client) =>
  makeRepo(client, models, { now: () => NOW, writeWay });

async function seed(comments: number): Promise<void> {
  await database.sql(
    `INSERT INTO authors (id, name) VALUES (1, 'Ann');
     INSERT INTO posts (id, title, author_id) SELECT i, 'p' || i, 1 FROM generate_series(1, 4) AS i;
     INSERT INTO comments (id, body, post_id) SELECT i, 'c' || i, 1 FROM generate_series(1, ${comments}) AS i;
     INSERT INTO tags (id, name) VALUES (1, 't1'), (2, 't2'), (3, 't3');
     INSERT INTO posts_tags VALUES (1, 1);
     SELECT setval(pg_get_serial_sequence(name, 'id'), 10000) FROM unnest(ARRAY['comments', 'tags']) AS name`,
  );
}

const times = <T>(count: number, make: (i: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));

/** Of `count` comments a third goes, a third changes, one with its position, and as many come. */
const entries = (count: number): readonly Params[] => [
  ...times(count, (i) => ({ id: i + 1, body: `new ${i}`, ...(i === 0 && { position: 1 }) })),
  ...times(count, (i) => ({ body: `more ${i}` })),
];

function castComments(post: Struct, comments: readonly Params[]): Changeset {
  return castAssoc(cast(post, { comments }, []), 'comments', {
    with: (child, sent) => cast(child, sent, ['body', 'position']),
  });
}

function castTags(post: Struct, tags: readonly Params[]): Changeset {
  return castAssoc(cast(post, { tags }, []), 'tags', {
    with: (child, sent) => uniqueConstraint(cast(child, sent, ['name']), 'name'),
  });
}

async function writesIn(way: WriteWay, count: number): Promise<readonly string[]> {
  await database.empty();
  await seed(2 * count);
  const repo = repoIn(way);
  const post = await load(repo, modelOf(models, 'Post'), 1n, ['comments']);
  const statements = await database.statementsOf(async () => {
    const outcome = await repo.update(castComments(post, entries(count)));
    expect(outcome.ok).toBe(true);
  });
  return statements.filter(({ kind }) => kind === 'write').map(({ sql }) => sql);
}

test('a set of rows takes one statement, whose text is the same for any number', async () => {
  const few = await writesIn('set', 2);
  expect(few.map((sql) => /^\w+/.exec(sql)?.[0])).toEqual(['DELETE', 'UPDATE', 'INSERT']);
  expect(await writesIn('set', 300)).toEqual(few);
});

test('auto takes sets from two rows of one table on', async () => {
  expect(await writesIn('auto', 1)).toEqual(await writesIn('nested', 1));
  expect(await writesIn('auto', 2)).toEqual(await writesIn('set', 2));
});

test('rows of more than a megabyte take several statements', async () => {
  await seed(0);
  const repo = repoIn('set');
  const post = await load(repo, modelOf(models, 'Post'), 1n, ['comments']);
  const comments = times(5, (i) => ({ body: `${i}`.repeat(400_000) }));
  const statements = await database.statementsOf(async () => {
    expect((await repo.update(castComments(post, comments))).ok).toBe(true);
  });
  expect(writesOf(statements)).toEqual(times(3, () => 'INSERT comments'));
  const stored = await database.sql('SELECT left(body, 1) AS body FROM comments ORDER BY id');
  expect(stored).toEqual(times(5, (i) => ({ body: `${i}` })));
});

test.each([
  ['a set', 'set', 500, 0],
  ['a call of one row', 'nested', 0, 0],
  ['a nested call, which does not give them back,', 'nested', 2, 1],
] as const)(
  'the keys of rows that nothing refers to are made by the INSERT of %s',
  async (_what, way, count, asked) => {
    await seed(0);
    const repo = repoIn(way);
    const post = await load(repo, modelOf(models, 'Post'), 1n, ['comments']);
    const comments = times(count, (i) => ({ body: `${i}` }));
    const statements = await database.statementsOf(async () => {
      const outcome =
        count === 0
          ? await repo.insert(cast(buildStruct(modelOf(models, 'Tag')), { name: 'new' }, ['name']))
          : await repo.update(castComments(post, comments));
      const written = outcome.ok ? outcome.plan.operations : [];
      const keys = written.flatMap(({ action, row }) =>
        action === 'insert' && 'key' in row ? [row.key['id']] : [],
      );
      const table = count === 0 ? 'tags WHERE id > 3' : 'comments';
      const stored = await database.sql<{ id: string }>(`SELECT id FROM ${table} ORDER BY id`);
      expect(keys.map(String)).toEqual(stored.map(({ id }) => id));
      expect(keys).toHaveLength(Math.max(count, 1));
    });
    const bodies = await database.sql<{ body: string }>('SELECT body FROM comments ORDER BY id');
    expect(bodies).toEqual(comments);
    expect(statements.filter(({ sql }) => sql.includes('nextval'))).toHaveLength(asked);
  },
);

test.each([
  ['comes back with the nested write', '', 0],
  ['is made before it where another has added a row since', 'c9', 1],
] as const)('the key of the one row that a list gains %s', async (_what, body, asked) => {
  await seed(2);
  const repo = repoIn('nested');
  const post = await load(repo, modelOf(models, 'Post'), 1n, ['comments']);
  if (body) await database.sql('INSERT INTO comments (body, post_id) VALUES ($1, 1)', [body]);
  const statements = await database.statementsOf(async () => {
    const outcome = await repo.update(castComments(post, [{ id: 2, body: 'x' }, { body: 'new' }]));
    const comments = outcome.ok ? outcome.struct.assocs['comments'] : null;
    const [stored] = await database.sql('SELECT id FROM comments WHERE body = $1', ['new']);
    expect(comments).toMatchObject([{}, { fields: { id: BigInt(String(stored?.['id'])) } }]);
  });
  expect(writesOf(statements).slice(-3)).toEqual([
    'DELETE comments',
    'UPDATE comments',
    'INSERT comments',
  ]);
  expect(statements.filter(({ verb }) => verb === 'ROLLBACK')).toHaveLength(asked);
});

describe('a row that the database refuses among many', () => {
  test('is found by its value, without a savepoint or a second attempt', async () => {
    await seed(0);
    const repo = repoIn('set');
    const post = await load(repo, modelOf(models, 'Post'), 1n, ['tags']);
    const tags = [{ name: 'a' }, { name: 'b' }, { name: 't3' }, { name: 't2' }];
    let errors: unknown;
    const statements = await database.statementsOf(async () => {
      const outcome = await repo.update(castTags(post, tags));
      errors = outcome.ok ? [] : listErrors(outcome.changeset).map(({ path }) => path);
    });
    expect(errors).toEqual([['tags', 2, 'name']]);
    const verbs = statements.filter(({ kind }) => kind === 'transaction').map(({ verb }) => verb);
    expect(verbs).toEqual(['BEGIN', 'ROLLBACK']);
  });

  test('is found under a savepoint where the order within a statement is not the plan’s', async () => {
    await seed(0);
    await database.sql(`INSERT INTO comments (body, post_id) VALUES ('c', 2), ('c', 3)`);
    const repo = repoIn('set');
    const author = await load(repo, modelOf(models, 'Author'), 1n, ['posts']);
    const posts = putAssoc(change(author), 'posts', []);
    const statements = await database.statementsOf(async () => {
      await expect(repo.update(posts)).rejects.toThrow('cannot delete Post: the database refuses');
    });
    const verbs = statements.filter(({ kind }) => kind === 'transaction').map(({ verb }) => verb);
    expect(verbs).toEqual(['BEGIN', 'SAVEPOINT', 'ROLLBACK', 'ROLLBACK']);
    expect(await database.sql('SELECT id FROM posts')).toHaveLength(4);
  });

  test('that only an index of the database’s own knows of is kept if it is right in the end', async () => {
    await seed(100);
    await database.sql('CREATE UNIQUE INDEX comments_own ON comments (position)');
    try {
      await database.sql('UPDATE comments SET position = id');
      const repo = repoIn('set');
      const post = await load(repo, modelOf(models, 'Post'), 1n, ['comments']);
      // From the last one on, each takes what the one before it has just given up.
      const rows = times(100, (i) => ({ id: 100 - i, position: 101 - i }));
      expect(await repo.update(castComments(post, rows))).toMatchObject({ ok: true });
      const moved = await database.sql('SELECT id FROM comments WHERE position = id + 1');
      expect(moved).toHaveLength(100);
    } finally {
      await database.sql('DROP INDEX comments_own');
    }
  });
});

test('what an extension of the client has its say in stays a nested write', async () => {
  await seed(4);
  const seen: string[] = [];
  const client = database.client.$extends({
    query: {
      comment: {
        create({ args, query }) {
          seen.push('create');
          return query(args);
        },
      },
    },
  });
  const repo = repoIn('set', client as unknown as TransactionClient);
  const model = modelOf(models, 'Post');
  const post = await load(repo, model, 1n, ['comments', 'tags']);
  const tags = times(4, (i) => ({ name: `n${i}` }));
  const statements = await database.statementsOf(async () => {
    const comments = castComments(post, entries(2));
    const both = castAssoc(cast(comments, { tags }, []), 'tags', {
      with: (child, sent) => cast(child, sent, ['name']),
    });
    expect((await repo.update(both)).ok).toBe(true);
  });
  const sets = statements.filter(({ sql }) => sql.includes('unnest('));
  expect(writesOf(sets)).toEqual(['DELETE posts_tags', 'INSERT tags', 'INSERT posts_tags']);
});
