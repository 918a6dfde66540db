import { beforeEach, expect, test } from 'vitest';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import { mutationText } from '../support/mutation.ts';
import { useService } from '../support/service.ts';
import { openStream, type Stream } from '../support/stream.ts';

/* Subscriptions of the service over server-sent events. */

const database = useDatabase();
const service = useService(database);

beforeEach(() => writeBlog(database));

type PostChanged = {
  readonly postChanged: {
    readonly post: {
      readonly title: string;
      readonly comments: readonly { body: string }[];
    } | null;
    readonly changeset: {
      readonly operations: readonly { action: string; type: string; recordId: string }[];
    } | null;
  };
};

const document = `subscription ($id: ID!) {
  postChanged(id: $id) {
    post { title comments { body } tags { name } permalink { url } }
    changeset { operations { action type recordId } }
  }
}`;

const watch = (id: string) => openStream<PostChanged>(service.url, document, { variables: { id } });

async function changeOf(stream: Stream<PostChanged>): Promise<string> {
  const delivery = await stream.next();
  if (typeof delivery === 'string') return delivery;
  const { changeset, post } = delivery.data.postChanged;
  const operations = changeset?.operations.map(
    ({ action, type, recordId }) => `${action} ${type} ${recordId}`,
  );
  return `${post?.title ?? 'none'}: ${operations?.join(', ') ?? 'as it is'}`;
}

const write = (mutation: Parameters<typeof mutationText>[0], variables: object) =>
  service.sendText(mutationText(mutation), { ...variables });

test('a reader gets the post as it is, then each write that touches it', async () => {
  const stream = await watch('1');
  expect(stream.status).toBe(200);
  expect(await changeOf(stream)).toBe('One: as it is');
  await write('updatePost', { id: '1', input: { title: 'Uno' } });
  expect(await changeOf(stream)).toBe('Uno: UPDATE Post 1');
  await write('buildPostComment', { postId: '1', input: { body: 'new' } });
  expect(await stream.next()).toMatchObject({
    data: {
      postChanged: {
        post: { comments: [{}, {}, {}, { body: 'new' }] },
        changeset: { operations: [{ action: 'INSERT', type: 'Comment', recordId: '301' }] },
      },
    },
  });
  await write('deletePost', { id: '1' });
  expect(await changeOf(stream)).toMatch(/^none: DELETE/);
  expect(await stream.next()).toBe('complete');
});
