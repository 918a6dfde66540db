import { bench, describe } from 'vitest';
import { blog } from '../src/blog/domain.ts';
import { castAssoc } from '../src/changeset/assoc/assoc.ts';
import { cast } from '../src/changeset/cast.ts';
import type { Changeset, Params } from '../src/changeset/changeset.ts';
import type { Struct } from '../src/model/struct.ts';
import { planWrite } from '../src/plan/plan-write.ts';
import { makeRepo } from '../src/repo/repo.ts';
import { useDatabase } from '../test/support/database.ts';

/*
 * What a cast costs beside the same writes sent by hand. Each round leaves a post with as many
 * comments as it found: it deletes the first, changes the second, keeps the rest and adds one.
 */

const database = useDatabase();

for (const size of [3, 30, 300]) {
  describe(`a post with ${size} comments, one deleted, one changed, one new`, () => {
    const postId = BigInt(size);
    let round = 0;

    const options = {
      setup: async () => {
        await database.sql('DELETE FROM comments WHERE post_id = $1', [size]);
        await database.sql('DELETE FROM posts WHERE id = $1', [size]);
        await database.sql(`INSERT INTO posts (id, title) VALUES ($1, 'A story...')`, [size]);
        await database.sql(
          `INSERT INTO comments (body, post_id) SELECT 'Comment ' || n, $1 FROM generate_series(1, $2::int) n`,
          [size, size],
        );
      },
    };

    bench(
      'cast_assoc through the repo',
      async () => {
        const repo = makeRepo(database.client, blog.models);
        const post = await loadPost(postId);
        await repo.update(castComments(post, (round += 1)));
      },
      options,
    );

    bench(
      'a nested write by hand, which knows what to do',
      async () => {
        const { client } = database;
        const comments = await client.comment.findMany({
          where: { postId },
          orderBy: { id: 'asc' },
        });
        const [first, second] = comments;
        if (!first || !second) throw new Error('the comments are gone');
        await client.post.update({
          where: { id: postId },
          data: {
            comments: {
              delete: [{ id: first.id }],
              update: [
                {
                  where: { id: second.id },
                  data: { body: `Changed ${(round += 1)}` },
                },
              ],
              create: [{ body: 'New' }],
            },
          },
        });
      },
      options,
    );
  });

  describe(`the pure part for ${size} comments`, () => {
    const post = manyComments(size);
    bench('changeset and plan', () => {
      planWrite(castComments(post, 1));
    });
  });
}

async function loadPost(id: bigint): Promise<Struct> {
  const repo = makeRepo(database.client, blog.models);
  const post = await repo.get(blog.model('Post'), id);
  if (!post) throw new Error(`there is no post ${id}`);
  return repo.preload(post, ['comments']);
}

/** The cast that deletes the first comment, changes the second, keeps the rest and adds one. */
function castComments(post: Struct, round: number): Changeset {
  const loaded = post.assocs['comments'];
  const current = Array.isArray(loaded) ? loaded : [];
  const [, second, ...rest] = current.map(({ fields }: Struct) => fields);
  const comments = [
    { id: second?.['id'], body: `Changed ${round}` },
    ...rest.map(({ id, body }) => ({ id, body })),
    { body: 'New' },
  ];
  const changeset = cast(post, { comments }, []);
  return castAssoc(changeset, 'comments', {
    with: (comment: Struct, params: Params) => cast(comment, params, ['body']),
    onReplace: 'delete',
  });
}

function manyComments(size: number): Struct {
  const stored = { kind: 'struct', state: 'loaded', assocs: {} } as const;
  const comment = blog.model('Comment');
  const comments = Array.from({ length: size }, (_, i): Struct => {
    const fields = { id: BigInt(i), body: `Comment ${i}`, postId: 7n };
    return { ...stored, model: comment, fields };
  });
  const fields = { id: 7n, title: 'A story...' };
  return {
    ...stored,
    model: blog.model('Post'),
    fields,
    assocs: { comments },
  };
}
