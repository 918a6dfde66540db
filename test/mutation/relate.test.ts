import { makeInputMeter } from '../../src/mutation/input/meter.ts';
import { defineDomain, owned } from 'prisma-assoc/changeset';
import { mutate, standardMutationLimits } from 'prisma-assoc/mutation';
import { describe, expect, test } from 'vitest';
import { datamodel } from '../../src/generated/datamodel.ts';
import { readInput } from '../../src/mutation/request.ts';
import { useBlog } from '../support/blog.ts';
import { issuesOf, operationsOf, refusalOf, type Variables } from '../support/write.ts';

/* A cast under onUnknown RELATE: an id that is not in the list means the record that has it. */

const blog = useBlog();

const relate = (entries: readonly Variables[], terms: Variables = {}) => ({
  cast: { entries, onUnknown: 'RELATE', ...terms },
});
const updatePost = (input: Variables, id = '1') => blog.write('updatePost', { id, input });
const updateAuthor = (posts: Variables, id = '1') =>
  blog.write('updateAuthor', { id, input: { posts } });
const comments = [{ id: '11' }, { id: '12' }, { id: '13' }];
const tags = [{ id: '41' }, { id: '42' }];

describe('a record of elsewhere', () => {
  test('moves here with the changes of its entry: one UPDATE', async () => {
    const outcome = await updatePost({
      comments: relate([...comments, { id: '31', body: 'mine' }]),
    });
    expect(operationsOf(outcome)).toEqual([
      'UPDATE Comment 31 input.comments.cast.entries.3 GIVEN body: "long" -> "mine", postId: "3" -> "1"',
      'UNCHANGED Comment 11 input.comments.cast.entries.0 GIVEN',
      'UNCHANGED Comment 12 input.comments.cast.entries.1 GIVEN',
      'UNCHANGED Comment 13 input.comments.cast.entries.2 GIVEN',
    ]);
    expect(await blog.changes()).toEqual([
      '- comment 31 long, post 3, v1',
      '+ comment 31 mine, post 1, v2',
    ]);
  });

  test('moves here with what is sent below it, from another owner or from none', async () => {
    const outcome = await updateAuthor(
      relate([
        { id: '1' },
        { id: '2' },
        {
          id: '3',
          title: 'x',
          comments: { cast: { entries: [{ body: 'new' }] } },
          tags: relate([{ id: '43' }, { id: '41' }]),
          permalink: { cast: { entry: { id: '53', url: '/x' } } },
        },
        { id: '4' },
      ]),
    );
    expect(operationsOf(outcome).filter((line) => !line.startsWith('UNCHANGED'))).toEqual([
      'DELETE Comment 31 input.posts.cast.entries.2.comments REPLACED body: "long" -> null, postId: "3" -> null',
      'UPDATE Post 3 input.posts.cast.entries.2 GIVEN title: "Three" -> "x", authorId: "2" -> "1"',
      'UPDATE Permalink 53 input.posts.cast.entries.2.permalink.cast.entry GIVEN url: "/three" -> "/x"',
      'UPDATE Post 4 input.posts.cast.entries.3 GIVEN authorId: null -> "1"',
      'INSERT Comment 301 input.posts.cast.entries.2.comments.cast.entries.0 GIVEN body: null -> "new", postId: null -> "3"',
      'LINK Tag 41 input.posts.cast.entries.2.tags.cast.entries.1 GIVEN',
    ]);
  });

  test('is linked where it is a many_to_many, and stays where it is', async () => {
    const outcome = await updatePost({ tags: relate([...tags, { id: '43', name: 'zod' }]) });
    expect(operationsOf(outcome).filter((line) => !line.startsWith('UNCHANGED'))).toEqual([
      'UPDATE Tag 43 input.tags.cast.entries.2 GIVEN name: "prisma" -> "zod"',
      'LINK Tag 43 input.tags.cast.entries.2 GIVEN',
    ]);
    expect(await blog.changes()).toEqual([
      '- tag 43 prisma',
      '+ tag 43 zod',
      '+ link post 1 tag 43',
    ]);
  });

  test('comes to a new owner', async () => {
    const created = await blog.write('createPost', {
      input: {
        title: 'New',
        comments: relate([{ id: '31', lockVersion: 1 }, { body: 'new' }]),
        tags: relate([{ id: '43' }]),
      },
    });
    expect(operationsOf(created)).toEqual([
      'INSERT Post 201 input GIVEN title: null -> "New"',
      'UPDATE Comment 31 input.comments.cast.entries.0 GIVEN postId: "3" -> "201"',
      'INSERT Comment 301 input.comments.cast.entries.1 GIVEN body: null -> "new", postId: null -> "201"',
      'LINK Tag 43 input.tags.cast.entries.0 GIVEN',
      'UNCHANGED Tag 43 input.tags.cast.entries.0 GIVEN',
    ]);
  });

  test('comes to a new owner with what is sent below it, which is compared', async () => {
    const create = (entry: Variables) =>
      blog.write('createAuthor', {
        input: { name: 'New', posts: relate([{ id: '3', comments: { cast: entry } }]) },
      });
    const gone = { entries: [{ id: '999', lockVersion: 1 }] };
    expect(refusalOf(await create(gone))).toBe(
      'StaleEntry input.posts.cast.entries.0.comments.cast.entries.0 Comment 999',
    );
    const expected = { entries: [{ id: '31' }], expectedIds: [] };
    expect(refusalOf(await create(expected))).toBe(
      'StaleEntry input.posts.cast.entries.0.comments.cast.expectedIds Post 3',
    );
    await create({ entries: [{ id: '31', body: 'x' }] });
    expect(await blog.changes()).toEqual([
      '- post 3 Three, body third, author 2, v1',
      '- comment 31 long, post 3, v1',
      '+ author 101 New, v1',
      '+ post 3 Three, body third, author 101, v2',
      '+ comment 31 x, post 3, v2',
    ]);
  });

  test('is guarded by its lockVersion where it stands', async () => {
    const move = (lockVersion: number) =>
      updatePost({ comments: relate([...comments, { id: '31', lockVersion }]) });
    expect(refusalOf(await move(2))).toBe(
      'StaleEntry input.comments.cast.entries.3.lockVersion Comment 31',
    );
    expect(await blog.changes()).toEqual([]);
    await move(1);
    expect(await blog.changes()).toEqual([
      '- comment 31 long, post 3, v1',
      '+ comment 31 long, post 1, v2',
    ]);
  });

  test('is not counted by expectedIds', async () => {
    const entries = [...comments, { id: '31' }];
    const expecting = (...expectedIds: readonly string[]) =>
      updatePost({ comments: relate(entries, { expectedIds }) });
    expect(refusalOf(await expecting('11', '12', '13', '31'))).toBe(
      'StaleEntry input.comments.cast.expectedIds Post 1',
    );
    expect((await expecting('11', '12', '13')).__typename).toBe('UpdatePostSuccess');
  });

  test('keeps its order of errors: what is wrong with an entry stands at it', async () => {
    const outcome = await updateAuthor(
      relate([{ id: '3', title: '', comments: relate([{ id: '999' }, { id: '31', body: ' ' }]) }]),
    );
    expect(issuesOf(outcome)).toEqual([
      'REQUIRED input.posts.cast.entries.0.title',
      'NOT_IN_ASSOCIATION input.posts.cast.entries.0.comments.cast.entries.0.id',
      'REQUIRED input.posts.cast.entries.0.comments.cast.entries.1.body',
    ]);
  });
});

describe('what is here though outside the scope is changed in place', () => {
  const scope = { id: { equals: '11' } };

  test('of a has_many', async () => {
    const outcome = await updatePost({
      comments: relate([{ id: '13', body: 'x' }, { id: '12' }], { scope }),
    });
    expect(operationsOf(outcome)).toEqual([
      'DELETE Comment 11 input.comments REPLACED body: "great" -> null, postId: "1" -> null',
      'UPDATE Comment 13 input.comments.cast.entries.0 GIVEN body: "thanks" -> "x"',
      'UNCHANGED Comment 12 input.comments.cast.entries.1 GIVEN',
    ]);
  });

  test('of a many_to_many, which is linked already', async () => {
    const outcome = await updatePost({
      tags: relate([{ id: '42', name: 'x' }, { id: '43' }], { scope: { id: { equals: '41' } } }),
    });
    expect(operationsOf(outcome)).toEqual([
      'UNLINK Tag 41 input.tags REPLACED',
      'UPDATE Tag 42 input.tags.cast.entries.0 GIVEN name: "elixir" -> "x"',
      'LINK Tag 43 input.tags.cast.entries.1 GIVEN',
      'UNCHANGED Tag 43 input.tags.cast.entries.1 GIVEN',
    ]);
  });

  test('and not deleted', async () => {
    const entries = [{ id: '12', delete: true }];
    expect(issuesOf(await updatePost({ comments: relate(entries, { scope }) }))).toEqual([
      'NOT_IN_ASSOCIATION input.comments.cast.entries.0.id',
    ]);
  });
});

describe('a record that is related and named elsewhere in the request', () => {
  const ofPosts = (first: Variables, second: Variables) =>
    updateAuthor({
      cast: {
        entries: [
          { id: '1', comments: first },
          { id: '2', comments: second },
        ],
      },
    });
  const second = 'input.posts.cast.entries.1.comments';
  const taken = relate([...comments, { id: '21' }]);

  test.each([
    ['related', relate([{ id: '31' }]), relate([{ id: '21' }, { id: '31' }]), 'cast.entries.1'],
    ['put', relate([{ id: '31' }]), { put: { refs: [{ id: '21' }, { id: '31' }] } }, 'put.refs.1'],
    ['kept in its list', taken, { cast: { entries: [{ id: '21' }] } }, 'cast.entries.0'],
    ['changed', taken, { cast: { entries: [{ id: '21', body: 'x' }] } }, 'cast.entries.0'],
    ['deleted', taken, { cast: { entries: [{ id: '21', delete: true }] } }, 'cast.entries.0'],
  ])('is CONFLICTING_INPUT where it is %s', async (_what, first, other, place) => {
    expect(issuesOf(await ofPosts(first, other))).toEqual([`CONFLICTING_INPUT ${second}.${place}`]);
    expect(await blog.changes()).toEqual([]);
  });

  test.each([
    ['cast', { cast: { entries: [], onReplace: 'DELETE' } }],
    ['cast', { cast: { entries: [], onReplace: 'MARK_AS_INVALID' } }],
    ['put', { put: { refs: [], onReplace: 'DELETE' } }],
    ['put', { put: { refs: [], onReplace: 'MARK_AS_INVALID' } }],
  ])('moves where its list leaves it out, whatever the onReplace of that %s', async (_, other) => {
    const outcome = await ofPosts(taken, other);
    expect(operationsOf(outcome).filter((line) => !line.startsWith('UNCHANGED'))).toEqual([
      'UPDATE Comment 21 input.posts.cast.entries.0.comments.cast.entries.3 GIVEN postId: "2" -> "1"',
    ]);
  });

  test('is put where another list leaves it out, which loses only the rest', async () => {
    const left = { cast: { entries: [{ id: '12' }], onReplace: 'MARK_AS_INVALID' } };
    const put = { put: { refs: [{ id: '11' }, { id: '21' }] } };
    expect(await ofPosts(left, put)).toMatchObject({ issues: [{ params: { ids: ['13'] } }] });
  });

  test('moves where its owner goes', async () => {
    const outcome = await updateAuthor({
      cast: {
        entries: [
          { id: '1', comments: taken },
          { id: '2', delete: true },
        ],
      },
    });
    expect(outcome.__typename).toBe('UpdateAuthorSuccess');
    expect(await blog.changes()).toEqual([
      '- post 2 Two, body null, author 1, v1',
      '- comment 21 short, post 2, v1',
      '+ comment 21 short, post 1, v2',
    ]);
  });

  test('may be linked twice, and changed once', async () => {
    const link = (first: Variables, other: Variables) =>
      updateAuthor({
        cast: {
          entries: [
            { id: '1', tags: relate([...tags, { id: '43', ...first }]) },
            { id: '2', tags: relate([{ id: '43', ...other }]) },
          ],
        },
      });
    expect(issuesOf(await link({ name: 'x' }, { name: 'y' }))).toEqual([
      'CONFLICTING_INPUT input.posts.cast.entries.1.tags.cast.entries.0',
    ]);
    await link({ name: 'x' }, {});
    expect(await blog.changes()).toEqual([
      '- tag 43 prisma',
      '+ tag 43 x',
      '+ link post 1 tag 43',
      '+ link post 2 tag 43',
    ]);
  });
});

test('nothing of elsewhere is reached unless it is asked for', async () => {
  const outcome = await updateAuthor({
    cast: {
      entries: [
        { id: '1' },
        { id: '2' },
        { id: '3', comments: relate([{ id: '11', body: 'mine' }]) },
      ],
    },
  });
  expect(issuesOf(outcome)).toContain('NOT_IN_ASSOCIATION input.posts.cast.entries.2.id');
  expect(await blog.changes()).toEqual([]);
});

test.each([
  ['relate', true, 'issue', 'relate'],
  ['relate', false, 'issue', 'issue'],
  ['issue', true, 'relate', 'issue'],
] as const)('%s sent, where relate is %s and the rule %s, is %s', (sent, relate, rule, read) => {
  const domain = defineDomain(datamodel, {
    Post: { associations: { comments: owned({ relate, onUnknown: rule }) } },
    Comment: {},
  });
  const input = { comments: { cast: { entries: [], onUnknown: sent } } };
  const request = { kind: 'update', aggregate: domain.aggregate('Post'), id: '1', input } as const;
  expect(
    readInput({ toWhere: () => ({}), meter: makeInputMeter(standardMutationLimits) }, request)
      .tools,
  ).toMatchObject([{ onUnknown: read }]);
});

describe('where the domain declares relate of a to-one, its record of elsewhere comes here:', () => {
  const version = 'lockVersion';
  const domain = defineDomain(datamodel, {
    Author: { version, cast: ['name'] },
    Post: {
      version,
      associations: {
        author: { cast: { relate: true } },
        permalink: { cast: { allowed: ['nilify'], default: 'nilify', relate: true } },
      },
    },
    Permalink: { cast: ['url'] },
  });

  test.each([
    [
      'a belongs_to',
      { author: { cast: { entry: { id: '2', name: 'Rob' }, onUnknown: 'relate' } } },
      [
        '- author 2 Bob, v1',
        '- post 1 One, body first, author 1, v1',
        '+ author 2 Rob, v2',
        '+ post 1 One, body first, author 2, v2',
      ],
    ],
    [
      'a has_one',
      { permalink: { cast: { entry: { id: '53', url: '/x' }, onUnknown: 'relate' } } },
      [
        '- permalink 51 /one, post 1',
        '- permalink 53 /three, post 3',
        '+ permalink 51 /one, post null',
        '+ permalink 53 /x, post 1',
      ],
    ],
  ])('%s', async (_kind, input, changes) => {
    const { client } = blog.database;
    const setup = { client, domain, toWhere: () => ({}), limits: standardMutationLimits };
    const aggregate = domain.aggregate('Post');
    expect(await mutate(setup, { kind: 'update', aggregate, id: '1', input })).toMatchObject({
      kind: 'success',
    });
    expect(await blog.changes()).toEqual(changes);
  });
});

test('a request under an idempotency key relates once, and tells it again', async () => {
  const send = () =>
    blog.write('updatePost', {
      id: '1',
      input: { comments: relate([...comments, { id: '31' }]) },
      options: { idempotencyKey: 'once' },
    });
  const first = await send();
  await updatePost({ comments: relate([{ id: '31' }]) }, '3');
  expect((await send()).changeset).toEqual(first.changeset);
  expect(await blog.changes()).toEqual([
    '- comment 31 long, post 3, v1',
    '+ comment 31 long, post 3, v3',
  ]);
});

test('any number of records of elsewhere is read by as many statements as one', async () => {
  await blog.database.sql(
    "INSERT INTO comments (id, body, post_id) SELECT n, 'c', 1 + n % 3 FROM generate_series(1000, 1039) AS n",
  );
  const readsOf = async (count: number) => {
    const entries = Array.from({ length: count }, (_, i) => ({ id: String(1_000 + i) }));
    const statements = await blog.statementsOf(async () => {
      const outcome = await updatePost({ comments: relate(entries) }, '4');
      expect(outcome.__typename).toBe('UpdatePostSuccess');
    });
    return statements.filter(({ sql }) => sql.startsWith('SELECT')).length;
  };
  const one = await readsOf(1);
  expect(await readsOf(40)).toBe(one);
});
