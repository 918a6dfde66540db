import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';

const blog = useBlog();

const RECORDS = `action type recordId recordNodeId
  post { id title tags { name } } comment { id body post { id } } author { id name }
  tag { id name } permalink { id url }`;

type Operation = {
  readonly action: string;
  readonly type: string;
  readonly recordId: string | null;
  readonly recordNodeId: string | null;
} & Readonly<Record<string, unknown>>;

/** The operations of a mutation, each with the records that it holds: `DELETE Comment 11 -`. */
async function recordsOf(call: string): Promise<string[]> {
  const name = call.slice(0, call.indexOf('('));
  const success = `${name.charAt(0).toUpperCase()}${name.slice(1)}Success`;
  const { result } = await blog.read<{
    result: { changeset: { operations: readonly Operation[] } };
  }>(`mutation { result: ${call} {
    ... on ${success} { changeset { operations { ${RECORDS} } } }
    ... on DryRun { changeset { operations { ${RECORDS} } } }
  } }`);
  return result.changeset.operations.map(
    ({ action, type, recordId, recordNodeId: _nodeId, ...records }) => {
      const held = Object.entries(records).filter(([, record]) => record !== null);
      const shown = held.map(([field, record]) => `${field} ${JSON.stringify(record)}`);
      return `${action} ${type} ${recordId} ${shown.join(', ') || '-'}`;
    },
  );
}

describe('an operation holds the record under the name of its type', () => {
  test('as it is after the write, and none of a DELETE', async () => {
    const found = await recordsOf(`updatePost(id: 1, input: {
      title: "New"
      comments: { cast: { entries: [{ id: 12 } { id: 13, body: "Thank you" } { body: "b" }] } }
      permalink: { cast: { entry: { url: "/new" } } }
      author: { cast: { entry: { id: 1, name: "Anna" } } }
    })`);
    expect(found.toSorted()).toEqual([
      'DELETE Comment 11 -',
      'INSERT Comment 301 comment {"id":"301","body":"b","post":{"id":"1"}}',
      'UNCHANGED Comment 12 comment {"id":"12","body":"more","post":{"id":"1"}}',
      'UPDATE Author 1 author {"id":"1","name":"Anna"}',
      'UPDATE Comment 13 comment {"id":"13","body":"Thank you","post":{"id":"1"}}',
      'UPDATE Permalink 51 permalink {"id":"51","url":"/new"}',
      'UPDATE Post 1 post {"id":"1","title":"New","tags":[{"name":"ecto"},{"name":"elixir"}]}',
    ]);
  });

  test('the far one of LINK and UNLINK', async () => {
    const put = 'updatePost(id: 1, input: { tags: { put: { refs: [{ id: 42 } { id: 43 }] } } })';
    expect(await recordsOf(put)).toEqual([
      'UNLINK Tag 41 tag {"id":"41","name":"ecto"}',
      'LINK Tag 43 tag {"id":"43","name":"prisma"}',
      'UNCHANGED Tag 42 tag {"id":"42","name":"elixir"}',
      'UNCHANGED Tag 43 tag {"id":"43","name":"prisma"}',
    ]);
    expect(await recordsOf('deleteTag(id: 42)')).toEqual([
      'UNLINK Post 1 post {"id":"1","title":"One","tags":[{"name":"prisma"}]}',
      'DELETE Tag 42 -',
    ]);
  });

  test('none in a dry run', async () => {
    expect(
      await recordsOf(`updatePost(id: 1, options: { dryRun: true }, input: {
        title: "New", comments: { cast: { entries: [{ id: 11 } { id: 12 } { body: "b" }] } }
      })`),
    ).toEqual([
      'UPDATE Post 1 -',
      'DELETE Comment 13 -',
      'INSERT Comment null -',
      'UNCHANGED Comment 11 -',
      'UNCHANGED Comment 12 -',
    ]);
  });

  test('replayed under a key, as it is now', async () => {
    const call = `updatePost(id: 1, options: { idempotencyKey: "k" }, input: {
      title: "New", comments: { build: [{ body: "b" } { body: "c" }] }
    })`;
    await recordsOf(call);
    await blog.database.sql(`UPDATE posts SET title = 'Newer' WHERE id = 1`);
    await blog.database.sql('DELETE FROM comments WHERE id = 302');
    expect(await recordsOf(call)).toEqual([
      'UPDATE Post 1 post {"id":"1","title":"Newer","tags":[{"name":"ecto"},{"name":"elixir"}]}',
      'INSERT Comment 301 comment {"id":"301","body":"b","post":{"id":"1"}}',
      'INSERT Comment 302 -',
    ]);
  });

  test('at one statement for each type, and none where nobody asks', async () => {
    const write = (records: string) =>
      blog.statementsOf(() =>
        blog.read(`mutation { updatePost(id: 1, input: {
          title: "with ${records}"
          comments: { build: [{ body: "a" } { body: "b" } { body: "c" }] }
          tags: { put: { refs: [{ id: 41 } { id: 42 }] } }
        }) { ... on UpdatePostSuccess { changeset { operations { action ${records} } } } } }`),
      );
    const bare = await write('');
    expect(await write('comment { body }')).toHaveLength(bare.length + 1);
    expect(
      await write('post { title } comment { body } tag { name } author { name }'),
    ).toHaveLength(bare.length + 3);
  });

  test('as it is after each of several mutations in one request', async () => {
    const update = (title: string) => `updatePost(id: 1, input: { title: "${title}" }) {
      ... on UpdatePostSuccess { changeset { operations { post { title } } } }
    }`;
    const of = (title: string) => ({ changeset: { operations: [{ post: { title } }] } });
    expect(await blog.read(`mutation { a: ${update('A')} b: ${update('B')} }`)).toEqual({
      a: of('A'),
      b: of('B'),
    });
  });
});

describe('nodeId', () => {
  test('names a record of any type, and `node` finds it', async () => {
    const { post } = await blog.read<{
      post: Record<string, { nodeId: string } & Record<string, unknown>> & { nodeId: string };
    }>(`{ post(id: 1) {
      nodeId author { nodeId } permalink { nodeId }
      comments(first: 1) { nodeId } tags(first: 1) { nodeId }
    } }`);
    const { nodeId, author, permalink, comments, tags } = post;
    const ids = [{ nodeId }, author, permalink, ...[comments, tags].flat()].map(
      (record) => (record as { nodeId: string }).nodeId,
    );
    expect(new Set(ids).size).toBe(5);
    const found = await Promise.all(
      ids.map((id) =>
        blog.read<{ node: unknown }>(
          `query ($id: ID!) { node(nodeId: $id) {
            __typename nodeId
            ... on Post { title } ... on Author { name } ... on Permalink { url post { id } }
            ... on Comment { text: body } ... on Tag { name posts { id } }
          } }`,
          { id },
        ),
      ),
    );
    expect(found.map(({ node }) => node)).toEqual([
      { __typename: 'Post', nodeId: ids[0], title: 'One' },
      { __typename: 'Author', nodeId: ids[1], name: 'Ann' },
      { __typename: 'Permalink', nodeId: ids[2], url: '/one', post: { id: '1' } },
      { __typename: 'Comment', nodeId: ids[3], text: 'great' },
      { __typename: 'Tag', nodeId: ids[4], name: 'ecto', posts: [{ id: '1' }] },
    ]);
  });

  test('of an operation is that of its record, also where that is gone', async () => {
    const { post } = await blog.read<{ post: { comments: { id: string; nodeId: string }[] } }>(
      '{ post(id: 1) { comments { id nodeId } } }',
    );
    const { updatePost } = await blog.read<{
      updatePost: { changeset: { operations: Operation[] } };
    }>(`mutation { updatePost(id: 1, input: { comments: { cast: { entries: [] } } }) {
      ... on UpdatePostSuccess { changeset { operations { recordId recordNodeId } } }
    } }`);
    const told = updatePost.changeset.operations.map((o) => [o.recordId, o.recordNodeId] as const);
    expect(new Map(told)).toEqual(new Map(post.comments.map(({ id, nodeId }) => [id, nodeId])));
  });

  const encode = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');

  test.each([
    ['no text', ''],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('Post:1').toString('base64url')],
    ['no list', Buffer.from('{"Post":"1"}').toString('base64url')],
    ['no record of that id', encode('Post', '999')],
    ['no id', encode('Post', 'x')],
    ['a key that is null', encode('Post', null)],
    ['no key', encode('Post')],
    ['too many keys', encode('Post', '1', '1')],
    ['no type', encode('Nothing', '1')],
    ['a type that is not shown', encode('PostTag', '1', '41')],
    ['a name of JavaScript', encode('constructor', '1')],
    ['more than 1 KB', encode('Post', '1', ' '.repeat(1_024))],
    ['more than 1 KB of what would be read', `${encode('Post', '1')}${'='.repeat(1_024)}`],
  ])('that is %s finds nothing', async (_what, id) => {
    expect(await blog.read('query ($id: ID!) { node(nodeId: $id) { nodeId } }', { id })).toEqual({
      node: null,
    });
  });
});
