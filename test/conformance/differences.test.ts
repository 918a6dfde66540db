import { describe, expect, test } from 'vitest';
import type { Values } from '../../src/model/value.ts';
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

describe('rule 1', () => {
  test.each<[string, Values, string, string]>([
    ['an integer', { position: 2147483648 }, 'DBConnection.EncodeError', ''],
    [
      'a text',
      { body: 'a\0b' },
      'Postgrex.Error',
      'ERROR 22021 (character_not_in_repertoire) invalid byte sequence',
    ],
  ])(
    'refuses %s that no column holds',
    async (_what, values, exception, message) => {
      const permit = { permit: ['body', 'position'] };
      expect(
        await rulesOf(threeComments, {
          operation: {
            ...comments([{ id: 10 }, { id: 11 }, { id: 12, ...values }]),
            casts: [{ assoc: 'comments', with: permit }],
          },
          associations: { position: true },
          expect: { status: 'raises', exception, message, raisedIn: 'repo' },
        }),
      ).toEqual([1]);
    },
  );
});

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

describe('rule 3, of what may not be replaced', () => {
  const marked = { comments: { onReplace: 'markAsInvalid' } } as const;
  const expected: Case['expect'] = {
    status: 'invalid',
    errors: [{ path: ['comments'], message: 'is invalid' }],
    actions: [unchanged],
  };
  const put = (value: PutValue): Partial<Case['operation']> => ({
    root,
    casts: [],
    params: {},
    puts: [{ assoc: 'comments', value }],
  });
  const permitted = { permit: ['id', 'body'] };

  test.each<[string, Partial<Case['operation']>]>([
    [
      'of what is put',
      put([{ changeset_of: { current: 10 }, errors: { body: 'is bad' } }]),
    ],
    ['of a record that is put twice', put([{ current: 10 }, { current: 10 }])],
    [
      'of a key that is cast twice',
      {
        ...comments([{ id: 10 }, { id: 10 }]),
        casts: [{ assoc: 'comments', with: permitted }],
      },
    ],
  ])('shows the errors %s', async (_what, operation) => {
    const change = { operation, associations: marked, expect: expected };
    expect(await rulesOf(threeComments, change)).toEqual([3]);
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

  test.each<[string, Partial<Case['operation']>]>([
    ['by none', { params: { author: null } }],
    ['by a new one', { params: { author: { name: 'N' } } }],
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

  test('passes over it where stale rows are allowed', async () => {
    const { rows } = keptCase(threeComments);
    const [first, ...others] = rows['comments'] ?? [];
    const moved = { ...first, post_id: 8 };
    const posts = [
      ...(rows['posts'] ?? []).map((row) => ({ ...row, author_id: null })),
      { id: 8, title: 'B', body: null, author_id: null },
    ];
    expect(
      await rulesOf(threeComments, {
        operation: {
          ...comments([{ id: 10, body: 'x' }, { id: 11 }, { id: 12 }]),
          ...operation,
          repo_opts: { allow_stale: true },
        },
        expect: {
          status: 'ok',
          actions: [unchanged, { ...kept, changes: { body: 'x' } }].concat(
            action(['comments', 1], 'update', 11, {}, 'Comment'),
            action(['comments', 2], 'update', 12, {}, 'Comment'),
          ),
          writes: [['UPDATE', 'comments']],
          rows: { posts, comments: [{ ...moved, body: 'x' }, ...others] },
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

describe('rule 11', () => {
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

  const nilified = { comments: { onReplace: 'nilify' } } as const;
  const refused: Case['expect'] = {
    status: 'raises',
    exception: 'Postgrex.Error',
    message: 'ERROR 23502 (not_null_violation) null value in column "post_id"',
    raisedIn: 'repo',
  };
  const { repo: _, ...unwritten } = keptCase(threeComments).operation;

  test.each<[string, Partial<Case['operation']>, Case['expect']]>([
    [
      'a list that is required, and tells it once',
      { ...comments([]), casts: [{ assoc: 'comments', required: true }] },
      {
        status: 'invalid',
        errors: [{ path: ['comments'], message: "can't be blank" }],
      },
    ],
    [
      'a list among the changes',
      { root, casts: [], params: {}, change: { comments: [] } },
      refused,
    ],
  ])('holds for %s', async (_what, operation, expected) => {
    expect(
      await rulesOf(threeComments, {
        operation,
        associations: nilified,
        expect: expected,
      }),
    ).toEqual([11]);
  });

  test('holds for a changeset that is not written', async () => {
    const verdict = await judge(world.current, {
      ...keptCase(threeComments),
      associations: nilified,
      operation: unwritten,
      expect: { status: 'ok' },
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
