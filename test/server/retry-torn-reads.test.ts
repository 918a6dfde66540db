import { beforeAll, expect, test } from 'vitest';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { waiters, whileHeld } from '../support/held.ts';
import { useService } from '../support/service.ts';

const database = useDatabase('once');
const service = useService(database);
beforeAll(() => writeBlog(database));

test('a query whose rows are deleted while it reads them answers as if it had come after', async () => {
  const document = '{ comments { edges { node { id post { title } } } } }';
  const { answer } = await whileHeld(
    database,
    `LOCK TABLE posts IN ACCESS EXCLUSIVE MODE;
     DELETE FROM comments WHERE post_id = 3;
     DELETE FROM posts_tags WHERE post_id = 3;
     UPDATE permalinks SET post_id = NULL WHERE post_id = 3;
     DELETE FROM posts WHERE id = 3`,
    async () => {
      const sent = service.sendText(document);
      await waiters(database);
      return { answer: sent };
    },
    'COMMIT',
  );
  const one = { title: 'One' };
  expect(await answer).toEqual({
    status: 200,
    data: {
      comments: {
        edges: [
          ...['11', '12', '13'].map((id) => ({ node: { id, post: one } })),
          { node: { id: '21', post: { title: 'Two' } } },
        ],
      },
    },
  });
});

test('a write whose answer asks for what is deleted since says that it was kept', async () => {
  const build = `mutation {
    buildPostComment(postId: 1, input: { body: "x" }, options: { idempotencyKey: "k" }) {
      ... on BuildPostCommentSuccess { comment { body post { id } } }
    }
  }`;
  const success = { comment: { body: 'x', post: { id: '1' } } };
  expect(await service.sendText(build)).toMatchObject({
    data: { buildPostComment: success },
  });
  await service.sendText('mutation { deletePost(id: 1) { __typename } }');
  expect(await service.sendText(build)).toMatchObject({
    data: { buildPostComment: null },
    errors: [
      {
        message: expect.stringContaining('The write was kept'),
        path: ['buildPostComment', 'comment', 'post'],
        extensions: { code: 'OUTCOME_UNKNOWN' },
      },
    ],
  });
});
