import { inTransaction } from '../by-hand.ts';
import type { Contender, Work } from '../measure.ts';
import { makeOurs } from '../ours.ts';
import type { Place } from '../place.ts';
import { newNames, type StoredPost, writeAuthor, writePosts } from '../rows.ts';

/** Works on more than one level: a new post with what belongs to it, an author with all posts. */
export function treeWorks(place: Place): readonly Work[] {
  return [
    {
      name: 'create a post with 50 comments, 10 tags',
      base: 'plain Prisma',
      contenders: {
        'set-based SQL': creating((post) => createBySql(place, post)),
        'plain Prisma': creating((post) => createByPrisma(place, post)),
        ours: creating(({ bodies, names }) =>
          makeOurs(place).create('Post', {
            title: 'New',
            comments: { build: bodies.map((body) => ({ body })) },
            tags: { put: { refs: names.map((name) => ({ name })), create: true } },
          }),
        ),
      },
    },
    {
      name: 'author x 20 posts x 20 comments, a change in each post',
      base: 'plain Prisma',
      contenders: {
        'set-based SQL': editing(place, (author) => editBySql(place, author)),
        'plain Prisma': editing(place, (author) => editByPrisma(place, author)),
        ours: editing(place, ({ id, posts }) =>
          makeOurs(place).update('Author', id, {
            posts: { cast: { entries: posts.map(toEntry) } },
          }),
        ),
      },
    },
  ];
}

interface NewPost {
  readonly bodies: readonly string[];
  readonly names: readonly string[];
}

function creating(run: (post: NewPost) => Promise<unknown>): Contender {
  return async () => {
    const bodies = Array.from({ length: 50 }, (_, at) => `Comment ${at}`);
    const post = { bodies, names: newNames(10) };
    return () => run(post);
  };
}

function createByPrisma({ plain }: Place, { bodies, names }: NewPost) {
  return plain.post.create({
    data: {
      title: 'New',
      comments: { create: bodies.map((body) => ({ body })) },
      postTags: {
        create: names.map((name) => ({
          tag: { connectOrCreate: { where: { name }, create: { name } } },
        })),
      },
    },
    include: { comments: true, postTags: true },
  });
}

function createBySql({ pool }: Place, { bodies, names }: NewPost) {
  return inTransaction(pool, async ({ rows }) => {
    const [post] = await rows<{ id: string }>('INSERT INTO posts (title) VALUES ($1) RETURNING *', [
      'New',
    ]);
    await rows('INSERT INTO comments (body, post_id) SELECT unnest($1::text[]), $2 RETURNING *', [
      bodies,
      post?.id,
    ]);
    const known = await rows<{ id: string; name: string }>(
      'SELECT * FROM tags WHERE name = ANY($1::text[]) FOR KEY SHARE',
      [names],
    );
    const taken = new Set(known.map(({ name }) => name));
    const added = await rows<{ id: string }>(
      'INSERT INTO tags (name) SELECT unnest($1::text[]) RETURNING *',
      [names.filter((name) => !taken.has(name))],
    );
    await rows('INSERT INTO posts_tags (post_id, tag_id) SELECT $1, unnest($2::bigint[])', [
      post?.id,
      [...known, ...added].map(({ id }) => id),
    ]);
  });
}

interface StoredAuthor {
  readonly id: string;
  readonly posts: readonly StoredPost[];
}

function editing(place: Place, run: (author: StoredAuthor) => Promise<unknown>): Contender {
  return async () => {
    const id = await writeAuthor(place.pool);
    const posts = await writePosts(place.pool, { posts: 20, comments: 20, author: id });
    return () => run({ id, posts });
  };
}

/** A post as it is stored, but for its first comment. */
function toEntry({ id, comments }: StoredPost) {
  const entries = comments.map((comment, at) => ({
    id: comment,
    body: at === 0 ? 'Changed' : `Comment ${at + 1}`,
  }));
  return { id, title: 'A story...', comments: { cast: { entries } } };
}

const firstOf = ({ comments: [first = ''] }: StoredPost) => first;

function editByPrisma({ plain }: Place, { id, posts }: StoredAuthor) {
  return plain.author.update({
    where: { id: BigInt(id) },
    data: {
      posts: {
        update: posts.map((post) => ({
          where: { id: BigInt(post.id) },
          data: {
            comments: {
              update: {
                where: { id: BigInt(firstOf(post)) },
                data: { body: 'Changed', lockVersion: { increment: 1 }, updatedAt: new Date() },
              },
            },
          },
        })),
      },
    },
    include: { posts: { include: { comments: true } } },
  });
}

function editBySql({ pool }: Place, { id, posts }: StoredAuthor) {
  const sent = new Map(
    posts.flatMap((post) =>
      toEntry(post).comments.cast.entries.map((entry) => [entry.id, entry.body] as const),
    ),
  );
  return inTransaction(pool, async ({ rows }) => {
    await rows('SELECT * FROM authors WHERE id = $1 FOR UPDATE', [id]);
    const stored = await rows<{ id: string }>(
      'SELECT * FROM posts WHERE author_id = $1 ORDER BY id FOR UPDATE',
      [id],
    );
    const comments = await rows<{ id: string; body: string }>(
      'SELECT * FROM comments WHERE post_id = ANY($1::bigint[]) ORDER BY id FOR UPDATE',
      [stored.map((post) => post.id)],
    );
    const changed = comments.filter((comment) => sent.get(comment.id) !== comment.body);
    await rows(
      `UPDATE comments c SET body = v.body, lock_version = c.lock_version + 1,
         updated_at = timezone('utc', now())
         FROM unnest($1::bigint[], $2::text[]) AS v (id, body) WHERE c.id = v.id`,
      [changed.map((comment) => comment.id), changed.map((comment) => sent.get(comment.id))],
    );
  });
}
