import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { type Changeset, change, putAction } from '../../src/changeset/changeset.ts';
import { optimisticLock } from '../../src/changeset/optimistic-lock.ts';
import { getModel } from '../../src/model/datamodel/read-models.ts';
import { buildStruct, loadStruct, withAssoc } from '../../src/model/struct.ts';
import { rowKeyText } from '../../src/model/key.ts';
import { toNestedWrite } from '../../src/plan/prisma/nested-write.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { readCaseModels } from '../ecto/models.ts';

const models = readCaseModels({
  author: { onReplace: 'nilify' },
  comments: { onReplace: 'delete' },
  lock: true,
  timestamps: true,
});
const modelOf = (name: string) => getModel(models, name);
const author = (id: bigint) => loadStruct(modelOf('Author'), { id, name: `author ${id}` });
const comment = (id: bigint) =>
  loadStruct(modelOf('Comment'), {
    id,
    body: `comment ${id}`,
    post_id: 7n,
    lock_version: 1,
  });
const tag = loadStruct(modelOf('Tag'), { id: 1n, name: 'tag' });
const post = loadStruct(
  modelOf('Post'),
  { id: 7n, title: 'A', author_id: 1n, lock_version: 1, updated_at: null },
  { author: author(1n), comments: [comment(10n), comment(11n)] },
);

const operationsOf = (changeset: Changeset) => planWrite(changeset).plan.operations;

describe('a lock', () => {
  test('is compared only where its record is written', () => {
    const comments = [{ id: 10, body: 'new' }, { id: 11 }];
    const changeset = castAssoc(cast(post, { comments }, []), 'comments', {
      with: (child, params) => optimisticLock(cast(child, params, ['body']), 'lock_version'),
    });
    expect(operationsOf(changeset)).toMatchObject([
      { action: 'update', model: 'Post' },
      { action: 'update', expects: { post_id: 7n, lock_version: 1 } },
      { action: 'unchanged', expects: { post_id: 7n } },
    ]);
    expect(operationsOf(changeset)[2]).not.toHaveProperty(['expects', 'lock_version']);
  });
});

test('a lock raises the version of an insert too', () => {
  const built = buildStruct(modelOf('Post'), { title: 'new' });
  const changeset = optimisticLock(change(built), 'lock_version');
  expect(operationsOf(changeset)).toMatchObject([
    { action: 'insert', values: { title: 'new', lock_version: 2 } },
  ]);
});

describe('a foreign key and its belongs_to', () => {
  const refused =
    'cannot change "author" of Post: its foreign key "author_id" is set to another record. Change one of them.';

  test.each([
    ['another record', 2n, author(3n)],
    ['none', 2n, null],
    ['a new record', null, { name: 'new' }],
  ])('cannot be changed to different records: %s', (_what, key, value) => {
    const changed = change(post, { author_id: key });
    const changeset = putAssoc(changed, 'author', value);
    expect(() => planWrite(changeset)).toThrow(refused);
  });

  test('may both be changed to the same record', () => {
    const changed = change(post, { author_id: 2n });
    const changeset = putAssoc(changed, 'author', author(2n));
    expect(operationsOf(changeset)).toContainEqual(
      expect.objectContaining({ model: 'Post', changes: { author_id: 2n } }),
    );
  });
});

test.each([
  ['comments', 'Comment', [putAction(change(comment(10n)), 'delete')]],
  ['tags', 'Tag', [putAction(change(tag), 'delete')]],
  ['author', 'Author', putAction(change(author(1n)), 'delete')],
])('no record of %s is deleted while its owner is inserted', (...row) => {
  const [assoc, model, value] = row;
  const owner = buildStruct(modelOf('Post'), { title: 'new' });
  const changeset = putAssoc(change(owner), assoc, value);
  expect(() => planWrite(changeset)).toThrow(
    `cannot delete ${model} of Post.${assoc}: its owner is being inserted.`,
  );
});

test('a record that is linked already is not linked again by being named twice', () => {
  const tagged = withAssoc(post, 'tags', [tag]);
  const other = loadStruct(modelOf('Tag'), { id: 2n, name: 'other' });
  const changeset = putAssoc(change(tagged), 'tags', [tag, tag, other]);
  const links = operationsOf(changeset).filter(({ action }) => action === 'link');
  expect(links).toMatchObject([{ row: { key: { id: 2n } } }]);
});

test('a cast of a belongs_to touches the owner of what it changes', () => {
  const params = { author: { id: 1, name: 'new' } };
  const touched = (forceUpdateOnChange: boolean) =>
    operationsOf(
      castAssoc(cast(post, params, []), 'author', {
        with: (child, given) => cast(child, given, ['name']),
        forceUpdateOnChange,
      }),
    ).find(({ model }) => model === 'Post')?.action;
  expect(touched(true)).toBe('update');
  expect(touched(false)).toBe('unchanged');
});

test('an insert sets updatedAt, nested or not, unless the database makes it', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const row = { reason: 'given', via: null, references: [] } as const;
  const insert = {
    ...row,
    action: 'insert',
    model: 'Post',
    row: { key: { id: 1n } },
    path: [],
    values: { id: 1n, title: 'A' },
    constraints: [],
  } as const;
  const [call] = toNestedWrite({ operations: [insert] }, { models, now });
  expect(call?.args).toMatchObject({ data: { title: 'A', updated_at: now } });
  const owner = withAssoc(author(1n), 'posts', []);
  const nested = putAssoc(change(owner, { name: 'B' }), 'posts', [{ id: 1n, title: 'A' }]);
  const [outer] = toNestedWrite({ operations: operationsOf(nested).map(withKey) }, { models, now });
  expect(outer?.args).toMatchObject({
    data: { posts: { create: [{ title: 'A', updated_at: now }] } },
  });
});

/** The operation with the key that its values give. */
function withKey<T extends ReturnType<typeof operationsOf>[number]>(operation: T): T {
  return operation.action === 'insert'
    ? { ...operation, row: { key: { id: operation.values['id'] ?? null } } }
    : operation;
}

test('rows that lose their owner with it lose it in one call, which sets the key alone', () => {
  const kept = readCaseModels({
    posts: { onDelete: 'nilifyAll' },
    timestamps: true,
  });
  const owner = loadStruct(getModel(kept, 'Author'), { id: 1n, name: 'a' });
  const posts = [7n, 8n].map((id) =>
    loadStruct(getModel(kept, 'Post'), { id, title: 't', author_id: 1n }),
  );
  const { plan } = planWrite(putAction(change(owner), 'delete'), {
    cascades: new Map([[rowKeyText(owner.model, owner.fields), { posts }]]),
  });
  expect(toNestedWrite(plan, { models: kept, now: new Date() })).toMatchObject([
    {
      method: 'updateMany',
      args: { where: { id: { in: [7n, 8n] } }, data: { author_id: null } },
    },
    { method: 'delete' },
  ]);
});
