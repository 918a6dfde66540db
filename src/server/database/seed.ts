import { blog } from '../../blog/domain.ts';
import type { Client } from './client.ts';

/**
 * Writes the worked example: post 7 with comments 10, 11 and 12, its author and two tags. Where any
 * of the tables holds a row already nothing is written; `reset` empties them before.
 *
 * @returns whether it was written.
 */
export function seed(client: Client, { reset = false } = {}): Promise<boolean> {
  return client.$transaction(async (tx) => {
    if (reset) {
      const tables = [...blog.models.values()].map(({ table }) => `"${table}"`);
      await tx.$executeRawUnsafe(`TRUNCATE ${tables.join(', ')} RESTART IDENTITY`);
    }
    // Two seeds at once take turns; readers are not held up.
    await tx.$executeRaw`LOCK TABLE authors IN SHARE ROW EXCLUSIVE MODE`;
    const counts = [
      await tx.author.count(),
      await tx.post.count(),
      await tx.comment.count(),
      await tx.tag.count(),
      await tx.permalink.count(),
    ];
    if (counts.some((count) => count > 0)) return false;
    await tx.author.create({ data: { id: 1n, name: 'Ann' } });
    await tx.tag.createMany({
      data: [
        { id: 1n, name: 'ecto' },
        { id: 2n, name: 'elixir' },
      ],
    });
    await tx.post.create({
      data: {
        id: 7n,
        title: 'A story...',
        body: 'Once upon a time...',
        authorId: 1n,
      },
    });
    await tx.comment.createMany({
      data: [
        { id: 10n, postId: 7n, body: 'Great story!' },
        { id: 11n, postId: 7n, body: 'What happened next?' },
        { id: 12n, postId: 7n, body: 'Thanks for the article' },
      ],
    });
    await tx.postTag.createMany({
      data: [
        { postId: 7n, tagId: 1n },
        { postId: 7n, tagId: 2n },
      ],
    });
    // Ids given by hand do not move a sequence on.
    await tx.$queryRaw`
      SELECT setval(pg_get_serial_sequence(name, 'id'), top)::text
        FROM (VALUES ('authors', (SELECT max(id) FROM authors)),
                     ('posts', (SELECT max(id) FROM posts)),
                     ('comments', (SELECT max(id) FROM comments)),
                     ('tags', (SELECT max(id) FROM tags))) AS highest (name, top)`;
    return true;
  });
}
