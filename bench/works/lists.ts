import { inTransaction, handOf } from '../by-hand.ts';
import { makeRepo } from 'prisma-assoc';
import { loadStruct } from 'prisma-assoc/changeset';
import { blog } from '../../src/blog/domain.ts';
import type { Contender, Work } from '../measure.ts';
import { makeOurs } from '../ours.ts';
import type { Place } from '../place.ts';
import { type StoredPost, writePost, writePosts, writeTags } from '../rows.ts';

/** Works on whole lists: links, a deletion with all that goes with it, a preload. */
export function listWorks(place: Place): readonly Work[] {
  return [
    {
      name: 'put of 100 tags, 50 of them linked',
      base: 'plain Prisma',
      contenders: {
        'set-based SQL': putting(place, (post) => putBySql(place, post)),
        'plain Prisma': putting(place, (post) => putByPrisma(place, post)),
        ours: putting(place, ({ id, sent }) =>
          makeOurs(place).update('Post', id, {
            tags: { put: { refs: sent.map((tag) => ({ id: tag })) } },
          }),
        ),
      },
    },
    {
      name: 'deletePost with 100 comments, 10 tags, a permalink',
      base: 'plain Prisma',
      contenders: {
        'set-based SQL': deleting(place, (post) => deleteBySql(place, post)),
        'plain Prisma': deleting(place, (post) => deleteByPrisma(place, post)),
        ours: deleting(place, ({ id }) => makeOurs(place).delete('Post', id)),
      },
    },
    {
      name: 'preload of 100 posts x 10 comments',
      base: 'set-based SQL',
      contenders: {
        'set-based SQL': preloading(place, (ids) => preloadBySql(place, ids)),
        'plain Prisma': preloading(place, (ids) =>
          place.plain.post.findMany({
            where: { id: { in: ids.map(BigInt) } },
            include: { comments: { orderBy: { id: 'asc' } } },
          }),
        ),
        ours: preloading(place, (ids) => preloadByRepo(place, ids)),
      },
    },
  ];
}

/** A post with 75 tags of 125, and the 100 that it is to have. */
interface Linked {
  readonly id: string;
  readonly linked: readonly string[];
  readonly sent: readonly string[];
}

function putting({ pool }: Place, run: (post: Linked) => Promise<unknown>): Contender {
  return async () => {
    const { id } = await writePost(pool, 0);
    const tags = await writeTags(pool, id, { count: 125, linked: 75 });
    const post = { id, linked: tags.slice(0, 75), sent: tags.slice(25) };
    return () => run(post);
  };
}

function putByPrisma({ plain }: Place, { id, linked, sent }: Linked) {
  const postId = BigInt(id);
  const kept = new Set(sent);
  const has = new Set(linked);
  return plain.post.update({
    where: { id: postId },
    data: {
      postTags: {
        delete: linked
          .filter((tag) => !kept.has(tag))
          .map((tag) => ({ postId_tagId: { postId, tagId: BigInt(tag) } })),
        create: sent.filter((tag) => !has.has(tag)).map((tag) => ({ tagId: BigInt(tag) })),
      },
    },
    include: { postTags: true },
  });
}

function putBySql({ pool }: Place, { id, sent }: Linked) {
  return inTransaction(pool, async ({ rows }) => {
    await rows('SELECT * FROM posts WHERE id = $1 FOR UPDATE', [id]);
    await rows('SELECT * FROM tags WHERE id = ANY($1::bigint[]) FOR KEY SHARE', [sent]);
    const stored = await rows<{ tag_id: string }>(
      'SELECT * FROM posts_tags WHERE post_id = $1 FOR UPDATE',
      [id],
    );
    const has = new Set(stored.map((link) => link.tag_id));
    const kept = new Set(sent);
    await rows('DELETE FROM posts_tags WHERE post_id = $1 AND tag_id = ANY($2::bigint[])', [
      id,
      [...has].filter((tag) => !kept.has(tag)),
    ]);
    await rows('INSERT INTO posts_tags (post_id, tag_id) SELECT $1, unnest($2::bigint[])', [
      id,
      sent.filter((tag) => !has.has(tag)),
    ]);
  });
}

function deleting({ pool }: Place, run: (post: StoredPost) => Promise<unknown>): Contender {
  return async () => {
    const post = await writePost(pool, 100);
    await writeTags(pool, post.id, { count: 10, linked: 10 });
    await pool.query('INSERT INTO permalinks (url, post_id) VALUES ($1, $2)', [
      `/${post.id}`,
      post.id,
    ]);
    return () => run(post);
  };
}

function deleteByPrisma({ plain }: Place, { id }: StoredPost) {
  const postId = BigInt(id);
  return plain.$transaction([
    plain.comment.deleteMany({ where: { postId } }),
    plain.postTag.deleteMany({ where: { postId } }),
    plain.permalink.deleteMany({ where: { postId } }),
    plain.post.delete({ where: { id: postId } }),
  ]);
}

function deleteBySql({ pool }: Place, { id }: StoredPost) {
  return inTransaction(pool, async ({ rows }) => {
    await rows('SELECT * FROM posts WHERE id = $1 FOR UPDATE', [id]);
    await rows('DELETE FROM comments WHERE post_id = $1 RETURNING *', [id]);
    await rows('DELETE FROM posts_tags WHERE post_id = $1 RETURNING *', [id]);
    await rows('DELETE FROM permalinks WHERE post_id = $1 RETURNING *', [id]);
    await rows('DELETE FROM posts WHERE id = $1', [id]);
  });
}

/** The same posts in each run: they are only read. */
function preloading(place: Place, run: (ids: readonly string[]) => Promise<unknown>): Contender {
  let posts: readonly StoredPost[] | undefined;
  return async () => {
    posts ??= await writePosts(place.pool, { posts: 100, comments: 10 });
    const ids = posts.map(({ id }) => id);
    return () => run(ids);
  };
}

async function preloadBySql({ pool }: Place, ids: readonly string[]) {
  const { rows } = handOf(pool);
  const posts = await rows<{ id: string }>('SELECT * FROM posts WHERE id = ANY($1::bigint[])', [
    ids,
  ]);
  const comments = await rows<{ post_id: string }>(
    'SELECT * FROM comments WHERE post_id = ANY($1::bigint[]) ORDER BY id',
    [ids],
  );
  const byPost = new Map(posts.map(({ id }) => [id, new Array<object>()]));
  for (const comment of comments) byPost.get(comment.post_id)?.push(comment);
  return posts.map((post) => ({ ...post, comments: byPost.get(post.id) }));
}

async function preloadByRepo({ own }: Place, ids: readonly string[]) {
  const repo = makeRepo(own, blog.models);
  const model = blog.model('Post');
  const rows = await own.post.findMany({ where: { id: { in: ids.map(BigInt) } } });
  return repo.preload(
    rows.map((row) => loadStruct(model, row)),
    ['comments'],
  );
}
