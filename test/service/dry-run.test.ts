import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  CastComment,
  CastPostComments,
  CommentWhere,
  PostCommentsInput,
  UpdatePostInput,
} from '../generated/graphql.ts';
import { changesetOf } from '../support/changeset.ts';
import { useDatabase } from '../support/database.ts';
import { holds } from '../support/holds.ts';
import { changesOf, changesOfRows, withoutNewIds } from '../support/row-changes.ts';
import { readTables, rowOf, type Tables } from '../support/rows.ts';
import { useService } from '../support/service.ts';
import { updatePost } from './documents.ts';

/*
 * Random writes to random posts: what a dry run tells, what the real run tells and what happens to
 * the rows agree. On a failure fast-check prints the seed, and the smallest post and request that
 * fail.
 */

const database = useDatabase('once');
const service = useService(database);

/** Post 7 with comments 10, 11 and so on. Beside it is post 8 with comments 20 and 21. */
interface Blog {
  readonly author: number | null;
  readonly bodies: readonly string[];
}

const anyBody = fc.constantFrom('a', 'b', 'c');
const anyBlog: fc.Arbitrary<Blog> = fc.record({
  author: fc.constantFrom(1, 2, null),
  bodies: fc.array(anyBody, { maxLength: 5 }),
});

async function writeBlog({ author, bodies }: Blog): Promise<void> {
  const comments = [
    ...bodies.map((body, i) => `(${10 + i}, 7, '${body}')`),
    `(20, 8, 'first'), (21, 8, 'second')`,
  ];
  await database.sql(`
    DELETE FROM comments; DELETE FROM posts; DELETE FROM authors;
    INSERT INTO authors (id, name) VALUES (1, 'Ann'), (2, 'Bob');
    INSERT INTO posts (id, title, author_id) VALUES (7, 'A', ${author}), (8, 'B', NULL);
    INSERT INTO comments (id, post_id, body) VALUES ${comments.join(', ')};
    SELECT setval(pg_get_serial_sequence(name, 'id'), 100)
      FROM unnest(ARRAY['authors', 'posts', 'comments']) AS name;
  `);
}

/**
 * What becomes of the comment at a place in the list; where the post has none there, a new one is
 * listed.
 */
const anyItem = fc.record({
  fate: fc.constantFrom('keep', 'same', 'change', 'leave', 'delete'),
  body: anyBody,
  version: fc.option(fc.constant(1)),
  order: fc.nat(9),
});
type Item = typeof anyItem extends fc.Arbitrary<infer T> ? T : never;

const anyTerms = fc.record({
  onReplace: fc.constantFrom('DELETE', 'DELETE', 'DELETE', 'MARK_AS_INVALID'),
  scope: fc.constantFrom<(CommentWhere | undefined)[]>(
    undefined,
    undefined,
    undefined,
    { id: { gt: '11' } },
    { body: { not: 'a' } },
  ),
});
type Terms = typeof anyTerms extends fc.Arbitrary<infer T> ? T : never;

function toCast({ bodies }: Blog, items: readonly Item[], terms: Terms): CastPostComments {
  const entries = items
    .map((item, i) => ({ ...item, id: 10 + i, stored: bodies[i] }))
    .toSorted((a, b) => a.order - b.order)
    .flatMap(({ fate, body, version, id, stored }): CastComment[] => {
      if (fate === 'leave') return [];
      if (stored === undefined) return [{ body }];
      const entry = { id: String(id), lockVersion: version };
      if (fate === 'delete') return [{ ...entry, delete: true }];
      if (fate === 'keep') return [entry];
      return [{ ...entry, body: fate === 'same' ? stored : body }];
    });
  return { ...terms, entries };
}

const anyRest: fc.Arbitrary<UpdatePostInput> = fc
  .tuple(
    fc.constantFrom({}, { title: 'A' }, { title: 'B', body: 'b' }, { lockVersion: 1 }),
    fc.constantFrom<UpdatePostInput>(
      {},
      {},
      { authorId: '1' },
      { authorId: null },
      { author: { put: { ref: { id: '2' } } } },
      { author: { cast: { entry: null } } },
      { author: { cast: { entry: { name: 'Cleo' } } } },
      { author: { cast: { entry: { name: 'Ann' }, onReplace: 'UPDATE' } } },
    ),
  )
  .map(([own, author]) => ({ ...own, ...author }));

test('200 random casts: a dry run, the real run and the rows agree', async () => {
  await allAgree(200, fc.array(anyItem, { maxLength: 7 }), (blog, items, terms) => ({
    cast: toCast(blog, items, terms),
  }));
});

test('random puts and builds: a dry run, the real run and the rows agree', async () => {
  const stored = fc.subarray(['10', '11', '12', '20', '21']);
  const unknown = fc.subarray(['10', '13', '14', '999'], { minLength: 1 });
  const ids = fc.oneof({ weight: 9, arbitrary: stored }, { weight: 1, arbitrary: unknown });
  await allAgree(60, fc.tuple(fc.boolean(), ids), (_blog, [puts, sent], terms) =>
    puts
      ? { put: { ...terms, refs: sent.map((id) => ({ id })) } }
      : { build: sent.map((id) => ({ body: id })) },
  );
});

async function allAgree<Sent>(
  numRuns: number,
  anySent: fc.Arbitrary<Sent>,
  toComments: (blog: Blog, sent: Sent, terms: Terms) => PostCommentsInput,
): Promise<void> {
  const cases = fc.record({
    blog: anyBlog,
    sent: anySent,
    terms: anyTerms,
    rest: anyRest,
  });
  const answers: Answer[] = [];
  await holds(
    cases,
    async ({ blog, sent, terms, rest }) => {
      const comments = toComments(blog, sent, terms);
      answers.push(await agree(blog, { ...rest, comments }));
    },
    { numRuns },
  );
  // Some are refused, dry or not; most must not be for this to say anything.
  const written = answers.filter((answer) => answer === 'written');
  expect(written.length).toBeGreaterThan(answers.length / 2);
}

type Answer = 'written' | 'refused';

/** Runs a write dry and in earnest. */
async function agree(blog: Blog, input: UpdatePostInput): Promise<Answer> {
  await writeBlog(blog);
  const before = await readTables(database);
  const dry = await send(input, true);
  expect(await readTables(database)).toEqual(before);
  const real = await send(input, false);
  const after = await readTables(database);
  if (dry.__typename !== 'DryRun') {
    expect(real).toEqual(dry);
    expect(after).toEqual(before);
    return 'refused';
  }
  expect(real.__typename).toBe('UpdatePostSuccess');
  const done = changesetOf(real);
  expect(changesetOf(dry)).toEqual(withoutNewIds(done));
  expect(changesOf(done)).toEqual(changesOfRows(before, after));
  for (const { action, type, id } of done.operations) {
    if (action === 'UPDATE') expect(versionOf(after, type, id)).toBe(2);
  }
  return 'written';
}

async function send(input: UpdatePostInput, dryRun: boolean) {
  const { data, errors } = await service.send(updatePost, {
    id: '7',
    input,
    options: { dryRun },
  });
  expect(errors).toBeUndefined();
  return data.updatePost;
}

function versionOf(tables: Tables, type: string, id: string | null): unknown {
  const table = `${type.toLowerCase()}s`;
  if (table !== 'authors' && table !== 'posts' && table !== 'comments') throw new Error(type);
  return rowOf(tables, table, Number(id))?.['lock_version'];
}
