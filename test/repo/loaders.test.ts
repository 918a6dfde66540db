import { describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import type { Association, Model } from '../../src/model/model.ts';
import { makeLoaders } from '../../src/repo/read/loaders.ts';
import type { Row } from '../../src/repo/row.ts';
import { useDatabase } from '../support/database.ts';
import { countTurns } from '../support/turns.ts';

const database = useDatabase();
const [author, post, comment, tag, permalink] = [
  'Author',
  'Post',
  'Comment',
  'Tag',
  'Permalink',
].map((name) => getModel(blog.models, name)) as [Model, Model, Model, Model, Model];

function association(model: Model, name: string): Association {
  const found = model.associations.get(name);
  if (!found) throw new Error(name);
  return found;
}

const comments = association(post, 'comments');

/**
 * Three posts: one with comments 1 to 3, one with comments 4 and 5, one without; and what hangs on
 * them.
 */
async function seed(): Promise<void> {
  await database.sql(`
    INSERT INTO authors (name) VALUES ('Ann'), ('Ben');
    INSERT INTO posts (title, author_id) VALUES ('one', 1), ('two', 1), ('three', NULL);
    INSERT INTO comments (body, post_id) VALUES ('c', 1), ('a', 1), ('b', 1), ('e', 2), ('d', 2);
    INSERT INTO tags (name) VALUES ('x'), ('w'), ('v');
    INSERT INTO posts_tags (post_id, tag_id) VALUES (1, 1), (1, 2), (1, 3), (2, 3);
    INSERT INTO permalinks (url, post_id) VALUES ('/one', 1), ('/lost', NULL);
  `);
}

function rows(found: Row | null | readonly Row[]): readonly Row[] {
  if (!Array.isArray(found)) throw new Error('not a list');
  return found;
}

function pluck(found: Row | null | readonly Row[], field: string): unknown[] {
  return rows(found).map((row) => row[field]);
}

async function readPosts(): Promise<readonly Row[]> {
  return database.client.post.findMany({ orderBy: { id: 'asc' } });
}

describe('record', () => {
  test('reads the rows of several keys in one statement', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    const statements = await database.statementsOf(async () => {
      const found = await Promise.all([2n, 1n, 9n, 2n].map((id) => loaders.record(post, { id })));
      expect(found.map((row) => row?.['title'])).toEqual(['two', 'one', undefined, 'two']);
      expect(found[2]).toBeNull();
    });
    expect(statements).toHaveLength(1);
  });

  test('reads by any unique field', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    expect(await loaders.record(tag, { name: 'w' })).toEqual({
      id: 2n,
      name: 'w',
    });
  });

  test('finds nothing for null, without a statement', async () => {
    const loaders = makeLoaders(database.client);
    const statements = await database.statementsOf(async () => {
      expect(await loaders.record(post, { id: null })).toBeNull();
    });
    expect(statements).toEqual([]);
  });

  test('splits what would not fit into the parameters of one statement', async () => {
    await database.sql(
      `INSERT INTO posts (title) SELECT 'post ' || i FROM generate_series(1, 40001) AS i`,
    );
    const loaders = makeLoaders(database.client);
    const ids = Array.from({ length: 40_001 }, (_, i) => BigInt(i + 1));
    const statements = await database.statementsOf(async () => {
      const found = await Promise.all(ids.map((id) => loaders.record(post, { id })));
      expect(found.map((row) => row?.['id'])).toEqual(ids);
    });
    expect(statements).toHaveLength(3);
  });
});

describe('association', () => {
  test('reads a belongs_to in one statement, the same owner once', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    const posts = await readPosts();
    const statements = await database.statementsOf(async () => {
      const found = await Promise.all(
        posts.map((row) => loaders.association(association(post, 'author'), row)),
      );
      expect(found).toMatchObject([{ name: 'Ann' }, { name: 'Ann' }, null]);
    });
    expect(statements).toHaveLength(1);
    expect(statements[0]?.parameters).toBe(`$1 = '{1}'`);
  });

  test('answers a null foreign key without a statement', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    const orphan = (await readPosts())[2] ?? {};
    const statements = await database.statementsOf(async () => {
      const found = await loaders.association(association(post, 'author'), orphan);
      expect(found).toBeNull();
    });
    expect(statements).toEqual([]);
  });

  test('shares what record has read with a belongs_to', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    await loaders.record(author, { id: 1n });
    const [first = {}] = await readPosts();
    const statements = await database.statementsOf(() =>
      loaders.association(association(post, 'author'), first),
    );
    expect(statements).toEqual([]);
  });

  test('reads a has_one, null where there is none', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    const posts = await readPosts();
    const found = await Promise.all(
      posts.map((row) => loaders.association(association(post, 'permalink'), row)),
    );
    expect(found).toMatchObject([{ url: '/one' }, null, null]);
  });

  test('reads a has_many in one statement, by primary key', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    const posts = await readPosts();
    const statements = await database.statementsOf(async () => {
      const found = await Promise.all(posts.map((row) => loaders.association(comments, row)));
      expect(found.map((list) => pluck(list, 'id'))).toEqual([[1n, 2n, 3n], [4n, 5n], []]);
    });
    expect(statements).toHaveLength(1);
  });

  test('limits a has_many for each owner, in the database', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    const posts = await readPosts();
    const statements = await database.statementsOf(async () => {
      const found = await Promise.all(
        posts.map((row) =>
          loaders.association(comments, row, {
            orderBy: [{ body: 'asc' }],
            first: 2,
          }),
        ),
      );
      expect(found.map((list) => pluck(list, 'body'))).toEqual([['a', 'b'], ['d', 'e'], []]);
    });
    expect(statements).toHaveLength(1);
    expect(statements[0]?.sql).toMatch(/LATERAL.*LIMIT/);
  });

  test.each([
    ['whole', {}, [['x', 'w', 'v'], ['v'], []]],
    ['ordered', { orderBy: [{ name: 'asc' }] }, [['v', 'w', 'x'], ['v'], []]],
    ['limited', { first: 1 }, [['x'], ['v'], []]],
    ['empty', { first: 0 }, [[], [], []]],
    [
      'filtered',
      { where: { NOT: { name: 'x' } }, orderBy: [{ name: 'desc' }], first: 1 },
      [['w'], ['v'], []],
    ],
  ])('reads a many_to_many %s in one statement', async (_, args, expected) => {
    await seed();
    const loaders = makeLoaders(database.client);
    const posts = await readPosts();
    const statements = await database.statementsOf(async () => {
      const found = await Promise.all(
        posts.map((row) => loaders.association(association(post, 'tags'), row, args)),
      );
      expect(found.map((list) => pluck(list, 'name'))).toEqual(expected);
    });
    expect(statements).toHaveLength(1);
  });

  test('gives rows of a limited list with values as a plain read gives them', async () => {
    await database.sql(`
      INSERT INTO posts (id, title) VALUES (9007199254740993, 'big');
      INSERT INTO comments (id, body, post_id, inserted_at)
      VALUES (9007199254740995, 'with "quotes", \\ and 😀', 9007199254740993, '2026-02-03 04:05:06.789');
    `);
    const [owner = {}] = await readPosts();
    const loaders = makeLoaders(database.client);
    const limited = await loaders.association(comments, owner, { first: 5 });
    const plain = await loaders.association(comments, owner);
    expect(limited).toEqual(plain);
    expect(rows(plain)[0]).toMatchObject({ id: 9007199254740995n });
  });

  test('keeps lists of different arguments apart, one statement each', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    const [first = {}] = await readPosts();
    const moment = new Date('2026-01-01T00:00:00Z');
    const statements = await database.statementsOf(async () => {
      const found = await Promise.all([
        loaders.association(comments, first, { where: { id: 1n } }),
        loaders.association(comments, first, { where: { id: 2n } }),
        loaders.association(comments, first, {
          where: { insertedAt: { gt: moment } },
        }),
        loaders.association(comments, first, {
          where: { insertedAt: { gt: new Date(moment) } },
        }),
        loaders.association(comments, first, {
          where: { insertedAt: { lt: moment } },
        }),
      ]);
      expect(found.map((list) => rows(list).length)).toEqual([1, 1, 3, 3, 0]);
    });
    expect(statements).toHaveLength(4);
  });

  test('always applies the conditions of the association', async () => {
    await seed();
    const rules = { ...comments.rules, where: { body: 'a' } };
    const [first = {}] = await readPosts();
    const loaders = makeLoaders(database.client);
    const ruled = { ...comments, rules };
    expect(pluck(await loaders.association(ruled, first), 'body')).toEqual(['a']);
    expect(await loaders.association(ruled, first, { where: { body: 'b' } })).toEqual([]);
    expect(await loaders.count(ruled, first)).toBe(1);
    const tags = association(post, 'tags');
    const ruledTags = {
      ...tags,
      rules: { ...tags.rules, where: { name: 'w' } },
    };
    expect(pluck(await loaders.association(ruledTags, first), 'id')).toEqual([2n]);
    expect(await loaders.count(ruledTags, first)).toBe(1);
  });

  test('orders as the association says when no order is asked for', async () => {
    await seed();
    const preloadOrder = [{ field: 'body', direction: 'desc' as const }];
    const ordered = { ...comments, rules: { ...comments.rules, preloadOrder } };
    const [first = {}] = await readPosts();
    const loaders = makeLoaders(database.client);
    expect(pluck(await loaders.association(ordered, first), 'body')).toEqual(['c', 'b', 'a']);
    expect(
      pluck(
        await loaders.association(ordered, first, {
          orderBy: [{ id: 'desc' }],
        }),
        'body',
      ),
    ).toEqual(['b', 'a', 'c']);
  });

  test('orders what is equal by primary key', async () => {
    await seed();
    await database.sql(`UPDATE comments SET body = 'same'`);
    await database.sql(`UPDATE comments SET body = 'same' WHERE id = 1`);
    const [first = {}] = await readPosts();
    const found = await makeLoaders(database.client).association(comments, first, {
      orderBy: [{ body: 'desc' }],
    });
    expect(pluck(found, 'id')).toEqual([1n, 2n, 3n]);
  });

  test('reads with the client of a transaction', async () => {
    await seed();
    const [first = {}] = await readPosts();
    await database.client.$transaction(async (tx) => {
      await tx.comment.delete({ where: { id: 2n } });
      const loaders = makeLoaders(tx);
      const found = await loaders.association(comments, first);
      expect(pluck(found, 'id')).toEqual([1n, 3n]);
    });
  });

  test('hands out many rows in turns, and reads what is asked of them all in one statement', async () => {
    await database.sql(`
      INSERT INTO posts (title) SELECT 'post' FROM generate_series(1, 100);
      INSERT INTO comments (body, post_id) SELECT 'comment', 1 + i % 100 FROM generate_series(1, 2000) AS i;
    `);
    const loaders = makeLoaders(database.client);
    const turns = countTurns();
    const given: number[] = [];
    const commentsOf = async (_: unknown, index: number) => {
      const found = rows(await loaders.association(comments, { id: BigInt(index + 1) }));
      given.push(turns.now());
      return Promise.all(
        found.map((row) => loaders.association(association(comment, 'post'), row)),
      );
    };
    const statements = await database.statementsOf(async () => {
      const posts = await Promise.all(Array.from({ length: 100 }, commentsOf));
      expect(posts.flat()).toHaveLength(2_000);
    });
    turns.end();
    expect(statements).toHaveLength(2);
    expect(new Set(given).size).toBeGreaterThanOrEqual(7);
  });

  test('fails for every key of a batch the database refuses, and can be asked again', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    const [first = {}] = await readPosts();
    const where = { nothing: 1 };
    for (let time = 0; time < 2; time += 1) {
      await expect(loaders.association(comments, first, { where })).rejects.toThrow(
        /Unknown argument `nothing`/,
      );
    }
  });
});

describe('count', () => {
  test.each([
    ['a has_many', 'comments', {}, [3, 2, 0]],
    ['a filtered has_many', 'comments', { body: { gt: 'b' } }, [1, 2, 0]],
    ['a many_to_many', 'tags', {}, [3, 1, 0]],
    ['a filtered many_to_many', 'tags', { name: { not: 'v' } }, [2, 0, 0]],
    ['a has_one', 'permalink', {}, [1, 0, 0]],
    ['a belongs_to', 'author', {}, [1, 1, 0]],
  ])('counts %s in one statement', async (_, name, where, expected) => {
    await seed();
    const loaders = makeLoaders(database.client);
    const posts = await readPosts();
    const statements = await database.statementsOf(async () => {
      const counts = await Promise.all(
        posts.map((row) => loaders.count(association(post, name), row, where)),
      );
      expect(counts).toEqual(expected);
    });
    expect(statements).toHaveLength(1);
  });
});

describe('clear', () => {
  test('makes the next read a fresh one', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    const [first = {}] = await readPosts();
    await loaders.association(comments, first);
    await loaders.count(comments, first);
    await database.sql('DELETE FROM comments WHERE id = 2');
    expect(rows(await loaders.association(comments, first))).toHaveLength(3);
    loaders.clear();
    expect(rows(await loaders.association(comments, first))).toHaveLength(2);
    expect(await loaders.count(comments, first)).toBe(2);
  });

  test('keeps a read that is under way from those who ask after it', async () => {
    await seed();
    const loaders = makeLoaders(database.client);
    const [first = {}] = await readPosts();
    const statements = await database.statementsOf(async () => {
      const before = loaders.association(comments, first);
      loaders.clear();
      const after = loaders.association(comments, first);
      await Promise.all([before, after]);
    });
    expect(statements).toHaveLength(2);
  });
});

describe('what cannot be read', () => {
  test('a through association names the way out', async () => {
    const through: Association = {
      kind: 'through',
      name: 'commenters',
      owner: author,
      related: comment,
      cardinality: 'many',
      path: ['posts', 'comments'],
      rules: comments.rules,
    };
    await expect(makeLoaders(database.client).association(through, { id: 1n })).rejects.toThrow(
      'cannot load "commenters" of Author: it goes through other associations. Load posts, then comments.',
    );
  });

  test('an owner without its key is refused', async () => {
    await expect(
      makeLoaders(database.client).association(comments, { title: 'x' }),
    ).rejects.toThrow('cannot load "comments" of Post: the row lacks "id". Read it whole.');
  });

  test('a model that the client does not know is refused', async () => {
    const stranger = { ...permalink, name: 'Stranger' };
    const list = { model: stranger, where: {}, order: [], after: null, before: null };
    await expect(
      makeLoaders(database.client).rootPage({ list, size: 1, fromEnd: false }),
    ).rejects.toThrow('the Prisma client has no "stranger"');
  });
});

test('arguments are looked through once, however many owners ask by them', async () => {
  await seed();
  let looks = 0;
  const where = new Proxy(
    { body: 'a' },
    {
      ownKeys(target) {
        looks += 1;
        return Reflect.ownKeys(target);
      },
    },
  );
  const args = { where };
  const loaders = makeLoaders(database.client);
  await loaders.association(comments, { id: 1n }, args);
  const before = looks;
  await Promise.all([2n, 3n].map((id) => loaders.association(comments, { id }, args)));
  // The statement itself looks once more at what it sends.
  const others = looks - before;
  looks = 0;
  await Promise.all([4n, 5n, 6n, 7n].map((id) => loaders.association(comments, { id }, args)));
  expect(looks).toBe(others);
});
