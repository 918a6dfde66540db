import type { Pool } from 'pg';

/** A post of its own for one run, so that no run meets the rows of another. */
export interface StoredPost {
  readonly id: string;
  /** In the order of their keys. */
  readonly comments: readonly string[];
}

/** Writes posts with so many comments each. */
export async function writePosts(
  pool: Pool,
  { posts, comments, author = null }: { posts: number; comments: number; author?: string | null },
): Promise<readonly StoredPost[]> {
  const postIds = await idsOf(
    pool,
    `INSERT INTO posts (title, body, author_id) SELECT 'A story...', 'Once', $2::bigint
       FROM generate_series(1, $1::int) RETURNING id`,
    [posts, author],
  );
  const commentIds = await idsOf(
    pool,
    `INSERT INTO comments (body, post_id) SELECT 'Comment ' || n, post
       FROM unnest($1::bigint[]) AS post, generate_series(1, $2::int) AS n RETURNING id`,
    [postIds, comments],
  );
  return postIds.map((id, at) => ({
    id,
    comments: commentIds.slice(at * comments, (at + 1) * comments),
  }));
}

/** Writes one post. */
export async function writePost(pool: Pool, comments: number): Promise<StoredPost> {
  const [post] = await writePosts(pool, { posts: 1, comments });
  if (!post) throw new Error('no post was written');
  return post;
}

/** Writes an author. */
export async function writeAuthor(pool: Pool): Promise<string> {
  const [id] = await idsOf(pool, `INSERT INTO authors (name) VALUES ('Ann') RETURNING id`, []);
  if (id === undefined) throw new Error('no author was written');
  return id;
}

let tags = 0;

/** Names that no tag has. */
export function newNames(count: number): readonly string[] {
  const start = (tags += count);
  return Array.from({ length: count }, (_, n) => `tag ${start - n}`);
}

/** Writes tags, of which a post has the first so many. */
export async function writeTags(
  pool: Pool,
  post: string,
  { count, linked }: { count: number; linked: number },
): Promise<readonly string[]> {
  const ids = await idsOf(pool, 'INSERT INTO tags (name) SELECT unnest($1::text[]) RETURNING id', [
    newNames(count),
  ]);
  await pool.query('INSERT INTO posts_tags (post_id, tag_id) SELECT $1, unnest($2::bigint[])', [
    post,
    ids.slice(0, linked),
  ]);
  return ids;
}

async function idsOf(pool: Pool, sql: string, values: readonly unknown[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(sql, [...values]);
  return rows.map(({ id }) => id).toSorted((a, b) => Number(a) - Number(b));
}
