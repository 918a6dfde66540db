import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeBlog } from '../support/blog.ts';
import { useDatabase } from '../support/database.ts';
import {
  type Mutation,
  type MutationName,
  type MutationResult,
  mutationText,
} from '../support/mutation.ts';
import { post, useService } from '../support/service.ts';

/*
 * Two writers at once, each at a service of its own, which may be two processes (SERVICE=process).
 * Whatever they do, the rows and the answers are those of one of the two orders in which they could
 * have run one after the other.
 */

const database = useDatabase();
const services = [useService(database), useService(database)];
let holder: pg.Client;

beforeAll(async () => {
  holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
});
afterAll(() => holder.end());

const call = (name: MutationName, args: Readonly<Record<string, unknown>>): Mutation => ({
  name,
  args,
});
const updatePost = (id: string, input: object) => call('updatePost', { id, input });
const updateAuthor = (id: string, input: object) => call('updateAuthor', { id, input });
const updateComment = (id: string, input: object) => call('updateComment', { id, input });
const ids = (...list: string[]) => list.map((id) => ({ id }));
const names = (...list: string[]) => list.map((name) => ({ name }));

/** What a writer may be at: every tool, at every level, over the same few rows. */
const writers: Readonly<Record<string, Mutation>> = {
  'casts comments': updatePost('1', {
    comments: {
      cast: { entries: [{ id: '12' }, { id: '13', body: 'A' }, { body: 'B' }] },
    },
  }),
  'casts other comments': updatePost('1', {
    title: 'C',
    comments: { cast: { entries: [{ id: '11', body: 'D' }, { body: 'E' }] } },
  }),
  'casts comments of the other post': updatePost('3', {
    comments: { cast: { entries: [{ id: '31', body: 'F' }] } },
  }),
  'puts a comment here': updatePost('1', {
    comments: { put: { refs: ids('11', '12', '13', '31') } },
  }),
  'puts a comment there': updatePost('3', {
    comments: { put: { refs: ids('31', '11'), onReplace: 'DELETE' } },
  }),
  'builds a comment': call('buildPostComment', {
    postId: '1',
    input: { body: 'G' },
  }),
  'edits a comment': updateComment('13', { body: 'H' }),
  'moves a comment by key': updateComment('11', { postId: '3' }),
  'moves a comment by reference': updateComment('31', {
    body: 'I',
    post: { put: { ref: { id: '1' } } },
  }),
  'edits a comment and its post': updateComment('13', {
    post: {
      cast: { entry: { id: '1', title: 'J' }, onReplace: 'UPDATE' },
    },
  }),
  'deletes a comment': call('deleteComment', { id: '13' }),
  'deletes the post': call('deletePost', { id: '1' }),
  'creates a post with a comment of another': call('createPost', {
    input: {
      title: 'K',
      authorId: '1',
      comments: { put: { refs: ids('12'), onReplace: 'DELETE' } },
    },
  }),
  'casts posts and their comments': updateAuthor('1', {
    posts: {
      cast: {
        entries: [
          {
            id: '1',
            title: 'L',
            comments: { cast: { entries: [{ id: '13', body: 'M' }] } },
          },
          { title: 'N' },
        ],
      },
    },
  }),
  'casts an empty list of posts': updateAuthor('1', {
    posts: { cast: { entries: [], onReplace: 'DELETE' } },
  }),
  'puts a post': updateAuthor('2', {
    posts: { put: { refs: ids('1', '3') } },
  }),
  'repoints a post': updatePost('1', { authorId: '2' }),
  'deletes an author': call('deleteAuthor', { id: '1' }),
  'puts new tags': updatePost('1', {
    tags: { put: { refs: names('ecto', 'x', 'y'), create: true } },
  }),
  'puts the same new tags': updatePost('3', {
    tags: { put: { refs: names('y', 'x', 'elixir'), create: true } },
  }),
  'renames tags': updatePost('1', {
    tags: {
      cast: {
        entries: [
          { id: '42', name: 'x' },
          { id: '41', name: 'ecto' },
        ],
      },
    },
  }),
  'takes the permalink': updatePost('3', {
    permalink: { put: { ref: { url: '/one' } } },
  }),
  'takes the free permalink': updatePost('1', {
    permalink: { put: { ref: { url: '/loose' } } },
  }),
  'takes the same free permalink': updatePost('3', {
    permalink: { put: { ref: { url: '/loose' } } },
  }),
  'puts the post of nobody': updateAuthor('1', {
    posts: { put: { refs: ids('1', '4') } },
  }),
  'puts the same post of nobody': updateAuthor('2', {
    posts: { put: { refs: ids('4', '3') } },
  }),
  'casts the permalink': updatePost('1', {
    permalink: { cast: { entry: { url: '/b' } } },
  }),
  'casts the same permalink': updatePost('3', {
    permalink: { cast: { entry: { url: '/b' } } },
  }),
};

/**
 * What is held until both writers wait for it: so both have found their rows before one of them
 * changes them.
 */
const holds = [null, 'SELECT FROM posts FOR UPDATE', 'SELECT FROM comments FOR UPDATE'];

/** Writers that want the same rows. */
const rivals = [
  ['casts comments', 'casts other comments'],
  ['casts comments', 'deletes the post'],
  ['puts a comment here', 'puts a comment there'],
  ['puts a comment here', 'moves a comment by key'],
  ['casts posts and their comments', 'puts a post'],
  ['puts new tags', 'puts the same new tags'],
  ['takes the free permalink', 'takes the same free permalink'],
  ['puts the post of nobody', 'puts the same post of nobody'],
] as const;

const all = Object.keys(writers);
// All pairs take minutes: a usual run takes every forty-first, and the rivals.
const every = process.env['ALL_PAIRS'] === undefined ? 41 : 1;
const pairs = all
  .flatMap((first, i) => all.slice(i).map((second) => [first, second] as const))
  .filter((_pair, index) => index % every === 0);

test.each([...rivals, ...pairs])('one %s while one %s', async (first, second) => {
  const serial = [await runInOrder(first, second, [0, 1]), await runInOrder(first, second, [1, 0])];
  for (const sql of holds) {
    await restore();
    const errors = await database.errorsOf(async () => {
      const outcome = await runAtOnce(first, second, sql);
      expect(serial).toContainEqual(outcome);
    });
    expect(errors).not.toContain('deadlock detected');
  }
});

/** What two writers lead to: an answer of each, and every row. */
type Outcome = {
  readonly answers: readonly string[];
  readonly rows: unknown;
};

async function restore(): Promise<void> {
  await database.empty();
  await writeBlog(database);
}

async function runInOrder(
  first: string,
  second: string,
  order: readonly [number, number],
): Promise<Outcome> {
  await restore();
  const answers: string[] = [];
  for (const index of order) {
    answers[index] = await run(index, [first, second][index] ?? '');
  }
  return { answers, rows: await readRows() };
}

async function runAtOnce(first: string, second: string, hold: string | null): Promise<Outcome> {
  await holder.query('BEGIN');
  if (hold !== null) await holder.query(hold);
  const both = [run(0, first), run(1, second)];
  let ended = 0;
  for (const one of both) void one.then(() => (ended += 1));
  while (hold !== null && ended + (await waiting()) < 2) await tick();
  await holder.query('ROLLBACK');
  return { answers: await Promise.all(both), rows: await readRows() };
}

async function run(index: number, writer: string): Promise<string> {
  const mutation = writers[writer];
  const service = services[index];
  if (!mutation || !service) throw new Error(`there is no writer ${writer}`);
  const { data, errors } = await post<{ result: MutationResult }>(
    service.url,
    mutationText(mutation.name),
    mutation.args,
  );
  expect(errors).toBeUndefined();
  const { __typename, issues = [] } = data.result;
  return [__typename, ...issues.map(({ code }) => code)].join(' ');
}

async function waiting(): Promise<number> {
  const [row] = await database.sql<{ count: number }>(
    `SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return row?.count ?? 0;
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}

// New rows have other ids in another order: they are known by their text.
async function readRows(): Promise<unknown> {
  const post = `coalesce(nullif(least(p.id, 101), 101)::text, p.title)`;
  const rows = await database.sql<Record<string, unknown>>(`
    SELECT
      (SELECT jsonb_agg(jsonb_build_array(${post}, p.title, p.author_id, p.lock_version) ORDER BY ${post})
         FROM posts p) AS posts,
      (SELECT jsonb_agg(jsonb_build_array(nullif(least(c.id, 101), 101), c.body, ${post}, c.lock_version) ORDER BY c.body)
         FROM comments c JOIN posts p ON p.id = post_id) AS comments,
      (SELECT jsonb_agg(jsonb_build_array(nullif(least(id, 101), 101), name) ORDER BY name) FROM tags) AS tags,
      (SELECT jsonb_agg(jsonb_build_array(${post}, t.name) ORDER BY ${post}, t.name)
         FROM posts_tags l JOIN posts p ON p.id = l.post_id JOIN tags t ON t.id = l.tag_id) AS links,
      (SELECT jsonb_agg(jsonb_build_array(l.id, l.url, ${post}) ORDER BY l.url)
         FROM permalinks l LEFT JOIN posts p ON p.id = l.post_id) AS permalinks,
      (SELECT jsonb_agg(jsonb_build_array(id, name, lock_version) ORDER BY id) FROM authors) AS authors`);
  return rows[0];
}
