import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { type Changeset, change } from '../../src/changeset/changeset.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import type { OnReplace } from '../../src/model/model.ts';
import { buildStruct, type Struct } from '../../src/model/struct.ts';
import type { Values } from '../../src/model/value.ts';
import { assignKeys, openKeys } from '../../src/plan/assign-keys.ts';
import { toNestedWrite } from '../../src/plan/prisma/nested-write.ts';
import { isWrite, type Plan } from '../../src/plan/plan.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { stored, storedComment } from '../support/blog-changesets.ts';
import { holds } from '../support/holds.ts';
import { rowKey, writesOfCalls, writesOfPlan } from '../support/nested-order.ts';

const now = new Date('2026-11-23T09:00:00Z');
const raised = { lockVersion: { increment: 1 }, updatedAt: now };
const keyOf = (model: string) => getModel(blog.models, model).primaryKey;
const fresh = (model: string, fields: Values) => buildStruct(getModel(blog.models, model), fields);
const put = (
  record: Struct | Changeset,
  association: string,
  value: unknown,
  onReplace: OnReplace = 'delete',
) => putAssoc(change(record), association, value, { onReplace });

/** The plan of a changeset, with keys from 101 on for its new rows. */
function planOf(changeset: Changeset): Plan {
  const { plan } = planWrite(changeset);
  const made = openKeys(plan, keyOf).map(
    ({ number }, i) => [number, { id: BigInt(101 + i) }] as const,
  );
  return assignKeys(plan, new Map(made), keyOf);
}

const callsOf = (changeset: Changeset) =>
  toNestedWrite(planOf(changeset), { models: blog.models, now });

/** Calls without what Prisma is to give back. */
const shownOf = (changeset: Changeset) =>
  callsOf(changeset).map(({ model, method, args: { select: _select, ...args }, operations }) => ({
    model,
    method,
    ...args,
    operations,
  }));

const c10 = storedComment(10n, 7n, 'ten');
const c11 = storedComment(11n, 7n, 'eleven');
const c20 = storedComment(20n, 8n, 'twenty');
const link5 = stored('Permalink', { id: 5n, url: '/a', postId: 7n });
const tag1 = stored('Tag', { id: 1n, name: 'ecto' });
const post7 = stored(
  'Post',
  { id: 7n, title: 'A', authorId: null },
  { author: null, comments: [c10, c11], permalink: link5, tags: [tag1] },
);

describe('toNestedWrite nests what it can without losing the order', () => {
  test('new rows, three levels of them, in one call', () => {
    const changeset = put(fresh('Author', { name: 'A' }), 'posts', [
      put(fresh('Post', { title: 'P' }), 'comments', [
        fresh('Comment', { body: 'a' }),
        fresh('Comment', { body: 'b' }),
      ]),
    ]);
    expect(shownOf(changeset)).toEqual([
      {
        model: 'Author',
        method: 'create',
        data: {
          id: 101n,
          name: 'A',
          lockVersion: 1,
          posts: {
            create: [
              {
                id: 102n,
                title: 'P',
                lockVersion: 1,
                comments: {
                  create: [
                    { id: 103n, body: 'a', lockVersion: 1 },
                    { id: 104n, body: 'b', lockVersion: 1 },
                  ],
                },
              },
            ],
          },
        },
        operations: [0, 1, 2, 3],
      },
    ]);
  });

  test('the row with its children and its links', () => {
    const changeset = put(
      put(change(post7, { title: 'new' }), 'comments', [change(c11, { body: 'b' })]),
      'tags',
      [stored('Tag', { id: 2n, name: 'elixir' })],
    );
    expect(shownOf(changeset)).toEqual([
      {
        model: 'Post',
        method: 'update',
        where: { id: 7n },
        data: {
          title: 'new',
          ...raised,
          comments: { delete: [{ id: 10n }] },
          postTags: { deleteMany: { tagId: { in: [1n] } } },
        },
        operations: [0, 1, 2],
      },
      {
        model: 'Post',
        method: 'update',
        where: { id: 7n },
        data: {
          comments: {
            update: [{ where: { id: 11n }, data: { body: 'b', ...raised } }],
          },
          postTags: { create: [{ tagId: 2n }] },
        },
        operations: [3, 4],
      },
    ]);
  });

  test('a permalink into the insert of its post alone: over one that is there Prisma would detach it', () => {
    const link = fresh('Permalink', { url: '/b' });
    expect(shownOf(put(fresh('Post', { title: 'P' }), 'permalink', link))).toEqual([
      {
        model: 'Post',
        method: 'create',
        data: {
          id: 101n,
          title: 'P',
          lockVersion: 1,
          permalink: { create: { id: 102n, url: '/b' } },
        },
        operations: [0, 1],
      },
    ]);
    expect(shownOf(put(post7, 'permalink', link))).toEqual([
      {
        model: 'Permalink',
        method: 'delete',
        where: { id: 5n },
        operations: [0],
      },
      {
        model: 'Permalink',
        method: 'create',
        data: { id: 101n, url: '/b', postId: 7n },
        operations: [1],
      },
    ]);
  });

  test('a row that moves in a call of its own, for Prisma would look for it in its new owner', () => {
    expect(shownOf(put(post7, 'comments', [c10, c11, c20]))).toEqual([
      {
        model: 'Comment',
        method: 'update',
        where: { id: 20n },
        data: { postId: 7n, ...raised },
        operations: [0],
      },
    ]);
  });

  test('a parent in a call of its own, before the row', () => {
    const changeset = put(
      change(post7, { title: 'new' }),
      'author',
      fresh('Author', { name: 'A' }),
      'nilify',
    );
    expect(shownOf(changeset)).toEqual([
      {
        model: 'Author',
        method: 'create',
        data: { id: 101n, name: 'A', lockVersion: 1 },
        operations: [0],
      },
      {
        model: 'Post',
        method: 'update',
        where: { id: 7n },
        data: { title: 'new', authorId: 101n, ...raised },
        operations: [1],
      },
    ]);
  });

  test('nothing where nothing is written', () => {
    expect(callsOf(put(post7, 'comments', [c10, c11]))).toEqual([]);
  });

  test('nothing at all one by one', () => {
    const plan = planOf(put(post7, 'comments', [c11, fresh('Comment', { body: 'b' })]));
    expect(
      toNestedWrite(plan, { models: blog.models, now, oneByOne: true }).map(
        ({ model, method, operations }) => [model, method, ...operations],
      ),
    ).toEqual([
      ['Comment', 'delete', 0],
      ['Comment', 'create', 1],
    ]);
  });

  test('and refuses a plan whose keys are not assigned', () => {
    const { plan } = planWrite(change(fresh('Author', { name: 'A' })));
    expect(() => toNestedWrite(plan, { models: blog.models, now })).toThrow(
      'cannot translate the plan: its new row 0 has no key. Assign keys first.',
    );
  });
});

describe('any plan', () => {
  /*
   * An author with posts 1 to 3, each with three comments, a permalink and a tag. A fate for each
   * says what becomes of it; the rest of a list is removed.
   */
  const anyFate = fc.constantFrom('keep', 'change', 'leave', 'new');
  const anyPost = fc.record({
    fate: anyFate,
    comments: fc.array(anyFate, { maxLength: 4 }),
    moved: fc.boolean(),
    permalink: fc.constantFrom('untouched', 'change', 'leave', 'new'),
    tags: fc.subarray([1, 2, 3]),
    newTag: fc.boolean(),
  });
  type Fates = typeof anyPost extends fc.Arbitrary<infer T> ? T : never;

  const tag = (id: number) => stored('Tag', { id: BigInt(id), name: `tag ${id}` });
  const commentOf = (post: number, i: number) =>
    storedComment(BigInt(10 * post + i), BigInt(post), `comment ${i}`);
  const permalinkOf = (post: number) =>
    stored('Permalink', {
      id: BigInt(post),
      url: `/${post}`,
      postId: BigInt(post),
    });
  const storedPost = (id: number) =>
    stored(
      'Post',
      { id: BigInt(id), title: 'A', authorId: 1n },
      {
        comments: [0, 1, 2].map((i) => commentOf(id, i)),
        permalink: permalinkOf(id),
        tags: [tag(1)],
      },
    );

  function postAfter(index: number, fates: Fates): Changeset[] {
    const id = index + 1;
    if (fates.fate === 'leave') return [];
    const isNew = fates.fate === 'new' || id > 3;
    const start = isNew
      ? change(fresh('Post', { title: 'new' }))
      : change(storedPost(id), fates.fate === 'change' ? { title: 'B' } : {});
    const comments = fates.comments.flatMap((fate, i): Changeset[] => {
      if (fate === 'leave') return [];
      if (fate === 'new' || isNew || i > 2) return [change(fresh('Comment', { body: 'new' }))];
      return [change(commentOf(id, i), fate === 'change' ? { body: 'b' } : {})];
    });
    // The comment of a post that is nobody's here: put, it moves.
    const moved = fates.moved ? [storedComment(BigInt(900 + id), 9n, 'moves')] : [];
    const tags = [
      ...fates.tags.map(tag),
      ...(fates.newTag ? [fresh('Tag', { name: `new ${id}` })] : []),
    ];
    const whole = put(put(start, 'comments', [...comments, ...moved]), 'tags', tags);
    const permalinks: Record<Fates['permalink'], () => Changeset> = {
      untouched: () => whole,
      leave: () => put(whole, 'permalink', null),
      new: () => put(whole, 'permalink', fresh('Permalink', { url: `/new/${id}` })),
      change: () =>
        isNew ? whole : put(whole, 'permalink', change(permalinkOf(id), { url: `/other/${id}` })),
    };
    return [permalinks[fates.permalink]()];
  }

  const author = stored('Author', { id: 1n, name: 'A' }, { posts: [1, 2, 3].map(storedPost) });
  const anyPlan = fc
    .tuple(fc.boolean(), fc.array(anyPost, { maxLength: 5 }))
    .map(([renamed, posts]) =>
      planOf(
        put(
          change(author, renamed ? { name: 'B' } : {}),
          'posts',
          posts.flatMap((fates, i) => postAfter(i, fates)),
        ),
      ),
    );

  test('is run by the nested calls in its own order, every write once', async () => {
    await holds(anyPlan, (plan) => {
      const calls = toNestedWrite(plan, { models: blog.models, now });
      expect(writesOfCalls(calls)).toEqual(writesOfPlan(plan));
      const written = plan.operations.flatMap((operation, i) => (isWrite(operation) ? [i] : []));
      expect(calls.flatMap(({ operations }) => operations)).toEqual(written);
    });
  });

  test('is run in the same order one by one', async () => {
    await holds(anyPlan, (plan) => {
      const calls = toNestedWrite(plan, { models: blog.models, now, oneByOne: true });
      expect(writesOfCalls(calls)).toEqual(writesOfPlan(plan));
      expect(calls.every(({ operations }) => operations.length === 1)).toBe(true);
    });
  });

  test('inserts what a row refers to before the row, and deletes it after', async () => {
    await holds(anyPlan, ({ operations }) => {
      const place = new Map(
        operations.map(({ action, model, row }, i) => [`${action} ${model} ${rowKey(row)}`, i]),
      );
      operations.forEach((operation, i) => {
        if (operation.action === 'unchanged' || !operation.via) return;
        const { model, row } = operation.via;
        const owner = `${model} ${rowKey(row)}`;
        expect(place.get(`insert ${owner}`) ?? -1).toBeLessThan(i);
        expect(place.get(`delete ${owner}`) ?? Infinity).toBeGreaterThan(i);
      });
    });
  });
});
