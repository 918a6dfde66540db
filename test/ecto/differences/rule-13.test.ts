import { describe, expect, test } from 'vitest';
import { action, postsOfAuthor, useRules } from './rules-of.ts';

const { rulesOf } = useRules();

describe('rule 13', () => {
  test('refuses a row that two lists change', async () => {
    const posts = [
      { id: 7, tags: [{ id: 1, name: 'a' }] },
      { id: 8, tags: [{ id: 1, name: 'b' }] },
    ];
    const post = (at: number, id: number) => action(['posts', at], 'update', id, {}, 'Post');
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
