import { describe, expect, test } from 'vitest';
import { useBlog } from '../support/blog.ts';
import { issuesOf, operationsOf, type Variables } from '../support/write.ts';

const blog = useBlog();

const updateAuthor = (posts: Variables, options: Variables = {}) =>
  blog.write('updateAuthor', { id: '1', input: { posts }, options });

/** Author -> posts -> comments, tags, permalink: every tool somewhere below a cast. */
const mixed = {
  cast: {
    entries: [
      {
        id: '1',
        title: 'Uno',
        comments: {
          cast: { entries: [{ id: '12', body: 'less' }, { body: 'new' }] },
        },
        tags: { put: { refs: [{ name: 'prisma' }, { id: '42' }] } },
        permalink: { cast: { entry: { url: '/uno' } } },
      },
      {
        id: '2',
        comments: { put: { refs: [{ id: '21' }, { id: '31' }] } },
        tags: { build: [{ name: 'two' }] },
        permalink: { put: { ref: { url: '/loose' } } },
      },
      {
        title: 'New',
        comments: { build: [{ body: 'a' }, { body: 'b' }] },
        tags: { put: { refs: [{ name: 'made' }], create: true } },
        permalink: { build: { url: '/one' } },
      },
    ],
  },
};

describe('three levels in one mutation', () => {
  test('are written with cast, put and build side by side', async () => {
    await updateAuthor(mixed);
    expect(await blog.changes()).toEqual([
      '- post 1 One, body first, author 1, v1',
      '- comment 11 great, post 1, v1',
      '- comment 12 more, post 1, v1',
      '- comment 13 thanks, post 1, v1',
      '- comment 31 long, post 3, v1',
      '- link post 1 tag 41',
      '- permalink 51 /one, post 1',
      '- permalink 59 /loose, post null',
      '+ post 1 Uno, body first, author 1, v2',
      '+ post 201 New, body null, author 1, v1',
      expect.stringMatching(/^\+ comment 12 less, post 1, v2$/),
      '+ comment 31 long, post 2, v2',
      expect.stringMatching(/^\+ comment 30\d new, post 1, v1$/),
      expect.stringMatching(/^\+ comment 30\d a, post 201, v1$/),
      expect.stringMatching(/^\+ comment 30\d b, post 201, v1$/),
      expect.stringMatching(/^\+ tag 40\d two$/),
      expect.stringMatching(/^\+ tag 40\d made$/),
      '+ link post 1 tag 43',
      expect.stringMatching(/^\+ link post 2 tag 40\d$/),
      expect.stringMatching(/^\+ link post 201 tag 40\d$/),
      '+ permalink 51 /uno, post 1',
      '+ permalink 59 /loose, post 2',
      '+ permalink 501 /one, post 201',
    ]);
  });

  test('are the same in a dry run', async () => {
    const tried = await updateAuthor(mixed, { dryRun: true });
    expect(await blog.changes()).toEqual([]);
    const written = await updateAuthor(mixed);
    expect(tried.changeset?.counts).toEqual(written.changeset?.counts);
    const rows = (lines: readonly string[]) =>
      lines.map((line) =>
        line
          .replace(/^(\w+ \w+) (?:[2-5]0\d|null)\b/, '$1 new')
          .replace(/-> (?:"[2-5]0\d"|null)/g, '-> new'),
      );
    expect(rows(operationsOf(tried))).toEqual(rows(operationsOf(written)));
  });

  test('are changed a second time only where they differ', async () => {
    const { record } = await updateAuthor(mixed);
    const posts = record?.['posts'] as readonly {
      readonly id: string;
      readonly title: string;
      readonly comments: readonly Variables[];
      readonly tags: readonly Variables[];
      readonly permalink: Variables;
    }[];
    const again = await updateAuthor({
      cast: {
        entries: posts.map(({ id, title, comments, tags, permalink }) => ({
          id,
          title,
          comments: { cast: { entries: comments } },
          tags: { cast: { entries: tags } },
          permalink: { cast: { entry: permalink } },
        })),
      },
    });
    const { unchanged, ...written } = again.changeset?.counts ?? {};
    expect(written).toEqual({
      inserted: 0,
      updated: 0,
      deleted: 0,
      linked: 0,
      unlinked: 0,
    });
    expect(unchanged).toBe(3 + 6 + 4 + 3);
  });

  test('can all be put under a new author', async () => {
    const outcome = await blog.write('createAuthor', {
      input: {
        name: 'Dan',
        posts: { put: { refs: [{ id: '1' }, { id: '4' }] } },
      },
    });
    expect(operationsOf(outcome)).toEqual([
      'INSERT Author 101 input GIVEN name: null -> "Dan"',
      'UPDATE Post 1 input.posts.put.refs.0 GIVEN authorId: "1" -> "101"',
      'UPDATE Post 4 input.posts.put.refs.1 GIVEN authorId: null -> "101"',
    ]);
  });

  test('tell a blank entry at the bottom, and nothing is written', async () => {
    const [first, second, third] = mixed.cast.entries;
    const outcome = await updateAuthor({
      cast: {
        entries: [first, second, { ...third, comments: { build: [{ body: 'a' }, { body: ' ' }] } }],
      },
    });
    expect(issuesOf(outcome)).toEqual([
      'REQUIRED input.posts.cast.entries.2.comments.build.1.body',
    ]);
    expect(await blog.changes()).toEqual([]);
  });
});

describe('what three levels cost', () => {
  /**
   * How often a write runs each SELECT, locks aside, for an author of so many posts with two
   * comments, tags and a permalink each.
   */
  async function readsOf(posts: number): Promise<Record<string, number>> {
    await blog.database.sql(`
      INSERT INTO authors (id, name) VALUES (9, 'Zoe');
      INSERT INTO posts (id, title, author_id) SELECT 1000 + i, 'post', 9 FROM generate_series(1, ${posts}) AS i;
      INSERT INTO comments (id, body, post_id) SELECT 1000 + i * 2 + j, 'c', 1000 + i FROM generate_series(1, ${posts}) AS i, generate_series(0, 1) AS j;
      INSERT INTO posts_tags SELECT 1000 + i, 41 FROM generate_series(1, ${posts}) AS i;
      INSERT INTO permalinks (id, url, post_id) SELECT 1000 + i, '/p' || i, 1000 + i FROM generate_series(1, ${posts}) AS i;
    `);
    const entries = Array.from({ length: posts }, (_, i) => ({
      id: String(1001 + i),
      comments: {
        cast: { entries: [{ id: String(1002 + i * 2) }, { body: 'new' }] },
      },
      tags: { put: { refs: [{ name: 'elixir' }, { id: '41' }] } },
      permalink: { cast: { entry: { url: `/q${i}` } } },
    }));
    const statements = await blog.statementsOf(async () => {
      const data = await blog.read(
        `mutation ($input: UpdateAuthorInput!) { updateAuthor(id: 9, input: $input) { __typename } }`,
        { input: { posts: { cast: { entries } } } },
      );
      expect(data).toEqual({
        updateAuthor: { __typename: 'UpdateAuthorSuccess' },
      });
    });
    // Keys are made once all is read.
    const first = statements.findIndex(({ sql }) => /nextval/.test(sql));
    const counts: Record<string, number> = {};
    for (const { sql, kind } of statements.slice(0, first)) {
      if (kind !== 'read' || !/ WHERE /.test(sql) || /^SELECT .* FOR |advisory/.test(sql)) continue;
      const text = sql.replace(/IN \([^)]*\)/g, 'IN ()').replace(/\$\d+/g, '$');
      counts[text] = (counts[text] ?? 0) + 1;
    }
    return counts;
  }

  test('to read is one SELECT for each association and level, whatever the rows', async () => {
    const few = await readsOf(2);
    await blog.reset();
    const many = await readsOf(30);
    expect(many).toEqual(few);
    // Posts, comments, tags of posts, tags by name and by id, permalinks, each of them once.
    expect(Object.values(many)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});
