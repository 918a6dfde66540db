import type { TestDatabase } from './database.ts';

/**
 * Writes two posts: the worked example (post 7 of author 1 with comments 10, 11 and 12, tags 1 and
 * 2 and permalink 5), and post 8 of author 2 with comments 20 and 21. All is a day old and of lock
 * version 1; new ids begin with 101.
 */
export async function writeBlog(database: TestDatabase): Promise<void> {
  const old = `'2026-01-01', '2026-01-01'`;
  await database.sql(`
    INSERT INTO authors (id, name, inserted_at, updated_at) VALUES (1, 'Ann', ${old}), (2, 'Bob', ${old});
    INSERT INTO posts (id, title, body, author_id, inserted_at, updated_at) VALUES
      (7, 'A story...', 'Once upon a time...', 1, ${old}),
      (8, 'Another story', NULL, 2, ${old});
    INSERT INTO comments (id, post_id, body, inserted_at, updated_at) VALUES
      (10, 7, 'Great story!', ${old}),
      (11, 7, 'What happened next?', ${old}),
      (12, 7, 'Thanks for the article', ${old}),
      (20, 8, 'First!', ${old}),
      (21, 8, 'Second', ${old});
    INSERT INTO tags (id, name) VALUES (1, 'ecto'), (2, 'elixir');
    INSERT INTO posts_tags (post_id, tag_id) VALUES (7, 1), (7, 2);
    INSERT INTO permalinks (id, url, post_id) VALUES (5, '/a-story', 7);
    SELECT setval(pg_get_serial_sequence(name, 'id'), 100)
      FROM unnest(ARRAY['authors', 'posts', 'comments', 'tags', 'permalinks']) AS name;
  `);
}
