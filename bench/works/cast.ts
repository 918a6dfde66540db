import type { WriteWay } from 'prisma-assoc';
import { inTransaction } from '../by-hand.ts';
import type { Contender, Work } from '../measure.ts';
import { makeOurs } from '../ours.ts';
import type { Place } from '../place.ts';
import { type StoredPost, writePost } from '../rows.ts';

/** How many comments a cast finds, and what becomes of them. */
interface Shape {
  readonly name: string;
  readonly stored: number;
  readonly gone: number;
  readonly changed: number;
  readonly added: number;
}

const SHAPES: readonly Shape[] = [
  { name: 'cast-3', stored: 3, gone: 1, changed: 1, added: 1 },
  { name: 'cast-100', stored: 100, gone: 25, changed: 50, added: 25 },
  { name: 'cast-1000', stored: 1_000, gone: 50, changed: 50, added: 50 },
  { name: 'nothing changed, 100', stored: 100, gone: 0, changed: 0, added: 0 },
];

/** Casts of a post's comments: the list that is sent becomes the list that is stored. */
export function castWorks(place: Place): readonly Work[] {
  return SHAPES.map((shape) => ({
    name: shape.name,
    base: 'plain Prisma',
    contenders: {
      'set-based SQL': contender(place, shape, (post) => setBased(place, post)),
      'row by row': contender(place, shape, (post) => rowByRow(place, post)),
      'plain Prisma': contender(place, shape, (post) => plainPrisma(place, post)),
      ours: contender(place, shape, (post) => ours(place, post)),
      'ours, set': contender(place, shape, (post) => ours(place, post, 'set')),
    },
  }));
}

/** Lists of every length of which one entry changes: how the cost grows. */
export function growingWorks(place: Place, lengths: readonly number[]): readonly Work[] {
  return lengths.map((stored) => {
    const shape = { name: `one of ${stored} changed`, stored, gone: 0, changed: 1, added: 0 };
    return {
      name: shape.name,
      contenders: {
        'set-based SQL': contender(place, shape, (post) => setBased(place, post)),
        ours: contender(place, shape, (post) => ours(place, post)),
      },
    };
  });
}

interface Entry {
  readonly id?: string;
  readonly body: string;
}

/** A post, and the list that its comments are to become. */
interface Cast {
  readonly post: StoredPost;
  readonly entries: readonly Entry[];
  readonly shape: Shape;
}

function contender(
  { pool }: Place,
  shape: Shape,
  run: (cast: Cast) => Promise<unknown>,
): Contender {
  return async () => {
    const post = await writePost(pool, shape.stored);
    const { gone, changed, added } = shape;
    const kept = post.comments.slice(gone).map((id, at): Entry => {
      return at < changed
        ? { id, body: `Changed ${at}` }
        : { id, body: `Comment ${gone + at + 1}` };
    });
    const fresh = Array.from({ length: added }, (_, at): Entry => ({ body: `New ${at}` }));
    const cast = { post, shape, entries: [...kept, ...fresh] };
    return () => run(cast);
  };
}

const ours = (place: Place, { post, entries }: Cast, way?: WriteWay) =>
  makeOurs(place, way).update('Post', post.id, { comments: { cast: { entries } } });

// The diff is known, as one who writes the nested write by hand must know it.
function plainPrisma({ plain }: Place, { post, entries, shape }: Cast) {
  const { gone, changed } = shape;
  return plain.post.update({
    where: { id: BigInt(post.id) },
    data: {
      comments: {
        delete: post.comments.slice(0, gone).map((id) => ({ id: BigInt(id) })),
        update: entries.slice(0, changed).map(({ id = '', body }) => ({
          where: { id: BigInt(id) },
          data: { body, lockVersion: { increment: 1 }, updatedAt: new Date() },
        })),
        create: entries.flatMap(({ id, body }) => (id === undefined ? [{ body }] : [])),
      },
    },
    include: { comments: true },
  });
}

/** The diff as one writes it by hand, under the locks of what is read. */
function diffOf({ entries }: Cast, stored: readonly { id: string; body: string }[]) {
  const bodies = new Map(stored.map(({ id, body }) => [id, body]));
  const listed = new Set(entries.map(({ id }) => id));
  return {
    gone: stored.flatMap(({ id }) => (listed.has(id) ? [] : [id])),
    changed: entries.filter(({ id, body }) => id !== undefined && bodies.get(id) !== body),
    added: entries.flatMap(({ id, body }) => (id === undefined ? [body] : [])),
  };
}

const LOCK = 'SELECT * FROM posts WHERE id = $1 FOR UPDATE';
const READ = 'SELECT * FROM comments WHERE post_id = $1 ORDER BY id FOR UPDATE';

function setBased({ pool }: Place, cast: Cast) {
  const { id } = cast.post;
  return inTransaction(pool, async ({ rows }) => {
    await rows(LOCK, [id]);
    const diff = diffOf(cast, await rows<{ id: string; body: string }>(READ, [id]));
    const { gone, changed, added } = diff;
    if (gone.length > 0) await rows('DELETE FROM comments WHERE id = ANY($1::bigint[])', [gone]);
    if (changed.length > 0) {
      await rows(
        `UPDATE comments c SET body = v.body, lock_version = c.lock_version + 1,
           updated_at = timezone('utc', now())
           FROM unnest($1::bigint[], $2::text[]) AS v (id, body) WHERE c.id = v.id`,
        [changed.map((entry) => entry.id), changed.map(({ body }) => body)],
      );
    }
    if (added.length > 0) {
      await rows('INSERT INTO comments (body, post_id) SELECT unnest($1::text[]), $2 RETURNING *', [
        added,
        id,
      ]);
    }
  });
}

function rowByRow({ pool }: Place, cast: Cast) {
  const { id } = cast.post;
  return inTransaction(pool, async ({ rows }) => {
    await rows(LOCK, [id]);
    const diff = diffOf(cast, await rows<{ id: string; body: string }>(READ, [id]));
    for (const comment of diff.gone) await rows('DELETE FROM comments WHERE id = $1', [comment]);
    for (const { id: comment, body } of diff.changed) {
      await rows(
        `UPDATE comments SET body = $2, lock_version = lock_version + 1,
           updated_at = timezone('utc', now()) WHERE id = $1`,
        [comment, body],
      );
    }
    for (const body of diff.added) {
      await rows('INSERT INTO comments (body, post_id) VALUES ($1, $2) RETURNING *', [body, id]);
    }
  });
}
