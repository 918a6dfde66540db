import { expect, test } from 'vitest';
import { blog } from '../../src/blog/domain.ts';
import { castAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import { assignKeys } from '../../src/plan/assign-keys.ts';
import { toNestedWrite } from '../../src/plan/prisma/nested-write.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { castComment, stored, storedComment } from '../support/blog-changesets.ts';

const post = stored(
  'Post',
  { id: 7n, title: 'A story...', lockVersion: 1 },
  {
    comments: [
      storedComment(10n, 7n, 'Great story!'),
      storedComment(11n, 7n, 'What happened next?'),
      storedComment(12n, 7n, 'Thanks for the article'),
    ],
  },
);

const comments = [
  { id: '11', body: 'What happened next?' },
  { id: '12', body: 'Thank you for the post' },
  { body: 'Interesting' },
];

const changeset = castAssoc(cast(post, { comments }, []), 'comments', {
  with: castComment,
  onReplace: 'delete',
  itemAt: (index) => ['comments', 'cast', 'entries', index],
  keepUnchanged: true,
});

const via = {
  model: 'Post',
  row: { key: { id: 7n } },
  association: 'comments',
};
const constraints = [
  {
    kind: 'foreignKey',
    name: 'comments_post_id_fkey',
    field: 'postId',
    message: 'does not exist',
    referenced: false,
    code: 'FOREIGN_KEY',
    match: 'exact',
  },
];

test('planWrite plans DELETE 10, UPDATE 12 and INSERT one, and shows what stays', () => {
  const { plan, issues, newRows } = planWrite(changeset, { root: ['input'] });
  expect(plan).toEqual({
    operations: [
      {
        action: 'delete',
        model: 'Comment',
        row: { key: { id: 10n } },
        path: ['input', 'comments'],
        reason: 'replaced',
        via,
        from: { id: 10n, body: 'Great story!', postId: 7n, lockVersion: 1 },
        expects: { postId: 7n },
        ifExists: false,
        constraints: [],
      },
      {
        action: 'update',
        model: 'Comment',
        row: { key: { id: 12n } },
        path: ['input', 'comments', 'cast', 'entries', 1],
        reason: 'given',
        via,
        from: { body: 'Thanks for the article' },
        changes: { body: 'Thank you for the post' },
        references: [],
        expects: { postId: 7n },
        constraints,
      },
      {
        action: 'insert',
        model: 'Comment',
        row: { new: 0 },
        path: ['input', 'comments', 'cast', 'entries', 2],
        reason: 'given',
        via,
        values: { body: 'Interesting', postId: 7n, lockVersion: 1 },
        references: [],
        constraints,
      },
      {
        action: 'unchanged',
        model: 'Post',
        row: { key: { id: 7n } },
        path: ['input'],
        reason: 'given',
        expects: {},
      },
      {
        action: 'unchanged',
        model: 'Comment',
        row: { key: { id: 11n } },
        path: ['input', 'comments', 'cast', 'entries', 0],
        reason: 'given',
        expects: { postId: 7n },
      },
    ],
  });
  expect(issues).toEqual([]);
  expect(newRows.map(({ changes }) => changes)).toEqual([{ body: 'Interesting' }]);
});

test('toNestedWrite makes one call of it, which deletes, updates and creates in this order', () => {
  const { plan } = planWrite(changeset, { root: ['input'] });
  const keyed = assignKeys(
    plan,
    new Map([[0, { id: 13n }]]),
    (model) => getModel(blog.models, model).primaryKey,
  );
  const now = new Date('2026-11-23T09:00:00Z');
  const calls = toNestedWrite(keyed, { models: blog.models, now });
  expect(calls).toEqual([
    {
      model: 'Post',
      method: 'update',
      args: {
        where: { id: 7n },
        data: {
          comments: {
            delete: [{ id: 10n }],
            update: [
              {
                where: { id: 12n },
                data: {
                  body: 'Thank you for the post',
                  lockVersion: { increment: 1 },
                  updatedAt: now,
                },
              },
            ],
            create: [{ id: 13n, body: 'Interesting', lockVersion: 1 }],
          },
        },
        select: { id: true },
      },
      operations: [0, 1, 2],
    },
  ]);
  // Prisma runs the words in the order in which they stand.
  expect(
    JSON.stringify(calls, (_name, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  ).toMatch(/"delete":.*"update":.*"create":/);
});
