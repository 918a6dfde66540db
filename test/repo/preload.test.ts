import { describe, expect, test } from 'vitest';
import type { Struct } from '../../src/model/struct.ts';
import { isStruct, listOf, withAssoc, withFields } from '../../src/model/struct.ts';
import type { Preload, PreloadOptions } from '../../src/repo/read/preload.ts';
import { load, modelOf, modelsWith, repoOf, type Rules, useCore } from '../support/core.ts';

const database = useCore();

async function seed(): Promise<void> {
  await database.sql(
    `INSERT INTO authors (id, name) VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cem');
     INSERT INTO posts (id, title, author_id) VALUES (7, 'A', 1), (8, 'B', 1), (9, 'C', NULL);
     INSERT INTO comments (id, body, post_id, position) VALUES
       (10, 'b', 7, 2), (11, 'a', 7, 1), (12, 'c', 8, 1);
     INSERT INTO permalinks (id, url, post_id) VALUES (5, '/a', 7);
     INSERT INTO tags (id, name) VALUES (1, 'x'), (2, 'y');
     INSERT INTO posts_tags VALUES (7, 2), (7, 1), (8, 2);
     INSERT INTO categories (id, name, parent_id) VALUES (1, 'top', NULL), (2, 'mid', 1), (3, 'low', 2);
     INSERT INTO countries VALUES ('NL', 'Netherlands'), ('BE', 'Belgium');
     INSERT INTO "_CategoryToCountry" VALUES (1, 'NL'), (1, 'BE'), (2, 'BE')`,
  );
}

function setup(rules: Rules = {}) {
  const models = modelsWith(rules);
  const repo = repoOf(database, models);
  const all = (name: string) => repo.all(modelOf(models, name));
  const one = (name: string, id: number | bigint | string, preloads: Preload[] = []) =>
    load(repo, modelOf(models, name), id, preloads);

  /** Preloads and tells the statements that it took. */
  async function preload(
    records: Struct | readonly (Struct | null)[],
    preloads: readonly Preload[],
    options?: PreloadOptions,
  ) {
    let loaded: readonly (Struct | null)[] = [];
    const statements = await database.statementsOf(async () => {
      const given = isStruct(records) ? [records] : records;
      const found = await repo.preload(given, preloads, options);
      if (found !== null && !isStruct(found)) loaded = found;
    });
    return { loaded, statements: statements.length };
  }
  return { models, repo, all, one, preload };
}

/** The ids below records, association by association: `idsIn(posts, 'comments', 'post')`. */
function idsIn(records: readonly (Struct | null)[], ...path: string[]): unknown[] {
  return records.map((record) => (record === null ? null : idsBelow(record, path)));
}

function idsBelow(record: Struct, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return Number(Object.values(record.fields)[0]);
  const loaded = record.assocs[name];
  if (loaded === undefined) return 'not loaded';
  if (loaded === null) return null;
  return 'kind' in loaded ? idsBelow(loaded, rest) : loaded.map((item) => idsBelow(item, rest));
}

describe('a preload', () => {
  test('costs one statement for each association and level, whatever the number of records', async () => {
    await seed();
    const { all, preload } = setup();
    const { loaded, statements } = await preload(await all('Author'), [
      {
        assoc: 'posts',
        preload: ['comments', 'permalink', { assoc: 'tags', preload: ['posts'] }],
      },
    ]);
    expect(statements).toBe(5);
    expect(idsIn(loaded, 'posts', 'comments')).toEqual([[[10, 11], [12]], [], []]);
    expect(idsIn(loaded, 'posts', 'permalink')).toEqual([[5, null], [], []]);
    expect(idsIn(loaded, 'posts', 'tags', 'posts')).toEqual([[[[7], [7, 8]], [[7, 8]]], [], []]);
  });

  test('goes down a tree of one model', async () => {
    await seed();
    const { one, preload } = setup();
    const { loaded, statements } = await preload(await one('Category', 1), [
      {
        assoc: 'children',
        preload: [{ assoc: 'children', preload: ['children', 'parent'] }],
      },
    ]);
    expect(statements).toBe(4);
    expect(idsIn(loaded, 'children', 'children', 'children')).toEqual([[[[]]]]);
    expect(idsIn(loaded, 'children', 'children', 'parent')).toEqual([[[2]]]);
  });

  test("reads Prisma's own join table from both its sides", async () => {
    await seed();
    const { all, preload } = setup();
    const { loaded, statements } = await preload(await all('Category'), [
      { assoc: 'countries', preload: ['categories'] },
    ]);
    expect(statements).toBe(2);
    const names = loaded.map((category) =>
      listOf(category?.assocs['countries'] ?? null).map((country) => [
        country.fields['code'],
        idsIn([country], 'categories')[0],
      ]),
    );
    expect(names).toEqual([
      [
        ['BE', [1, 2]],
        ['NL', [1]],
      ],
      [['BE', [1, 2]]],
      [],
    ]);
  });

  test('keeps order, nulls and duplicates of the records, and reads each owner once', async () => {
    await seed();
    const { one, preload } = setup();
    const [seven, eight] = [await one('Post', 7n), await one('Post', 8n)];
    const { loaded, statements } = await preload(
      [eight, null, seven, eight],
      ['comments', 'author'],
    );
    expect(idsIn(loaded)).toEqual([8, null, 7, 8]);
    expect(idsIn(loaded, 'comments')).toEqual([[12], null, [10, 11], [12]]);
    expect(idsIn(loaded, 'author')).toEqual([1, null, 1, 1]);
    expect(statements).toBe(2);
  });

  test('of no record costs nothing and looks at no name', async () => {
    const { repo } = setup();
    const statements = await database.statementsOf(async () => {
      expect(await repo.preload([], ['nonsense'])).toEqual([]);
      expect(await repo.preload([null], ['nonsense'])).toEqual([null]);
      expect(await repo.preload(null, ['nonsense'])).toBeNull();
    });
    expect(statements).toEqual([]);
  });

  test('of a belongs_to without a key is null, without a statement', async () => {
    await seed();
    const { one, preload } = setup();
    const { loaded, statements } = await preload(await one('Post', 9n), ['author']);
    expect(loaded[0]?.assocs).toEqual({ author: null });
    expect(statements).toBe(0);
  });
});

describe('what is loaded already', () => {
  test('is kept, stale as it may be; below it only what is missing is read', async () => {
    await seed();
    const { one, preload } = setup();
    const post = await one('Post', 7n, ['comments']);
    await database.sql(`UPDATE comments SET body = 'new'; UPDATE posts SET title = 'new'`);
    const { loaded, statements } = await preload(post, [{ assoc: 'comments', preload: ['post'] }]);
    expect(statements).toBe(1);
    const [first] = listOf(loaded[0]?.assocs['comments'] ?? null);
    expect(first?.fields['body']).toBe('b');
    expect(first?.assocs['post']).toMatchObject({ fields: { title: 'new' } });
  });

  test('is read again by force, and loses what was loaded below it', async () => {
    await seed();
    const { one, preload } = setup();
    const post = await one('Post', 7n, [{ assoc: 'comments', preload: ['post'] }]);
    await database.sql(`UPDATE comments SET body = 'new'`);
    const { loaded, statements } = await preload(post, ['comments'], {
      force: true,
    });
    expect(statements).toBe(1);
    const [first] = listOf(loaded[0]?.assocs['comments'] ?? null);
    expect(first?.fields['body']).toBe('new');
    expect(first?.assocs).toEqual({});
  });

  test('is read where only some of the records have it', async () => {
    await seed();
    const { one, preload } = setup();
    const seven = withAssoc(await one('Post', 7n), 'comments', []);
    const { loaded, statements } = await preload([seven, await one('Post', 8n)], ['comments']);
    expect(idsIn(loaded, 'comments')).toEqual([[], [12]]);
    expect(statements).toBe(1);
  });

  test('is kept where its key is null by now, and goes by force', async () => {
    await seed();
    const { one, preload } = setup();
    const post = withFields(await one('Post', 7n, ['author']), {
      author_id: null,
    });
    const kept = await preload(post, ['author']);
    expect(idsIn(kept.loaded, 'author')).toEqual([1]);
    const forced = await preload(post, ['author'], { force: true });
    expect(idsIn(forced.loaded, 'author')).toEqual([null]);
    expect(kept.statements + forced.statements).toBe(0);
  });
});

describe('a query', () => {
  test('has its condition, its order and its own preloads honoured', async () => {
    await seed();
    const { all, preload } = setup({
      'Post.comments': { preloadOrder: [{ field: 'id', direction: 'desc' }] },
    });
    const { loaded } = await preload(await all('Post'), [
      {
        assoc: 'comments',
        query: {
          where: { body: { not: 'c' } },
          orderBy: [{ position: 'asc' }],
        },
        preload: ['post'],
      },
    ]);
    expect(idsIn(loaded, 'comments', 'post')).toEqual([[7, 7], [], []]);
    expect(idsIn(loaded, 'comments')).toEqual([[11, 10], [], []]);
  });

  test('has the order of the association where it has none, but not for a to-one', async () => {
    await seed();
    const { all, preload } = setup({
      'Post.comments': {
        preloadOrder: [{ field: 'position', direction: 'asc' }],
      },
      'Post.tags': { preloadOrder: [{ field: 'name', direction: 'desc' }] },
      'Post.author': { preloadOrder: [{ field: 'name', direction: 'desc' }] },
    });
    const { loaded } = await preload(await all('Post'), ['comments', 'tags', 'author']);
    expect(idsIn(loaded, 'comments')[0]).toEqual([11, 10]);
    expect(idsIn(loaded, 'tags')[0]).toEqual([2, 1]);
    expect(idsIn(loaded, 'author')).toEqual([1, 1, null]);
  });

  test("comes on top of the association's own conditions", async () => {
    await seed();
    const { all, preload } = setup({
      'Post.comments': { where: { position: 1 } },
      'Post.tags': { where: { name: 'y' } },
      'Post.permalink': { where: { url: '/other' } },
    });
    const { loaded } = await preload(await all('Post'), [
      { assoc: 'comments', query: { where: { body: { in: ['a', 'b'] } } } },
      'tags',
      'permalink',
    ]);
    expect(idsIn(loaded, 'comments')).toEqual([[11], [], []]);
    expect(idsIn(loaded, 'tags')).toEqual([[2], [2], []]);
    expect(idsIn(loaded, 'permalink')).toEqual([null, null, null]);
  });
});

describe('an association that is named twice', () => {
  const query = { assoc: 'comments', query: { where: { body: 'a' } } };

  test('is read once, with what both ask for below it', async () => {
    await seed();
    const { one, preload } = setup();
    const { loaded, statements } = await preload(await one('Author', 1n), [
      { assoc: 'posts', preload: ['comments'] },
      'posts',
      { assoc: 'posts', preload: ['permalink'] },
    ]);
    expect(statements).toBe(3);
    expect(idsIn(loaded, 'posts', 'comments')).toEqual([[[10, 11], [12]]]);
    expect(idsIn(loaded, 'posts', 'permalink')).toEqual([[5, null]]);
  });

  test.each([
    ['before', ['comments', query]],
    ['after', [query, { assoc: 'comments', preload: ['post'] }]],
  ] as const)('takes the one query that is given, %s or after it', async (_when, preloads) => {
    await seed();
    const { one, preload } = setup();
    const { loaded } = await preload(await one('Post', 7n), preloads);
    expect(idsIn(loaded, 'comments')).toEqual([[11]]);
  });

  test('is refused with two different queries', async () => {
    await seed();
    const { one, repo } = setup();
    const other = { ...query, query: { where: { body: 'b' } } };
    const post = await one('Post', 7n);
    await expect(repo.preload(post, [query, other])).rejects.toThrow(
      'cannot preload "comments" of Post with two different queries: ask for it once.',
    );
  });
});

describe('a through association', () => {
  test('has what is preloaded below its path, in whatever order it is asked', async () => {
    await seed();
    const { all, preload } = setup();
    const { loaded, statements } = await preload(await all('Author'), [
      'posts_comments',
      { assoc: 'posts', preload: [{ assoc: 'comments', preload: ['post'] }] },
    ]);
    expect(statements).toBe(3);
    const [ann] = loaded;
    const comments = listOf(ann?.assocs['posts_comments'] ?? null);
    const posts = comments.flatMap(({ assocs }) => listOf(assocs['post'] ?? null));
    expect(posts.map(({ fields }) => fields['id'])).toEqual([7n, 7n, 8n]);
  });

  test('has each record at its end once, in the order met, and every step loaded', async () => {
    await seed();
    const { all, preload } = setup({
      'Author.tags': { through: ['posts', 'tags'] },
      'Post.tags': { preloadOrder: [{ field: 'name', direction: 'desc' }] },
    });
    const { loaded, statements } = await preload(await all('Author'), ['tags']);
    expect(statements).toBe(2);
    expect(idsIn(loaded, 'tags')).toEqual([[2, 1], [], []]);
    expect(idsIn(loaded, 'posts', 'tags')).toEqual([[[2, 1], [2]], [], []]);
  });

  test('is null or empty where a step is', async () => {
    await seed();
    const { one, preload } = setup({
      'Comment.author': { through: ['post', 'author'] },
    });
    await database.sql('UPDATE posts SET author_id = NULL');
    const { loaded } = await preload(await one('Comment', 10n), ['author']);
    expect(loaded[0]?.assocs).toMatchObject({ author: null, post: {} });
    const ninth = await preload(await one('Post', 9n), ['author_posts']);
    expect(ninth.loaded[0]?.assocs).toEqual({ author: null, author_posts: [] });
  });

  test('uses the steps that are loaded, and preloads below its end', async () => {
    await seed();
    const { one, preload } = setup();
    const author = await one('Author', 1n, ['posts']);
    const { loaded, statements } = await preload(author, [
      { assoc: 'posts_comments', preload: ['post'] },
    ]);
    expect(statements).toBe(2);
    expect(idsIn(loaded, 'posts_comments', 'post')).toEqual([[7, 7, 8]]);
  });

  test('takes a query for its last step', async () => {
    await seed();
    const { one, preload } = setup();
    const { loaded } = await preload(await one('Author', 1n), [
      {
        assoc: 'posts_comments',
        query: { where: { position: 1 }, orderBy: [{ id: 'desc' }] },
      },
    ]);
    expect(idsIn(loaded, 'posts_comments')).toEqual([[11, 12]]);
  });
});

describe('a limit', () => {
  const limited = (assoc: string, limit: number, query = {}): Preload => ({
    assoc,
    query: { limit, ...query },
  });

  test.each([
    ['has_many', 'Author', 'posts', 1, [[7], [], []]],
    ['has_many', 'Post', 'comments', 2, [[10, 11], [], []]],
    ['has_many', 'Post', 'comments', 3, [[10, 11], [12], []]],
    ['many_to_many', 'Post', 'tags', 1, [[1], [], []]],
    ['many_to_many', 'Post', 'tags', 3, [[1, 2], [2], []]],
    ["many_to_many by Prisma's own join table", 'Category', 'countries', 2, [['BE', 'NL'], [], []]],
  ] as const)(
    'of a %s counts the rows of all records, those of the lowest key first (%s.%s %i)',
    async (_kind, model, assoc, limit, expected) => {
      await seed();
      const { all, preload } = setup();
      const given = await all(model);
      const { loaded, statements } = await preload(given.toReversed(), [limited(assoc, limit)]);
      expect(statements).toBe(1);
      expect(
        loaded.toReversed().map((record) =>
          listOf(record?.assocs[assoc] ?? null).map((item) => {
            const [key] = Object.values(item.fields);
            return typeof key === 'string' ? key : Number(key);
          }),
        ),
      ).toEqual(expected);
    },
  );

  test('of a to-one counts the rows in the order that is asked for', async () => {
    await seed();
    await database.sql('UPDATE posts SET author_id = 2 WHERE id = 8');
    const { all, preload } = setup();
    const { loaded } = await preload(await all('Post'), [
      limited('author', 1, { orderBy: [{ name: 'desc' }] }),
    ]);
    expect(idsIn(loaded, 'author')).toEqual([null, 2, null]);
  });

  test('comes after the condition and the order within a record', async () => {
    await seed();
    const { all, preload } = setup();
    const { loaded } = await preload(await all('Post'), [
      limited('comments', 2, {
        where: { body: { not: 'b' } },
        orderBy: [{ body: 'desc' }, { id: 'asc' }],
      }),
    ]);
    expect(idsIn(loaded, 'comments')).toEqual([[11], [12], []]);
  });

  test('counts anew at each level', async () => {
    await seed();
    const { all, preload } = setup();
    const { loaded } = await preload(await all('Category'), [
      {
        assoc: 'children',
        query: { limit: 1 },
        preload: [limited('children', 1)],
      },
    ]);
    expect(idsIn(loaded, 'children', 'children')).toEqual([[[3]], [], []]);
  });

  test('reads nothing where no record has a key', async () => {
    await seed();
    const { one, preload } = setup();
    const { loaded, statements } = await preload(await one('Post', 9n), [limited('author', 1)]);
    expect(statements).toBe(0);
    expect(idsIn(loaded, 'author')).toEqual([null]);
  });
});

describe("a query's own preloads", () => {
  test('are of the rows that it reads', async () => {
    await seed();
    const { one, preload } = setup();
    const { loaded } = await preload(await one('Author', 1n), [
      {
        assoc: 'posts',
        query: { where: { title: 'A' }, preload: ['comments'] },
        preload: ['permalink'],
      },
    ]);
    expect(idsIn(loaded, 'posts', 'comments')).toEqual([[[10, 11]]]);
    expect(idsIn(loaded, 'posts', 'permalink')).toEqual([[5]]);
  });

  test('are not of what is loaded already, unlike those below', async () => {
    await seed();
    const { one, preload } = setup();
    const author = await one('Author', 1n, ['posts']);
    const { loaded } = await preload(author, [
      {
        assoc: 'posts',
        query: { preload: ['comments'] },
        preload: ['permalink'],
      },
    ]);
    expect(idsIn(loaded, 'posts', 'comments')).toEqual([['not loaded', 'not loaded']]);
    expect(idsIn(loaded, 'posts', 'permalink')).toEqual([[5, null]]);
  });

  test('come first: what they load is kept below, unless it is forced', async () => {
    await seed();
    const { one, preload } = setup();
    const author = await one('Author', 1n);
    const comments = (body: string) => ({
      assoc: 'comments',
      query: { where: { body } },
    });
    const both: Preload = {
      assoc: 'posts',
      query: { preload: [comments('a')] },
      preload: [comments('b')],
    };
    const { loaded } = await preload(author, [both]);
    expect(idsIn(loaded, 'posts', 'comments')).toEqual([[[11], []]]);
    const forced = await preload(author, [both], { force: true });
    expect(idsIn(forced.loaded, 'posts', 'comments')).toEqual([[[10], []]]);
  });
});

test.each([true, false])(
  'preloads the same in parallel and one after the other (%s)',
  async (inParallel) => {
    await seed();
    const { all, preload } = setup();
    const { loaded, statements } = await preload(
      await all('Post'),
      ['author', 'comments', 'tags', 'author_posts'],
      { inParallel },
    );
    expect(statements).toBe(4);
    expect(idsIn(loaded, 'comments')).toEqual([[10, 11], [12], []]);
    expect(idsIn(loaded, 'tags')).toEqual([[1, 2], [2], []]);
    expect(idsIn(loaded, 'author_posts')).toEqual([[7, 8], [7, 8], []]);
  },
);
