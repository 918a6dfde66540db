import { expect, test } from 'vitest';
import type { Value, Values } from '../../src/model/value.ts';
import type { Actions, Case, Rows } from './case.ts';
import { judgeSeen, see } from './judge.ts';
import { keptCase, useWorld } from './kept-cases.ts';
import type { Observed } from './replay.ts';

const world = useWorld();

/** A kept case with another operation, schema or expectation. */
interface Change {
  readonly operation?: Partial<Case['operation']>;
  readonly associations?: Case['associations'];
  readonly expect?: Case['expect'];
}

function changed(id: string, { operation, ...change }: Change): Case {
  const recorded = keptCase(id);
  return {
    ...recorded,
    ...change,
    associations: { ...recorded.associations, ...change.associations },
    operation: { ...recorded.operation, ...operation },
  };
}

const threeComments = 'bbe627e6';
const tagsOfPost = '6772de8b';
const postsOfAuthor = '9997567c';
const parentReplaced = 'e4ad0f1b';
const parentKept = '1e107493';
const movedMeanwhile = '7419735c';

const root: Case['operation']['root'] = {
  get: 'post',
  id: 7,
  preload: ['comments'],
};
const comments = (...list: readonly Values[]) => ({
  root,
  params: { comments: list },
});
const action = (
  path: Actions[number]['path'],
  verb: Actions[number]['action'],
  id: Value,
  changes: Values,
  model = 'Tag',
) => ({ path, action: verb, model, id, changes });
const unchanged = action([], null, 7, {}, 'Post');

const cases: readonly [rule: number, what: string, recorded: Case][] = [
  [
    3,
    'the path of an error behind an entry that is ignored',
    changed(threeComments, {
      operation: {
        ...comments({ id: 10, skip: 'true' }, { id: 11, body: '' }, { id: 12 }),
        casts: [
          {
            assoc: 'comments',
            with: {
              permit: ['body'],
              required: ['body'],
              validate: [{ ignore_flag: 'skip' }],
            },
          },
        ],
      },
      expect: {
        status: 'invalid',
        errors: [{ path: ['comments', 0, 'body'], message: "can't be blank" }],
      },
    }),
  ],
  [
    3,
    'the errors within a list that may not be replaced',
    changed(threeComments, {
      operation: comments({ id: 10, body: '' }, { body: ' ' }),
      associations: { comments: { onReplace: 'markAsInvalid' } },
      expect: {
        status: 'invalid',
        errors: [{ path: ['comments'], message: 'is invalid' }],
        actions: [unchanged],
      },
    }),
  ],
  [
    1,
    'an integer that no column holds',
    changed(threeComments, {
      operation: {
        ...comments({ id: 10 }, { id: 11 }, { id: 12, position: 2147483648 }),
        casts: [{ assoc: 'comments', with: { permit: ['position'] } }],
      },
      associations: { position: true },
      expect: {
        status: 'raises',
        exception: 'DBConnection.EncodeError',
        raisedIn: 'repo',
      },
    }),
  ],
  [
    11,
    'a child that loses its owner',
    changed(threeComments, {
      operation: comments({ id: 11 }, { id: 12, body: '' }),
      associations: { comments: { onReplace: 'nilify' } },
      expect: {
        status: 'invalid',
        errors: [{ path: ['comments', 1, 'body'], message: "can't be blank" }],
      },
    }),
  ],
  [
    13,
    'a row that two lists change',
    changed(postsOfAuthor, {
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
        params: {
          posts: [
            { id: 7, tags: [{ id: 1, name: 'a' }] },
            { id: 8, tags: [{ id: 1, name: 'b' }] },
          ],
        },
        casts: [{ assoc: 'posts', with: { casts: [{ assoc: 'tags' }] } }],
      },
      expect: {
        status: 'ok',
        actions: [
          action([], null, 1, {}, 'Author'),
          action(['posts', 0], 'update', 7, {}, 'Post'),
          action(['posts', 0, 'tags', 0], 'update', 1, { name: 'a' }),
          action(['posts', 1], 'update', 8, {}, 'Post'),
          action(['posts', 1, 'tags', 0], 'update', 1, { name: 'b' }),
        ],
      },
    }),
  ],
  [8, 'a row that moved meanwhile', keptCase(movedMeanwhile)],
  [10, 'a parent that stays', keptCase(parentKept)],
  [
    14,
    'a list that is refused, then put',
    changed(threeComments, {
      operation: {
        ...comments({ id: 10, body: '' }),
        puts: [{ assoc: 'comments', value: [{ current: 11 }] }],
      },
      associations: { comments: { onReplace: 'delete' } },
      expect: {
        status: 'invalid',
        errors: [],
        transaction: false,
        actions: [
          unchanged,
          action(['comments'], 'replace', 12, {}, 'Comment'),
          action(['comments'], 'replace', 10, {}, 'Comment'),
          action(['comments', 0], 'update', 11, {}, 'Comment'),
        ],
      },
    }),
  ],
  [
    5,
    'a unique value that another row frees',
    changed(tagsOfPost, {
      operation: {
        params: {
          tags: [{ name: 'elixir' }, { id: 1, name: 'z' }, { id: 2 }],
        },
      },
      expect: {
        status: 'invalid',
        transaction: true,
        errors: [{ path: ['tags', 0, 'name'], message: 'has already been taken' }],
      },
    }),
  ],
  [
    5,
    'a parent that is replaced',
    changed(parentReplaced, {
      operation: {
        root: { get: 'post', id: 9, preload: ['author'] },
        params: { author: { name: 'N' } },
      },
      expect: {
        status: 'raises',
        exception: 'Ecto.ConstraintError',
        message: '"posts_author_id_fkey" (foreign_key_constraint)',
        raisedIn: 'repo',
      },
    }),
  ],
];

function withRows({ rows, before }: Observed, change: (row: Values) => Rows['']) {
  const [table = '', list = []] =
    Object.entries(rows).find(([name]) => name !== 'posts_tags') ?? [];
  const other = { ...rows, [table]: list.flatMap(change) };
  return { rows: other, before };
}

/** What else could have come of a case, all of it wrong. */
const mutations: readonly [string, (observed: Observed) => Partial<Observed>][] = [
  ['a row is lost', (seen) => withRows(seen, () => [])],
  ['a value is another', (seen) => withRows(seen, (row) => [{ ...row, id: 99 }])],
  ['a row is written twice', (seen) => withRows(seen, (row) => [row, row])],
  [
    'an error is added',
    ({ errors, end }) => ({
      errors: [...errors, { path: ['body'], message: 'is odd' }],
      end: end && {
        ...end,
        errors: [{ field: 'body', message: 'is odd', params: {}, code: 'INVALID' }, ...end.errors],
      },
      status: 'invalid',
    }),
  ],
  [
    'it is not refused, or not written',
    ({ status }) => ({
      status: status === 'ok' ? 'invalid' : 'ok',
      errors: [],
      end: null,
      thrown: null,
    }),
  ],
  [
    'something else is thrown',
    () => ({
      thrown: { error: new Error('x'), phase: 'repo' },
      status: 'raises',
    }),
  ],
];

test.each(cases)(
  'rule %i: of %s nothing passes but what is expected',
  async (rule, _what, recorded) => {
    const first = await see(world.current, recorded);
    const { before } = first.observed;
    const refused = recorded.expect.status !== 'ok' && { rows: before };
    const seen = { ...first, expected: { ...first.expected, ...refused } };
    const { problems, applied } = judgeSeen(seen);
    expect(problems).toEqual([]);
    expect(applied.map((item) => item.rule)).toEqual([rule]);
    const excused = mutations.filter(([, mutate]) => {
      const observed = { ...seen.observed, ...mutate(seen.observed) };
      return judgeSeen({ ...seen, observed }).problems.length === 0;
    });
    expect(excused.map(([what]) => what)).toEqual([]);
  },
);
