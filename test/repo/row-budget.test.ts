import { beforeEach, describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import type { Association, Model } from '../../src/model/model.ts';
import { type Loaders, makeLoaders } from '../../src/repo/read/loaders.ts';
import { makeRowBudget, TooManyRowsError } from '../../src/repo/read/row-budget.ts';
import type { Row } from '../../src/repo/row.ts';
import { modelOf, modelsWith, useCore } from '../support/core.ts';
import { useDatabase } from '../support/database.ts';
import { countTurns } from '../support/turns.ts';

const database = useDatabase();
const post = blog.model('Post');
const comments = association(post, 'comments');
const tags = association(post, 'tags');

function association(model: Model, name: string): Association {
  const found = model.associations.get(name);
  if (!found) throw new Error(name);
  return found;
}

/** Three posts: with comments 1 to 3, with 4 and 5, with none; with tags 1 to 3, with 3, with none. */
beforeEach(() =>
  database.sql(`
    INSERT INTO posts (title) VALUES ('one'), ('two'), ('three');
    INSERT INTO comments (body, post_id) VALUES ('c', 1), ('a', 1), ('b', 1), ('e', 2), ('d', 2);
    INSERT INTO tags (name) VALUES ('x'), ('w'), ('v');
    INSERT INTO posts_tags (post_id, tag_id) VALUES (1, 1), (1, 2), (1, 3), (2, 3);
    INSERT INTO permalinks (url, post_id) VALUES ('/one', 1);
  `),
);

const owners: readonly Row[] = [1n, 2n, 3n].map((id) => ({ id }));
const commentRows: readonly Row[] = [1n, 1n, 1n, 2n, 2n].map((postId) => ({ postId }));

const list = (model: Model) => ({
  model,
  where: {},
  order: [{ field: 'id', direction: 'asc' as const }],
  after: null,
  before: null,
});

type Load = (loaders: Loaders) => Promise<unknown>;
const ofAll =
  (from: readonly Row[], load: (loaders: Loaders, row: Row) => Promise<unknown>): Load =>
  (loaders) =>
    Promise.all(from.map((row) => load(loaders, row)));

// What a read takes, and whether the database is asked at all where one row less is left.
const reads: readonly [string, number, Load, string, boolean][] = [
  [
    'records',
    2,
    (l) => Promise.all([l.record(post, { id: 1n }), l.record(post, { id: 2n })]),
    'Post',
    true,
  ],
  [
    'a belongs_to, for each that it is handed to',
    5,
    ofAll(commentRows, (l, row) => l.association(association(blog.model('Comment'), 'post'), row)),
    'Comment.post',
    true,
  ],
  [
    'whole lists',
    5,
    ofAll(owners, (l, row) => l.association(comments, row)),
    'Post.comments',
    true,
  ],
  [
    'whole lists of a many_to_many',
    4,
    ofAll(owners, (l, row) => l.association(tags, row)),
    'Post.tags',
    true,
  ],
  [
    'lists cut short',
    6,
    ofAll(owners, (l, row) => l.association(comments, row, { first: 2 })),
    'Post.comments',
    false,
  ],
  [
    'cut lists of a many_to_many',
    6,
    ofAll(owners, (l, row) => l.association(tags, row, { first: 2 })),
    'Post.tags',
    false,
  ],
  [
    'pages',
    6,
    ofAll(owners, (l, row) =>
      l.page(comments, row, { list: list(comments.related), size: 2, fromEnd: false }),
    ),
    'Post.comments',
    false,
  ],
  [
    'a page of all rows',
    2,
    (l) => l.rootPage({ list: list(post), size: 2, fromEnd: true }),
    'Post',
    false,
  ],
];

describe('reading', () => {
  test.each(reads)('%s within the budget is answered', async (_, rows, load) => {
    await load(makeLoaders(database.client, { budget: makeRowBudget(rows) }));
  });

  test.each(reads)('%s beyond the budget is refused', async (_, rows, load, subject, asks) => {
    const loaders = makeLoaders(database.client, { budget: makeRowBudget(rows - 1) });
    const statements = await database.statementsOf(async () => {
      const refusal = await load(loaders).then(
        () => null,
        (error: unknown) => error,
      );
      expect(refusal).toBeInstanceOf(TooManyRowsError);
      expect(refusal).toMatchObject({ subject, limit: rows - 1 });
    });
    expect(statements).toHaveLength(asks ? 1 : 0);
    // Nothing more is read.
    const after = await database.statementsOf(async () => {
      await expect(loaders.association(tags, { id: 1n }, { where: { id: 9n } })).rejects.toThrow(
        TooManyRowsError,
      );
      await expect(loaders.count(tags, { id: 1n })).rejects.toThrow(TooManyRowsError);
    });
    expect(after).toEqual([]);
  });

  test('counts and a look beyond a page take no rows', async () => {
    const loaders = makeLoaders(database.client, { budget: makeRowBudget(0) });
    expect(await loaders.count(comments, { id: 1n })).toBe(3);
    const second = { ...list(comments.related), after: [2n] };
    expect(await loaders.hasRowsOutside(comments, { id: 1n }, second, 'start')).toBe(true);
  });

  test('asks the database for hardly more than is left', async () => {
    const loaders = makeLoaders(database.client, { budget: makeRowBudget(9) });
    const statements = await database.statementsOf(async () => {
      await Promise.all([
        ...owners.map((row) => loaders.association(comments, row)),
        ...owners.map((row) => loaders.association(tags, row)),
      ]);
    });
    // Unbounded reads follow each other, so that each knows what is left.
    const limits = statements.map(({ sql, parameters }) => {
      const place = /.*LIMIT \$(\d+)/.exec(sql)?.[1];
      const sent = new RegExp(`\\$${place} = '(\\d+)'`).exec(parameters)?.[1];
      return sent ?? /LIMIT (\d+)/.exec(sql)?.[1];
    });
    // One row more; a limit of our own is rounded, so that it makes few texts.
    expect(limits).toEqual(['16', '5']);
  });

  test('reads with a bound run together', async () => {
    const loaders = makeLoaders(database.client, { budget: makeRowBudget(12) });
    await Promise.all([
      ...owners.map((row) => loaders.association(comments, row, { first: 2 })),
      ...owners.map((row) => loaders.association(tags, row, { first: 2 })),
    ]);
  });

  test('what a bounded read left over is there for the next', async () => {
    const loaders = makeLoaders(database.client, { budget: makeRowBudget(10) });
    // 6 and 6 at most, but 4 and 3 in fact.
    await Promise.all([
      ...owners.map((row) => loaders.association(comments, row, { first: 2 })),
      ...owners.map((row) => loaders.association(tags, row, { first: 2 })),
    ]);
  });

  test('what is forgotten counts when it is read again', async () => {
    const loaders = makeLoaders(database.client, { budget: makeRowBudget(5) });
    await loaders.association(comments, { id: 1n });
    loaders.clear();
    await expect(loaders.association(comments, { id: 1n })).rejects.toThrow(
      'With Post.comments the request takes more than 5 rows: ask for fewer at a time, page by page.',
    );
  });

  test('others have their turn while it is refused to many', async () => {
    const loaders = makeLoaders(database.client, { budget: makeRowBudget(2) });
    const turns = countTurns();
    const asked = Array.from({ length: 1_000 }, () => loaders.record(post, { id: 1n }));
    const refusedAt = await Promise.all(
      asked.map((record) =>
        record.then(
          () => null,
          () => turns.now(),
        ),
      ),
    );
    turns.end();
    expect(refusedAt).not.toContain(null);
    expect(new Set(refusedAt).size).toBeGreaterThanOrEqual(4);
  });

  test('a read that fails gives back what it had reserved', async () => {
    const loaders = makeLoaders(database.client, { budget: makeRowBudget(3) });
    const wrong = loaders.association(comments, { id: 1n }, { where: { nothing: 1 } });
    await expect(wrong).rejects.toThrow(/Unknown argument/);
    await loaders.association(comments, { id: 1n });
  });
});

describe("whole lists of Prisma's implicit join table, which no statement can bound,", () => {
  const core = useCore();
  const category = modelOf(modelsWith(), 'Category');
  const ofBoth: Load = ofAll([{ id: 1 }, { id: 2 }], (loaders, row) =>
    loaders.association(association(category, 'countries'), row),
  );

  test.each([
    [4, 2, null],
    [3, 1, TooManyRowsError],
  ])('are counted first: within %i rows %i statements', async (rows, statements, refusal) => {
    await core.sql(`
      INSERT INTO countries (code, name) VALUES ('a', ''), ('b', ''), ('c', '');
      INSERT INTO categories (id, name) VALUES (1, 'x'), (2, 'y');
      INSERT INTO "_CategoryToCountry" VALUES (1, 'a'), (1, 'b'), (1, 'c'), (2, 'c');
    `);
    const loaders = makeLoaders(core.client, { budget: makeRowBudget(rows) });
    const found = await core.statementsOf(async () => {
      const loaded = ofBoth(loaders);
      if (refusal) await expect(loaded).rejects.toThrow(refusal);
      else await loaded;
    });
    expect(found).toHaveLength(statements);
  });
});
