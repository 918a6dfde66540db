import { describe, expect, test } from 'vitest';
import { keptCase } from '../kept-cases.ts';
import { unchanged, action, parentKept, useRules } from './rules-of.ts';

const { rulesOf } = useRules();

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
            posts: (keptCase(parentKept).expect.rows?.['posts'] ?? []).map((row) =>
              row['id'] === 7 ? { ...row, title: 'T2' } : row,
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
