import { describe, expect, test } from 'vitest';
import { castAssoc, putAssoc } from '../../src/changeset/assoc/assoc.ts';
import { cast } from '../../src/changeset/cast.ts';
import { change } from '../../src/changeset/changeset.ts';
import { uniqueConstraint } from '../../src/changeset/constraint/constraint.ts';
import { optimisticLock } from '../../src/changeset/optimistic-lock.ts';
import type { Struct } from '../../src/model/struct.ts';
import { buildStruct, withAssoc } from '../../src/model/struct.ts';
import { toNestedWrite } from '../../src/plan/prisma/nested-write.ts';
import { planWrite } from '../../src/plan/plan-write.ts';
import { delegate } from '../../src/repo/delegate.ts';
import type { Outcome } from '../../src/repo/write/write-changeset.ts';
import { writesOf } from '../support/database.ts';
import { load, modelOf, modelsWith, NOW, repoOf, useCore } from '../support/core.ts';

const database = useCore();

function setup(rules = {}, versions = {}) {
  const models = modelsWith(rules, versions);
  const model = (name: string) => modelOf(models, name);
  const repo = repoOf(database, models);
  return { models, model, repo };
}

function written(outcome: Outcome): Struct {
  if (outcome.ok) return outcome.struct;
  throw new Error(JSON.stringify(outcome.changeset.errors));
}

async function seedPost(): Promise<void> {
  await database.sql(
    `INSERT INTO authors (id, name) VALUES (1, 'Ann'), (2, 'Bob');
     INSERT INTO posts (id, title, author_id) VALUES (7, 'A', 1), (8, 'B', 2);
     INSERT INTO comments (id, body, post_id) VALUES (10, 'a', 7), (11, 'b', 7), (20, 'c', 8);
     INSERT INTO tags (id, name) VALUES (1, 'x'), (2, 'y');
     INSERT INTO posts_tags VALUES (7, 1);
     SELECT setval(pg_get_serial_sequence(name, 'id'), 100)
       FROM unnest(ARRAY['authors', 'posts', 'comments', 'tags']) AS name`,
  );
}

describe('a record that was loaded, and is gone meanwhile', () => {
  test('is inserted anew, with what it holds', async () => {
    const { repo, model } = setup();
    await seedPost();
    const post = await load(repo, model('Post'), 7n, ['author', 'comments', 'tags']);
    await database.sql('DELETE FROM posts_tags; DELETE FROM comments; DELETE FROM posts');
    await database.sql(
      `INSERT INTO posts (id, title) VALUES (8, 'B');
       INSERT INTO comments (id, body, post_id) VALUES (10, 'a', 8), (11, 'b', 8)`,
    );
    const data = withAssoc(post, 'comments', []);
    const outcome = await repo.insert(cast(data, { title: 'again' }, ['title']));
    expect(written(outcome).state).toBe('loaded');
    expect(await database.sql('SELECT * FROM posts_tags')).toHaveLength(1);
    expect(await load(repo, model('Post'), 7n, ['author', 'comments', 'tags'])).toMatchObject({
      fields: { title: 'again', author_id: 1n },
      assocs: {
        author: { fields: { id: 1n } },
        comments: [],
        tags: [{ fields: { id: 1n } }],
      },
    });
  });

  test('is refused where it is still there', async () => {
    const { repo, model } = setup();
    await seedPost();
    const post = change(await load(repo, model('Post'), 7n, []));
    const declared = uniqueConstraint(post, 'id', { name: 'posts_pkey' });
    expect(await repo.insert(declared)).toMatchObject({
      ok: false,
      changeset: { errors: [{ field: 'id', code: 'UNIQUE' }] },
    });
  });
});

describe('a tree of plain records', () => {
  test('is inserted as a whole, its keys filled in', async () => {
    const { repo, model } = setup();
    const tree = withAssoc(
      withAssoc(
        buildStruct(model('Post'), { title: 'A' }),
        'author',
        buildStruct(model('Author'), { name: 'Ann' }),
      ),
      'comments',
      [buildStruct(model('Comment'), { body: 'a' }), buildStruct(model('Comment'), { body: 'b' })],
    );
    const post = written(await repo.insert(tree));
    const stored = await load(repo, model('Post'), post.fields['id'] ?? null, [
      'author',
      'comments',
    ]);
    expect(stored).toEqual(post);
    expect(stored.assocs).toMatchObject({
      author: { fields: { name: 'Ann' } },
      comments: [{ fields: { body: 'a' } }, { fields: { body: 'b' } }],
    });
  });

  test('is inserted with what it links to, at every level', async () => {
    await seedPost();
    const { repo, model } = setup();
    const tag = await load(repo, model('Tag'), 2n);
    const post = withAssoc(buildStruct(model('Post'), { title: 'N' }), 'tags', [
      tag,
      buildStruct(model('Tag'), { name: 'new' }),
    ]);
    const author = withAssoc(buildStruct(model('Author')), 'posts', [post]);
    written(await repo.insert(author));
    expect(
      await database.sql(
        `SELECT t.name FROM authors a JOIN posts p ON p.author_id = a.id
           JOIN posts_tags ON post_id = p.id JOIN tags t ON t.id = tag_id WHERE a.id > 2 ORDER BY 1`,
      ),
    ).toEqual([{ name: 'new' }, { name: 'y' }]);
  });

  test('is passed over by an update, and still given back', async () => {
    await seedPost();
    const { repo, model } = setup();
    const fresh = buildStruct(model('Comment'), { body: 'new' });
    const post = withAssoc(await load(repo, model('Post'), 7n), 'comments', [fresh]);
    const after = written(await repo.update(change(post, { title: 'Z' })));
    expect(after.assocs['comments']).toEqual([fresh]);
    expect(await database.sql('SELECT id FROM comments')).toHaveLength(3);
  });
});

describe('the record that a write gives back', () => {
  test('has the time and the version of an update, so that it can be updated again', async () => {
    await seedPost();
    const { repo, model } = setup(
      { 'Post.comments': { onReplace: 'delete' } },
      { Post: 'lock_version', Comment: 'lock_version' },
    );
    let post = await load(repo, model('Post'), 7n, ['comments']);
    for (const [i, title] of ['one', 'two'].entries()) {
      const params = { title, comments: [{ id: 10, body: title }, { id: 11 }] };
      const changeset = castAssoc(cast(post, params, ['title']), 'comments', {
        with: (child, sent) => cast(child, sent, ['body']),
      });
      post = written(await repo.update(changeset));
      expect(post.fields).toMatchObject({
        lock_version: i + 2,
        updated_at: NOW,
      });
      expect(post).toEqual(await load(repo, model('Post'), 7n, ['comments']));
    }
  });

  test('has the version that optimisticLock has set', async () => {
    await seedPost();
    const { repo, model } = setup();
    let post = await load(repo, model('Post'), 7n);
    for (const title of ['one', 'two'])
      post = written(await repo.update(optimisticLock(change(post, { title }), 'lock_version')));
    expect(post).toEqual(await load(repo, model('Post'), 7n));
    expect(post.fields['lock_version']).toBe(3);
  });

  test('is deleted, as it was', async () => {
    await seedPost();
    const { repo, model } = setup();
    const comment = await load(repo, model('Comment'), 20n);
    const deleted = written(await repo.delete(comment));
    expect(deleted).toEqual({ ...comment, state: 'deleted' });
    await expect(repo.insertOrUpdate(change(deleted))).rejects.toThrow(
      'cannot insertOrUpdate Comment: it is deleted.',
    );
  });

  test.each([
    ['the old parent', true],
    ['the parent that was not there', false],
  ])('does not show %s once the foreign key has changed', async (_what, had) => {
    await seedPost();
    const { repo, model } = setup();
    if (!had) await database.sql('UPDATE posts SET author_id = NULL');
    const post = await load(repo, model('Post'), 7n, ['author']);
    const after = written(await repo.update(change(post, { author_id: 2n })));
    expect(after.fields['author_id']).toBe(2n);
    expect(after.assocs).toEqual({});
  });
});

describe('the order of writes', () => {
  test('a parent whose key is given is inserted before a stored child is pointed to it', async () => {
    await seedPost();
    const { repo, model } = setup({ 'PostTag.tag': { onReplace: 'nilify' } });
    const post = await load(repo, model('Post'), 7n, [{ assoc: 'postTags', preload: ['tag'] }]);
    const changeset = putAssoc(change(post), 'postTags', [
      { post_id: 7n, tag_id: 1n, tag: { id: 50n, name: 'given' } },
    ]);
    written(await repo.update(changeset));
    expect(await database.sql('SELECT * FROM posts_tags')).toEqual([
      { post_id: '7', tag_id: '50' },
    ]);
  });
});

describe('a link that is there already', () => {
  test('is an error of its entry where the owner declares the unique index of the join model', async () => {
    await seedPost();
    const { repo, model } = setup({ 'Post.tags': { onReplace: 'delete' } });
    const post = await load(repo, model('Post'), 7n, ['tags']);
    const tags = [await load(repo, model('Tag'), 1n), await load(repo, model('Tag'), 2n)];
    await database.sql('INSERT INTO posts_tags VALUES (7, 2)');
    const changeset = uniqueConstraint(change(post), 'id', {
      name: 'posts_tags_post_id_tag_id_index',
      errorKey: 'tags',
    });
    const outcome = await repo.update(putAssoc(changeset, 'tags', tags));
    expect(outcome).toMatchObject({
      ok: false,
      changeset: {
        errors: [],
        assocs: {
          tags: {
            entries: [
              { changeset: { errors: [] } },
              {
                changeset: {
                  errors: [{ field: 'tags', message: 'has already been taken' }],
                },
              },
            ],
          },
        },
      },
    });
  });
});

describe('what is gone already', () => {
  test.each([false, true])(
    'is no error where a link was to go (oneByOne: %s)',
    async (oneByOne) => {
      await seedPost();
      const { repo, model, models } = setup({
        'Post.tags': { onReplace: 'delete' },
      });
      const post = await load(repo, model('Post'), 7n, ['tags']);
      await database.sql('DELETE FROM posts_tags');
      const { plan } = planWrite(putAssoc(change(post), 'tags', []));
      const calls = toNestedWrite(plan, { models, now: NOW, oneByOne });
      const statements = await database.statementsOf(async () => {
        for (const { model: name, method, args } of calls)
          await delegate(database.client, model(name))[method](args);
      });
      expect(writesOf(statements)).toEqual(['DELETE posts_tags']);
    },
  );
});
