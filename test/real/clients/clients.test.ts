import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { seed } from '../../../src/server/database/seed.ts';
import { useDatabase } from '../../support/database.ts';
import { useService } from '../../support/service.ts';
import { documentOf, type OperationName } from './blog.ts';
import { readCacheTypes } from './cache-types.ts';
import { hasRelayCompiler } from './compile-relay.ts';
import { type Front, fronts } from './fronts.ts';

/*
 * Each client with a cache of its own that starts empty, against the service over HTTP. A page reads
 * once; then nothing is read again, and what the page shows after each mutation is what the service
 * would answer.
 */

const database = useDatabase();
const service = useService(database);
const send = vi.spyOn(globalThis, 'fetch');
const warn = vi.spyOn(console, 'warn');

beforeEach(async () => {
  await seed(database.client);
  await service.sendText(`mutation {
    createPost(input: {
      title: "Another story", authorId: 1, tags: { put: { refs: [{ id: 1 }] } }
      comments: { build: [{ body: "Short" }] }, permalink: { build: { url: "another" } }
    }) { __typename }
  }`);
  send.mockClear();
  warn.mockClear();
});
afterEach(() => expect(warn.mock.calls).toEqual([]));

const names = Object.keys(fronts).filter((name) => name !== 'Relay' || hasRelayCompiler);

describe.each(names)('%s', (name) => {
  /** Opens the page, and checks after each mutation that it shows what is so. */
  async function open() {
    const types = readCacheTypes(await (await fetch(`${service.url}/schema.graphql`)).text());
    const front = await fronts[name]?.(`${service.url}/graphql`, types);
    if (front === undefined) throw new Error();
    await expectShown(front);
    return {
      front,
      mutate: async (mutation: OperationName, variables: object) => {
        send.mockClear();
        const data = await front.mutate(mutation, variables);
        // A client that read again would do so at once.
        await sleep(10);
        expect(send).toHaveBeenCalledTimes(1);
        expect(JSON.stringify(send.mock.calls)).not.toContain('__typename\\"');
        await expectShown(front);
        return bare(data);
      },
    };
  }

  async function expectShown({ shown, cached }: Front) {
    const { data } = await service.sendText(documentOf('BlogQuery'));
    expect(bare(cached())).toEqual(data);
    expect(bare(shown())).toEqual(data);
  }

  test('learns the three writes of the worked example, by a form that sends back what it read', async () => {
    const { front, mutate } = await open();
    const { seven } = Object(front.shown());
    expect('__typename' in seven.comments[0]).toBe(name === 'Apollo Client');
    const [, second, third] = seven.comments.map((comment: object) => pick(comment));
    const entries = [second, { ...third, body: 'Thank you for the post' }, { body: 'Interesting' }];
    const input = { comments: { cast: { entries } } };
    const { updatePost } = Object(await mutate('BlogSaveMutation', { id: '7', input }));
    expect(actionsOf(updatePost)).toEqual(['DELETE 10', 'UPDATE 12', 'INSERT 14', 'UNCHANGED 11']);
  });

  test('learns of a comment that moves: the old post lacks it, the new one has it', async () => {
    const { front, mutate } = await open();
    await mutate('BlogMoveMutation', { id: '11', postId: '8' });
    const { seven, eight } = Object(front.shown());
    expect([idsOf(seven.comments), idsOf(eight.comments)]).toEqual([
      ['10', '12'],
      ['11', '13'],
    ]);
  });

  test('learns of comments and a permalink that a list takes in from elsewhere', async () => {
    const { mutate } = await open();
    const entries = [{ id: '10', body: 'Great!' }, { id: '13' }];
    const permalink = { put: { ref: { url: 'another' } } };
    const input = { comments: { cast: { entries, onUnknown: 'RELATE' } }, permalink };
    await mutate('BlogSaveMutation', { id: '7', input });
  });

  test('learns of a tag that is new, of one that is linked and of one that is unlinked', async () => {
    const { front, mutate } = await open();
    const refs = [{ id: '2' }, { name: 'new' }];
    await mutate('BlogSaveMutation', { id: '8', input: { tags: { put: { refs, create: true } } } });
    const { eight, ecto, elixir } = Object(front.shown());
    expect(idsOf(eight.tags)).toEqual(['2', '3']);
    expect([idsOf(ecto.posts), idsOf(elixir.posts)]).toEqual([['7'], ['7', '8']]);
  });

  test('learns of a post that loses its author', async () => {
    const { mutate } = await open();
    await mutate('BlogSaveMutation', { id: '8', input: { authorId: null } });
  });

  test('learns what is deleted: a comment, a tag with its links, a post with all it has', async () => {
    const { front, mutate } = await open();
    await mutate('BlogDeleteCommentMutation', { id: '11' });
    await mutate('BlogDeleteTagMutation', { id: '2' });
    await mutate('BlogDeletePostMutation', { id: '8' });
    const { seven, eight, elixir } = Object(front.shown());
    expect([idsOf(seven.comments), eight, elixir]).toEqual([['10', '12'], null, null]);
  });
});

/** Without what clients add for themselves. */
function bare(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (key, item: unknown) =>
      key.startsWith('__') ? undefined : item,
    ),
  );
}

/** What a form keeps of a comment; some clients show the name of its type too. */
function pick(comment: object) {
  const kept = Object.entries(comment).filter(([key]) =>
    ['__typename', 'id', 'body'].includes(key),
  );
  return Object.fromEntries(kept);
}

type Written = { readonly action: string; readonly recordId: string };

function actionsOf({
  changeset,
}: {
  readonly changeset: { readonly operations: readonly Written[] };
}) {
  return changeset.operations.map(({ action, recordId }) => `${action} ${recordId}`);
}

function idsOf(records: readonly { readonly id: string }[]): readonly string[] {
  return records.map(({ id }) => id);
}
