import { describe, expect, test } from 'vitest';
import { keptCase } from '../kept-cases.ts';
import { comments, unchanged, action, threeComments, useRules } from './rules-of.ts';

const { rulesOf } = useRules();

describe('rule 8', () => {
  const operation = {
    before_sql: ["INSERT INTO posts (id, title) VALUES (8, 'B')"],
    meanwhile: ['UPDATE comments SET post_id = 8 WHERE id = 10'],
  };
  const kept = action(['comments', 0], 'update', 10, {}, 'Comment');
  const inserted = action(['comments', 3], 'insert', null, { body: 'n' }, 'Comment');

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
