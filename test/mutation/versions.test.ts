import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { issuesOf, operationsOf, refusalOf, type Variables } from '../support/write.ts';

const blog = useBlog();

const updatePost = (input: Variables) => blog.write('updatePost', { id: '1', input });

describe('lockVersion', () => {
  test('rises by 1 with every UPDATE of own columns, sent or not', async () => {
    await updatePost({ title: 'a' });
    const { record } = await updatePost({ title: 'b', lockVersion: 2 });
    expect(record?.['lockVersion']).toBe(3);
    await updatePost({ authorId: '2', lockVersion: 3 });
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '+ post 1 b, body first, author 2, v4',
    ]);
  });

  test('rises with a new updatedAt, and insertedAt stays', async () => {
    const times = 'lockVersion insertedAt updatedAt';
    const { post: before } = await blog.read<{ post: Variables }>(`{ post(id: 1) { ${times} } }`);
    await updatePost({ title: 'a' });
    const { post: after } = await blog.read<{ post: Variables }>(`{ post(id: 1) { ${times} } }`);
    expect(after).toEqual({
      lockVersion: 2,
      insertedAt: before['insertedAt'],
      updatedAt: expect.not.stringContaining(String(before['updatedAt'])),
    });
  });

  test('rises where a row is moved or nilified', async () => {
    await blog.write('updateAuthor', {
      id: '1',
      input: { posts: { put: { refs: [{ id: '3' }] } } },
    });
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '- post 2 Two, body null, author 1, v1',
      '- post 3 Three, body third, author 2, v1',
      '+ post 1 One, body first, author null, v2',
      '+ post 2 Two, body null, author null, v2',
      '+ post 3 Three, body third, author 1, v2',
    ]);
  });

  test('stays where only children change, and the row is not written', async () => {
    const times = () => blog.database.sql('SELECT xmin::text, updated_at FROM posts WHERE id = 1');
    const before = await times();
    await updatePost({
      comments: { build: [{ body: 'new' }] },
      tags: { build: [{ name: 'new' }] },
      permalink: { cast: { entry: { url: '/new' } } },
    });
    expect(await times()).toEqual(before);
  });

  test.each([
    ['updatePost', { id: '1', input: { lockVersion: 9 } }, 'Post 1'],
    ['updateComment', { id: '11', input: { lockVersion: 9 } }, 'Comment 11'],
    ['updateAuthor', { id: '1', input: { lockVersion: 0 } }, 'Author 1'],
  ])(
    'of the root of %s is compared also where nothing changes',
    async (mutation, variables, row) => {
      expect(refusalOf(await blog.write(mutation, variables))).toBe(
        `StaleEntry input.lockVersion ${row}`,
      );
    },
  );

  test.each([
    ['deletePost', { id: '1', lockVersion: 9 }, 'Post 1'],
    ['deleteComment', { id: '11', lockVersion: 9 }, 'Comment 11'],
    ['deleteAuthor', { id: '3', lockVersion: -1 }, 'Author 3'],
  ])('of %s is an argument', async (mutation, variables, row) => {
    expect(refusalOf(await blog.write(mutation, variables))).toBe(`StaleEntry lockVersion ${row}`);
    expect(await blog.changes()).toEqual([]);
  });

  test('of an entry guards its own row only', async () => {
    await blog.write('updateComment', { id: '12', input: { body: 'other' } });
    const entries = [
      { id: '11', body: 'x', lockVersion: 1 },
      { id: '12' },
      { id: '13', lockVersion: 1 },
    ];
    const outcome = await updatePost({ comments: { cast: { entries } } });
    expect(outcome.__typename).toBe('UpdatePostSuccess');
    const stale = { entries: [{ id: '12', lockVersion: 1 }, ...entries] };
    expect(refusalOf(await updatePost({ comments: { cast: stale } }))).toMatch(
      /^StaleEntry input\.comments\.cast\.entries\.\d\.lockVersion Comment/,
    );
  });

  test('of an entry three levels down is compared', async () => {
    const entries = [
      {
        id: '1',
        comments: { cast: { entries: [{ id: '11', lockVersion: 9 }] } },
      },
      { id: '2' },
    ];
    const outcome = await blog.write('updateAuthor', {
      id: '1',
      input: { posts: { cast: { entries } } },
    });
    expect(refusalOf(outcome)).toBe(
      'StaleEntry input.posts.cast.entries.0.comments.cast.entries.0.lockVersion Comment 11',
    );
  });

  test('of a comment that meanwhile moved to another post tells that it is not here', async () => {
    await blog.write('updateComment', { id: '11', input: { postId: '2' } });
    const entries = [{ id: '11', body: 'x', lockVersion: 1 }];
    const outcome = await updatePost({ comments: { cast: { entries } } });
    expect(refusalOf(outcome)).toBe('StaleEntry input.comments.cast.entries.0 Comment 11');
  });

  test('of an entry of a new record guards nothing: the id is not here', async () => {
    const entries = [{ id: '11', lockVersion: 1 }];
    const created = await blog.write('createPost', {
      input: { title: 'x', comments: { cast: { entries } } },
    });
    expect(issuesOf(created)).toEqual(['NOT_IN_ASSOCIATION input.comments.cast.entries.0.id']);
    const nested = await blog.write('createAuthor', {
      input: {
        name: 'x',
        posts: { build: [{ title: 'y', comments: { cast: { entries } } }] },
      },
    });
    expect(issuesOf(nested)).toEqual([
      'NOT_IN_ASSOCIATION input.posts.build.0.comments.cast.entries.0.id',
    ]);
  });

  test('of an entry that is to go guards it', async () => {
    const remove = (lockVersion: number) =>
      updatePost({
        comments: {
          cast: {
            entries: [{ id: '11', delete: true, lockVersion }, { id: '12' }, { id: '13' }],
          },
        },
      });
    expect(refusalOf(await remove(2))).toBe(
      'StaleEntry input.comments.cast.entries.0.lockVersion Comment 11',
    );
    await remove(1);
    expect(await blog.changes()).toEqual(['- comment 11 great, post 1, v1']);
  });
});

describe('expectedIds', () => {
  const cast = (terms: Variables) =>
    updatePost({
      comments: {
        cast: {
          entries: [{ id: '11' }, { id: '12' }, { id: '13' }],
          ...terms,
        },
      },
    });

  test('that are there let the write through, in any order and spelling', async () => {
    for (const expectedIds of [
      ['11', '12', '13'],
      ['13', '+12', '011'],
      [11, 12, 13],
    ]) {
      expect((await cast({ expectedIds })).__typename).toBe('UpdatePostSuccess');
    }
  });

  test.each([
    ['one less', ['11', '12']],
    ['one more', ['11', '12', '13', '21']],
    ['none', []],
    ['others', ['21', '31', '999']],
  ])('that are %s refuse also what changes nothing', async (_name, ids) => {
    const outcome = await cast({ expectedIds: ids });
    expect(refusalOf(outcome)).toBe('StaleEntry input.comments.cast.expectedIds Post 1');
  });

  test('none are right where none is there', async () => {
    const { __typename } = await blog.write('updatePost', {
      id: '4',
      input: { comments: { cast: { entries: [], expectedIds: [] } } },
    });
    expect(__typename).toBe('UpdatePostSuccess');
  });

  test('are those within the scope', async () => {
    const scope = { body: { startsWith: 'm' } };
    const items = [{ id: '12' }];
    for (const [tool, list] of [
      ['put', { refs: items }],
      ['cast', { entries: items }],
    ] as const) {
      const send = (expectedIds: readonly string[]) =>
        updatePost({ comments: { [tool]: { ...list, scope, expectedIds } } });
      expect((await send(['12'])).__typename).toBe('UpdatePostSuccess');
      expect(refusalOf(await send(['11', '12', '13']))).toBe(
        `StaleEntry input.comments.${tool}.expectedIds Post 1`,
      );
    }
  });

  test('of a nested list name its owner', async () => {
    const outcome = await blog.write('updateAuthor', {
      id: '1',
      input: {
        posts: {
          cast: {
            entries: [{ id: '1' }, { id: '2', tags: { put: { refs: [], expectedIds: ['41'] } } }],
          },
        },
      },
    });
    expect(refusalOf(outcome)).toBe(
      'StaleEntry input.posts.cast.entries.1.tags.put.expectedIds Post 2',
    );
  });

  test('of a new owner can only be none', async () => {
    const create = (expectedIds: readonly string[]) =>
      blog.write('createPost', {
        input: { title: 'x', comments: { cast: { entries: [], expectedIds } } },
      });
    const stale = await create(['11']);
    expect(stale).toMatchObject({
      __typename: 'StaleEntry',
      message: 'Nothing was written: Post was changed by someone else.',
      id: null,
    });
    expect((await create([])).__typename).toBe('CreatePostSuccess');
  });

  test('that are no ids are INVALID, each of them', async () => {
    expect(issuesOf(await cast({ expectedIds: ['x', '11', '1.5'] }))).toEqual([
      'INVALID input.comments.cast.expectedIds.0',
      'INVALID input.comments.cast.expectedIds.2',
    ]);
  });
});

describe('what another writer does meanwhile', () => {
  test('a version raised under way is stale: it is compared under the lock', async () => {
    const other = await blog.session();
    await other.query('BEGIN');
    await other.query(`UPDATE posts SET title = 'theirs', lock_version = 2 WHERE id = 1`);
    const write = updatePost({ title: 'mine', lockVersion: 1 });
    await waitForLock();
    await other.query('COMMIT');
    expect(refusalOf(await write)).toBe('StaleEntry input.lockVersion Post 1');
  });

  test('a list changed under way is stale: it is compared under the lock', async () => {
    const other = await blog.session();
    await other.query('BEGIN');
    await other.query('SELECT FROM posts WHERE id = 1 FOR NO KEY UPDATE');
    await other.query(`INSERT INTO comments (body, post_id) VALUES ('x', 1)`);
    const write = updatePost({
      comments: { cast: { entries: [], expectedIds: ['11', '12', '13'] } },
    });
    await waitForLock();
    await other.query('COMMIT');
    expect(refusalOf(await write)).toBe('StaleEntry input.comments.cast.expectedIds Post 1');
  });

  test.each([
    ['an update', { body: 'mine' }],
    ['a deletion', { delete: true }],
  ])(
    '%s of a row that another request deletes meanwhile is stale at its entry',
    async (_name, change) => {
      const other = await blog.session();
      await other.query('BEGIN');
      await other.query('DELETE FROM comments WHERE id = 12');
      const write = updatePost({
        comments: {
          cast: {
            entries: [{ id: '11' }, { id: '12', ...change }, { id: '13' }],
          },
        },
      });
      await waitForLock();
      await other.query('COMMIT');
      expect(refusalOf(await write)).toBe('StaleEntry input.comments.cast.entries.1 Comment 12');
      expect(await blog.changes()).toEqual(['- comment 12 more, post 1, v1']);
    },
  );

  test('a row that is moved away meanwhile is stale at its entry', async () => {
    const other = await blog.session();
    await other.query('BEGIN');
    await other.query('UPDATE comments SET post_id = 2 WHERE id = 12');
    const write = updatePost({
      comments: { cast: { entries: [{ id: '12', body: 'mine' }] } },
    });
    await waitForLock();
    await other.query('COMMIT');
    expect(refusalOf(await write)).toBe('StaleEntry input.comments.cast.entries.0 Comment 12');
  });

  test('a post that another request deletes meanwhile is NotFound', async () => {
    const other = await blog.session();
    await other.query('BEGIN');
    await other.query('DELETE FROM posts WHERE id = 4');
    const write = blog.write('updatePost', { id: '4', input: { title: 'x' } });
    await waitForLock();
    await other.query('COMMIT');
    expect(refusalOf(await write)).toBe('NotFound Post 4');
  });

  test('a tag of the same name made meanwhile is linked, never UNIQUE', async () => {
    const other = await blog.session();
    await other.query('BEGIN');
    await other.query(`INSERT INTO tags (id, name) VALUES (77, 'new')`);
    const write = updatePost({
      tags: { put: { refs: [{ name: 'new' }], create: true } },
    });
    await waitForLock();
    await other.query('COMMIT');
    expect(operationsOf(await write)).toContain('LINK Tag 77 input.tags.put.refs.0 GIVEN');
  });

  test('a tag that is deleted before it can be linked is UNKNOWN_REF', async () => {
    const other = await blog.session();
    await other.query('BEGIN');
    await other.query('DELETE FROM posts_tags WHERE tag_id = 43; DELETE FROM tags WHERE id = 43');
    const write = updatePost({
      tags: { put: { refs: [{ id: '41' }, { id: '43' }] } },
    });
    await waitForLock();
    await other.query('COMMIT');
    expect(issuesOf(await write)).toEqual(['UNKNOWN_REF input.tags.put.refs.1']);
  });

  test('a tag that is linked already when it is to be linked stays so', async () => {
    const other = await blog.session();
    await other.query('BEGIN');
    await other.query('INSERT INTO posts_tags (post_id, tag_id) VALUES (1, 43)');
    const write = updatePost({
      tags: { put: { refs: [{ id: '41' }, { id: '42' }, { id: '43' }] } },
    });
    await waitForLock();
    await other.query('COMMIT');
    expect(operationsOf(await write)).toEqual([
      'UNCHANGED Tag 41 input.tags.put.refs.0 GIVEN',
      'UNCHANGED Tag 42 input.tags.put.refs.1 GIVEN',
      'UNCHANGED Tag 43 input.tags.put.refs.2 GIVEN',
    ]);
  });
});

/** Waits until a session of the service waits for a lock. */
async function waitForLock(): Promise<void> {
  for (;;) {
    const waiting = await blog.database.sql(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    if (waiting.length > 0) return;
  }
}
