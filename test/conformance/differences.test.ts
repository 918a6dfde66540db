import { describe, expect, test } from 'vitest';
import type { Value, Values } from '../../src/model/value.ts';
import type { Case } from './case.ts';
import { judge } from './judge.ts';
import { keptCase, useWorld } from './kept-cases.ts';
import type { PutValue } from './operation.ts';

const world = useWorld();

/** A kept case with another operation, schema or expectation. */
interface Change {
  readonly operation?: Partial<Case['operation']>;
  readonly associations?: Case['associations'];
  readonly expect: Case['expect'];
}

/** The rules by which a case passes; what it fails for else. */
async function rulesOf(id: string, change: Change): Promise<unknown> {
  const recorded = keptCase(id);
  const verdict = await judge(world.current, {
    ...recorded,
    associations: { ...recorded.associations, ...change.associations },
    operation: { ...recorded.operation, ...change.operation },
    expect: change.expect,
  });
  if (verdict.kind === 'skipped') return verdict.reason;
  if (verdict.problems.length > 0) return verdict.problems;
  return verdict.applied.map(({ rule }) => rule);
}

const threeComments = 'bbe627e6';
const tagsOfPost = '6772de8b';
const postsOfAuthor = '9997567c';
const storedComment = '5d7c2b08';
const parentReplaced = 'e4ad0f1b';
const parentKept = '1e107493';

const root: Case['operation']['root'] = {
  get: 'post',
  id: 7,
  preload: ['comments'],
};
const comments = (list: readonly Values[]) => ({
  root,
  params: { comments: list },
});
const unchanged = action([], null, 7, {}, 'Post');

describe('rule 3', () => {
  const skips = {
    permit: ['body'],
    required: ['body'],
    validate: [{ ignore_flag: 'skip' }],
  };
  const list = [{ id: 10, skip: 'true' }, { id: 11, body: '' }, { id: 12 }];
  const blank = (at: number) => ({
    path: ['comments', at, 'body'],
    message: "can't be blank",
  });

  test('moves the path of an error to the entry that was sent', async () => {
    const operation = {
      ...comments(list),
      casts: [{ assoc: 'comments', with: skips }],
    };
    expect(
      await rulesOf(threeComments, {
        operation,
        expect: { status: 'invalid', errors: [blank(0)] },
      }),
    ).toEqual([3]);
  });

  test("shows the children's errors of a list that may not be replaced", async () => {
    const operation = comments([{ id: 10, body: '' }, { body: ' ' }]);
    expect(
      await rulesOf(threeComments, {
        operation,
        associations: { comments: { onReplace: 'markAsInvalid' } },
        expect: {
          status: 'invalid',
          errors: [{ path: ['comments'], message: 'is invalid' }],
          actions: [unchanged],
        },
      }),
    ).toEqual([3]);
  });
});

describe('rule 3, of a list within a refused list', () => {
  const nested = (rules: Case['associations']) =>
    rulesOf(postsOfAuthor, {
      operation: {
        params: { posts: [{ id: 7, comments: [] }] },
        casts: [{ assoc: 'posts', with: { casts: [{ assoc: 'comments' }] } }],
      },
      associations: { posts: { onReplace: 'markAsInvalid' }, ...rules },
      expect: {
        status: 'invalid',
        errors: [{ path: ['posts'], message: 'is invalid' }],
        actions: [action([], null, 1, {}, 'Author')],
      },
    });

  test('shows its refusal too', async () => {
    expect(await nested({ comments: { onReplace: 'markAsInvalid' } })).toEqual([
      3,
    ]);
    expect(await nested({ comments: { onReplace: 'nilify' } })).toEqual([11]);
  });
});

describe('rule 3, of a put', () => {
  test('shows the errors with which a changeset was put', async () => {
    const bad: PutValue = {
      changeset_of: { struct: 'tag' },
      errors: { name: 'bad' },
    };
    const { casts: _, ...operation } = keptCase(tagsOfPost).operation;
    const verdict = await judge(world.current, {
      ...keptCase(tagsOfPost),
      associations: { tags: { onReplace: 'markAsInvalid' } },
      operation: {
        ...operation,
        params: {},
        puts: [{ assoc: 'tags', value: [{ current: 1 }, bad] }],
      },
      expect: {
        status: 'invalid',
        errors: [{ path: ['tags'], message: 'is invalid' }],
        actions: [unchanged],
      },
    });
    expect(verdict).toMatchObject({ problems: [], applied: [{ rule: 3 }] });
  });
});

describe('rule 5', () => {
  const cast = (tags: readonly Values[]): Partial<Case['operation']> => ({
    params: { tags },
  });
  const taken: Case['expect'] = {
    status: 'invalid',
    transaction: true,
    errors: [{ path: ['tags', 0, 'name'], message: 'has already been taken' }],
  };

  test('writes what frees a unique value first', async () => {
    expect(
      await rulesOf(tagsOfPost, {
        operation: cast([{ name: 'elixir' }, { id: 1, name: 'z' }, { id: 2 }]),
        expect: {
          ...taken,
          actions: [
            unchanged,
            action(['tags', 0], 'insert', null, { name: 'elixir' }),
            action(['tags', 1], 'update', 1, { name: 'z' }),
            action(['tags', 2], 'update', 2, {}),
          ],
        },
      }),
    ).toEqual([5]);
  });

  test('leaves alone what no order allows', async () => {
    expect(
      await rulesOf(tagsOfPost, {
        operation: cast([
          { id: 1, name: 'ecto' },
          { id: 2, name: 'elixir' },
        ]),
        expect: {
          ...taken,
          actions: [
            unchanged,
            action(['tags', 0], 'update', 1, { name: 'ecto' }),
            action(['tags', 1], 'update', 2, { name: 'elixir' }),
          ],
        },
      }),
    ).toEqual([]);
  });
});

describe('rule 5, of a belongs_to', () => {
  const lonely = {
    get: 'post',
    id: 9,
    preload: ['author'],
  } satisfies Case['operation']['root'];
  const refused: Case['expect'] = {
    status: 'raises',
    exception: 'Ecto.ConstraintError',
    message: '"posts_author_id_fkey" (foreign_key_constraint)',
    raisedIn: 'repo',
  };

  const deleted = {
    assoc: 'author',
    with: { validate: [{ force_action: 'delete' as const }] },
  };

  test.each<[string, Partial<Case['operation']>]>([
    ['by none', { params: { author: null } }],
    ['by a new one', { params: { author: { name: 'N' } } }],
    ['by its delete', { params: { author: { id: 2 } }, casts: [deleted] }],
  ])('deletes the parent last where a cast replaces it %s', async (...row) => {
    const operation = { root: lonely, ...row[1] };
    expect(
      await rulesOf(parentReplaced, { operation, expect: refused }),
    ).toEqual([5]);
  });

  test.each<[string, PutValue]>([
    ['none', null],
    ['a stored one', { get: 'author', id: 1 }],
    ['attributes', { map: { name: 'N' } }],
    ['a new one', { struct: 'author', fields: { name: 'N' } }],
  ])('deletes the parent last where a put gives %s', async (_what, value) => {
    const puts = [{ assoc: 'author', value }];
    const { casts: _, ...operation } = keptCase(parentReplaced).operation;
    const verdict = await judge(world.current, {
      ...keptCase(parentReplaced),
      operation: { ...operation, root: lonely, params: {}, puts },
      expect: refused,
    });
    expect(verdict).toMatchObject({ problems: [], applied: [{ rule: 5 }] });
  });

  test('meets the key of the new one first, where that is taken', async () => {
    const author = { assoc: 'author', with: { permit: ['id', 'name'] } };
    const operation = {
      root: lonely,
      params: { author: { id: 1, name: 'N' } },
      casts: [author],
    };
    expect(
      await rulesOf(parentReplaced, { operation, expect: refused }),
    ).toEqual([5]);
  });

  test('leaves alone what others refer to', async () => {
    const { expect: recorded } = keptCase(parentReplaced);
    expect(await rulesOf(parentReplaced, { expect: recorded })).toEqual([]);
  });
});

describe('rule 8', () => {
  const operation = {
    before_sql: ["INSERT INTO posts (id, title) VALUES (8, 'B')"],
    meanwhile: ['UPDATE comments SET post_id = 8 WHERE id = 10'],
  };
  const kept = action(['comments', 0], 'update', 10, {}, 'Comment');
  const inserted = action(
    ['comments', 3],
    'insert',
    null,
    { body: 'n' },
    'Comment',
  );

  test('finds a row stale that another session gave away', async () => {
    const list = [{ id: 10, body: 'x' }, { id: 11 }, { id: 12 }];
    expect(
      await rulesOf(threeComments, {
        operation: { ...comments(list), ...operation },
        expect: {
          status: 'ok',
          actions: [unchanged, { ...kept, changes: { body: 'x' } }],
        },
      }),
    ).toEqual([8]);
  });

  test('leaves alone what is not written', async () => {
    const list = [{ id: 10 }, { id: 11 }, { id: 12 }, { body: 'n' }];
    expect(
      await rulesOf(threeComments, {
        operation: { ...comments(list), ...operation },
        expect: {
          status: 'ok',
          actions: [
            unchanged,
            kept,
            action(['comments', 1], 'update', 11, {}, 'Comment'),
            action(['comments', 2], 'update', 12, {}, 'Comment'),
            inserted,
          ],
        },
      }),
    ).toEqual([]);
  });
});

describe('rule 10', () => {
  const params = { author: { id: 1, name: 'Ann2' } };
  const renamed = action(['author'], 'update', 1, { name: 'Ann2' }, 'Author');

  test('leaves the parent that another session gave meanwhile', async () => {
    const meanwhile = ['UPDATE posts SET author_id = 2 WHERE id = 7'];
    expect(
      await rulesOf(parentKept, {
        operation: { params: { ...params, title: 'T2' }, meanwhile },
        expect: {
          status: 'ok',
          actions: [{ ...unchanged, changes: { title: 'T2' } }, renamed],
          rows: {
            ...keptCase(parentKept).expect.rows,
            posts: (keptCase(parentKept).expect.rows?.['posts'] ?? []).map(
              (row) => (row['id'] === 7 ? { ...row, title: 'T2' } : row),
            ),
          },
        },
      }),
    ).toEqual([10]);
  });

  test('holds beside a has_one that becomes none', async () => {
    expect(
      await rulesOf(parentKept, {
        operation: {
          root: { get: 'post', id: 7, preload: ['author', 'permalink'] },
          before_sql: ['INSERT INTO permalinks (id, post_id) VALUES (5, 7)'],
          params: { ...params, permalink: null },
          casts: [{ assoc: 'author' }, { assoc: 'permalink' }],
        },
        associations: { permalink: { onReplace: 'delete' } },
        expect: {
          status: 'ok',
          actions: [{ ...unchanged, changes: { permalink: null } }, renamed],
          writes: [
            ['UPDATE', 'authors'],
            ['UPDATE', 'posts'],
            ['DELETE', 'permalinks'],
          ],
        },
      }),
    ).toEqual([10]);
  });
});

describe('rule 11', () => {
  test('holds before a stale row is met', async () => {
    expect(
      await rulesOf(threeComments, {
        operation: {
          ...comments([{ id: 11 }, { id: 12 }]),
          meanwhile: ['DELETE FROM comments WHERE id = 10'],
        },
        associations: { comments: { onReplace: 'nilify' } },
        expect: {
          status: 'raises',
          exception: 'Ecto.StaleEntryError',
          message: 'attempted to update a stale struct: %Comment{id: 10}',
          raisedIn: 'repo',
        },
      }),
    ).toEqual([11]);
  });

  test('adds its error to those of a list', async () => {
    expect(
      await rulesOf(threeComments, {
        operation: comments([{ id: 10, body: '' }]),
        associations: { comments: { onReplace: 'nilify' } },
        expect: {
          status: 'invalid',
          transaction: false,
          errors: [
            { path: ['comments', 0, 'body'], message: "can't be blank" },
          ],
        },
      }),
    ).toEqual([11]);
  });

  test.each<[string, Value]>([
    ['of a wrong shape', 'x'],
    ['that is ignored', { id: 8, skip: 'true' }],
  ])('says nothing of input %s', async (_what, post) => {
    const ignored = post !== 'x';
    const { puts: _, ...operation } = keptCase(storedComment).operation;
    const skips = { validate: [{ ignore_flag: 'skip' }] };
    const verdict = await judge(world.current, {
      ...keptCase(storedComment),
      operation: {
        ...operation,
        params: { post },
        casts: [{ assoc: 'post', with: skips }],
      },
      expect: ignored
        ? { status: 'ok', writes: [] }
        : {
            status: 'invalid',
            errors: [{ path: ['post'], message: 'is invalid' }],
          },
    });
    expect(verdict).toMatchObject({ problems: [], applied: [] });
  });

  test.each<[string, object, Values]>([
    ['a required parent that is null', { required: true }, {}],
    ['one that is to be deleted', {}, { id: 7, delete: 'true' }],
  ])('has one error of %s', async (_what, options, given) => {
    const { puts: _, ...operation } = keptCase(storedComment).operation;
    const isNull = !('id' in given);
    const flag = { validate: [{ delete_flag: 'delete' }] };
    const verdict = await judge(world.current, {
      ...keptCase(storedComment),
      operation: {
        ...operation,
        params: { post: isNull ? null : given },
        casts: [{ assoc: 'post', with: flag, ...options }],
      },
      expect: isNull
        ? {
            status: 'invalid',
            errors: [{ path: ['post'], message: "can't be blank" }],
            actions: [action([], null, 10, { post: null }, 'Comment')],
          }
        : {
            status: 'raises',
            exception: 'Ecto.ConstraintError',
            message: '"comments_post_id_fkey" (foreign_key_constraint)',
            raisedIn: 'repo',
          },
    });
    expect(verdict).toMatchObject({ problems: [], applied: [{ rule: 11 }] });
  });

  test('holds also where Ecto would delete the parent first', async () => {
    expect(
      await rulesOf(storedComment, {
        associations: { commentPost: { onReplace: 'delete' } },
        expect: {
          status: 'raises',
          exception: 'Ecto.ConstraintError',
          message: '"comments_post_id_fkey" (foreign_key_constraint)',
          raisedIn: 'repo',
        },
      }),
    ).toEqual([11]);
  });
});

describe('rule 13', () => {
  test('refuses a row that two lists change', async () => {
    const posts = [
      { id: 7, tags: [{ id: 1, name: 'a' }] },
      { id: 8, tags: [{ id: 1, name: 'b' }] },
    ];
    const post = (at: number, id: number) =>
      action(['posts', at], 'update', id, {}, 'Post');
    expect(
      await rulesOf(postsOfAuthor, {
        operation: {
          root: {
            get: 'author',
            id: 1,
            preload: [{ assoc: 'posts', preload: ['tags'] }],
          },
          before_sql: [
            "INSERT INTO tags (id, name) VALUES (1, 'x')",
            'INSERT INTO posts_tags VALUES (7, 1), (8, 1)',
          ],
          params: { posts },
          casts: [{ assoc: 'posts', with: { casts: [{ assoc: 'tags' }] } }],
        },
        expect: {
          status: 'ok',
          actions: [
            action([], null, 1, {}, 'Author'),
            post(0, 7),
            action(['posts', 0, 'tags', 0], 'update', 1, { name: 'a' }),
            post(1, 8),
            action(['posts', 1, 'tags', 0], 'update', 1, { name: 'b' }),
          ],
        },
      }),
    ).toEqual([13]);
  });
});

type Action = NonNullable<Case['expect']['actions']>[number];

function action(
  path: Action['path'],
  verb: Action['action'],
  id: Action['id'],
  changes: Values,
  model = 'Tag',
): Action {
  return { path, action: verb, model, id, changes };
}
